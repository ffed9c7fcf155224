package io.github.klaviyoexport.internal.mirror;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.PROFILES;
import static io.github.klaviyoexport.testing.SmallKlaviyo.REMOVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A member that is shown under another address than the segment has is known by Klaviyo's id. */
class ProfileLookupTest extends MirrorInLab {
  @Test
  void a_customer_whose_profile_shows_another_address_stays_run_after_run() {
    givenMembersOfTheSegment(9);
    lab.klaviyo
        .member("ada", "email", "ada@home.example")
        .secondary(Lab.email(10), "ada")
        .member("gone", "email", "gone@shop.example");

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new LeaversData(11, 1, 1, 0, null));
    assertThat(lab.klaviyo.members()).contains("ada").doesNotContain("gone");

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new LeaversData(10, 0, 0, 0, null));
    assertThat(lab.klaviyo.asked(PROFILES)).hasSize(2);
    assertThat(lab.klaviyo.asked(REMOVAL)).hasSize(1);
  }

  @Test
  void such_members_are_no_leavers_to_the_guard_either() {
    for (int i = 1; i <= 3; i++) {
      lab.klaviyo
          .member("member-" + i, "email", "other." + i + "@home.example")
          .secondary(Lab.email(i), "member-" + i);
    }

    assertThat(mirror(Lab.customers(3)).leavers()).isEqualTo(new LeaversData(3, 0, 0, 0, null));
    assertThat(lab.events).contains("listRead 3 0");
  }

  @Test
  void only_the_customers_whose_address_no_member_shows_are_looked_up() {
    givenMembersOfTheSegment(500);
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    mirror(Lab.customers(502));

    assertThat(lab.klaviyo.asked(PROFILES)).hasSize(1);
    assertThat(SmallKlaviyo.addresses(lab.klaviyo.asked(PROFILES).get(0)))
        .containsExactly(Lab.email(501), Lab.email(502));
  }

  @Test
  void without_a_leaver_nobody_is_looked_up() {
    givenMembersOfTheSegment(3);

    mirror(Lab.customers(5));

    assertThat(lab.klaviyo.asked(PROFILES)).isEmpty();
  }

  @Test
  void if_all_customers_are_found_in_the_list_nobody_is_looked_up() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    mirror(with(Lab.customers(10), Lab.customer(3)));

    assertThat(lab.klaviyo.asked(PROFILES)).isEmpty();
  }

  @Test
  void a_hundred_are_looked_up_in_a_call_each_once_and_no_address_of_a_call_is_too_long() {
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(250));
    customers.addAll(Lab.customers(250));

    mirror(customers, export -> export.maxLeavers(1));

    assertThat(lab.klaviyo.asked(PROFILES))
        .extracting(asked -> SmallKlaviyo.addresses(asked).size())
        .containsExactly(100, 100, 50);

    List<CustomerProfile> longer = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      longer.add(customer("c-" + i, "c+" + i + "%".repeat(60) + "@shop.example", null, null));
    }
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    mirror(longer, export -> export.maxLeavers(1));

    assertThat(lab.klaviyo.asked(PROFILES))
        .hasSizeGreaterThan(5)
        .allSatisfy(asked -> assertThat(asked.request().uri().toString()).hasSizeLessThan(6_300));
    assertThat(
            lab.klaviyo.asked(PROFILES).stream()
                .skip(3)
                .flatMap(asked -> SmallKlaviyo.addresses(asked).stream()))
        .hasSize(100);
  }

  @Test
  void an_address_with_capital_letters_is_looked_up_in_both_spellings() {
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    mirror(
        List.of(customer("c-1", "Ada@Shop.example", null, null)), export -> export.maxLeavers(1));

    assertThat(SmallKlaviyo.addresses(lab.klaviyo.asked(PROFILES).get(0)))
        .containsExactly("Ada@Shop.example", "ada@shop.example");
  }

  @Test
  void an_address_that_klaviyo_does_not_take_costs_the_others_nothing() {
    for (int i = 1; i <= 8; i++) {
      lab.klaviyo.member("member-" + i, "email", "other." + i + "@home.example");
    }
    lab.klaviyo.secondary(Lab.email(3), "member-3").secondary(Lab.email(8), "member-8");
    lab.klaviyo.on(
        PROFILES,
        asked ->
            SmallKlaviyo.addresses(asked).contains(Lab.email(5))
                ? Answer.error(400, "invalid", "/data/")
                : null);

    ExportReport report = mirror(Lab.customers(8), export -> export.maxLeavers(1));

    assertThat(report.leavers()).isEqualTo(new LeaversData(8, 6, 6, 0, null));
    assertThat(lab.klaviyo.members()).containsExactly("member-3", "member-8");
  }

  @Test
  void a_look_up_that_is_refused_whatever_it_names_stops_the_export_before_anything_is_sent() {
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    lab.klaviyo.on(PROFILES, Answer.error(400, "invalid", "/data/"));

    ExportException stopped = Lab.stopped(prepared(Lab.customers(300)).maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(Reason.REFUSED);
    assertThat(stopped)
        .hasMessageContaining("Klaviyo refused 'find profiles' (400, invalid; error id");
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(lab.klaviyo.asked(PROFILES)).hasSizeLessThan(700);
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void a_look_up_whose_answer_is_lost_is_asked_again() {
    lab.klaviyo
        .member("ada", "email", "ada@home.example")
        .secondary(Lab.email(1), "ada")
        .member("gone", "email", "gone@shop.example");
    int[] asked = new int[1];
    lab.klaviyo.on(PROFILES, any -> asked[0]++ < 2 ? Answer.broken(Fate.UNKNOWN) : null);

    assertThat(mirror(Lab.customers(1), export -> export.maxLeavers(0.5)).leavers())
        .isEqualTo(new LeaversData(2, 1, 1, 0, null));
  }

  @Test
  void a_page_of_profiles_is_followed_by_the_next() {
    lab.klaviyo
        .member("ada", "email", "ada@home.example")
        .member("gone", "email", "gone@shop.example");
    lab.klaviyo.on(
        PROFILES,
        asked ->
            asked.request().uri().getQuery().contains("more")
                ? Answer.json(200, "{\"data\":[{\"type\":\"profile\",\"id\":\"ada\"}]}")
                : Answer.json(200, "{\"data\":[],\"links\":{\"next\":" + next("more") + "}}"));

    assertThat(mirror(Lab.customers(3), export -> export.maxLeavers(0.5)).leavers())
        .isEqualTo(new LeaversData(2, 1, 1, 0, null));
  }

  @Test
  void pages_of_profiles_that_lead_in_a_circle_stop_the_export_before_anything_is_sent() {
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    lab.klaviyo.on(
        PROFILES, Answer.json(200, "{\"data\":[],\"links\":{\"next\":" + next("circle") + "}}"));
    ExportException stopped = Lab.stopped(prepared(Lab.customers(3)).maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped.getCause()).hasMessageContaining("lead in a circle");
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  private static String next(String cursor) {
    return "\"https://a.klaviyo.com/api/profiles?cursor=" + cursor + "\"";
  }

  @Test
  void the_addresses_of_a_large_segment_are_read_again_instead_of_kept() {
    int many = LeaverSearch.MAX_ADDRESSES_KEPT + 1;
    lab.klaviyo
        .member("last", "email", "last@home.example")
        .secondary(Lab.email(many), "last")
        .member("gone", "email", "gone@shop.example");
    int[] opened = new int[1];
    ProfileSource source =
        segment -> {
          opened[0]++;
          return ProfileReader.of(Lab.customers(many));
        };

    assertThat(prepared(source).maxLeavers(0.5).run().leavers())
        .isEqualTo(new LeaversData(2, 1, 1, 0, null));

    assertThat(opened[0]).isEqualTo(3);
    assertThat(lab.klaviyo.asked(PROFILES)).hasSize((many + 99) / 100);
  }

  @Test
  void a_source_that_fails_when_addresses_are_read_again_removes_nobody() {
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] opened = new int[1];
    ProfileSource source =
        segment -> {
          if (++opened[0] == 2) {
            return () -> {
              throw new IOException("the disk is gone");
            };
          }
          return ProfileReader.of(Lab.customers(LeaverSearch.MAX_ADDRESSES_KEPT + 1));
        };

    ExportException stopped = Lab.stopped(prepared(source).maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(lab.klaviyo.members()).contains("gone");
  }
}
