package io.github.klaviyoexport.internal.mirror;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LIST;
import static io.github.klaviyoexport.testing.SmallKlaviyo.MEMBERS;
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
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The look at the list before anything is sent: it is read whole, and too many leavers or an empty
 * segment stop the export.
 */
class LeaverSearchTest extends MirrorInLab {
  @Test
  void who_joins_while_the_export_runs_is_left_for_the_next() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member(
        "new", "email", "new@shop.example", "joined_group_at", lab.time.now().toString());

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new LeaversData(11, 0, 0, 0, null));

    lab.time.pass(Duration.ofSeconds(1));
    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new LeaversData(11, 1, 1, 0, null));
  }

  @Test
  void who_joins_after_the_segment_was_opened_is_left_however_long_the_look_has_to_wait() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member(
        "new", "email", "new@shop.example", "joined_group_at", lab.time.now().toString());
    ProfileSource source =
        segment -> {
          ProfileReader reader = ProfileReader.of(Lab.customers(10));
          lab.time.pass(Duration.ofMinutes(5));
          return reader;
        };

    assertThat(mirror(source).leavers()).isEqualTo(new LeaversData(11, 0, 0, 0, null));
  }

  @Test
  void who_comes_into_the_segment_between_the_look_and_the_sending_stays() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("back", "email", Lab.email(11)).member("gone", "email", "g@shop.example");
    int[] opened = new int[1];

    ExportReport report =
        mirror(segment -> ProfileReader.of(Lab.customers(opened[0]++ == 0 ? 10 : 11)));

    assertThat(report.profiles().accepted()).isEqualTo(11);
    assertThat(report.leavers()).isEqualTo(new LeaversData(12, 1, 1, 0, null));
    assertThat(lab.klaviyo.members()).contains("back").doesNotContain("gone");
  }

  @Test
  void a_member_on_two_pages_leaves_once() {
    givenMembersOfTheSegment(3);
    String twice =
        "{\"type\":\"profile\",\"id\":\"gone\",\"attributes\":{\"email\":\"g@shop.example\"}}";
    lab.klaviyo.on(MEMBERS, Answer.json(200, "{\"data\":[" + twice + "," + twice + "]}"));

    ExportReport report = mirror(Lab.customers(3), export -> export.maxLeavers(1));

    assertThat(report.leavers()).isEqualTo(new LeaversData(1, 1, 1, 0, null));
    assertThat(SmallKlaviyo.ids(lab.klaviyo.asked(REMOVAL).get(0))).containsExactly("gone");
  }

  @Test
  void more_leavers_than_a_fifth_of_the_list_stop_the_export_before_anything_is_sent() {
    givenMembersOfTheSegment(7);
    lab.klaviyo.member("gone-1", "email", "gone.1@shop.example");
    lab.klaviyo.member("gone-2", "email", "gone.2@shop.example");

    ExportException stopped = Lab.stopped(prepared(Lab.customers(7)));

    assertThat(stopped.reason()).isEqualTo(Reason.TOO_MANY_LEAVERS);
    assertThat(stopped)
        .hasMessage(
            "The export of segment vip to list Y6nRLr stopped: 2 of the list's 9 members are not in"
                + " the segment, and an export removes at most 20 % of them, so nothing was sent"
                + " and nobody was removed. Check that the list is the right one and the segment"
                + " whole; if so many are to leave, allow it with maxLeavers(0.23). So far 0 read ="
                + " 0 accepted + 0 rejected + 0 duplicates + 0 unconfirmed; 0 of 2 leavers"
                + " removed.");
    assertThat(stopped.report().leavers()).isEqualTo(new LeaversData(9, 2, 0, 0, null));
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(lab.klaviyo.members()).hasSize(9);

    assertThat(mirror(Lab.customers(7), export -> export.maxLeavers(0.23)).leavers().removed())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.07, 0.29, 0.57, 0.58})
  void exactly_as_many_as_allowed_may_leave(double share) {
    int leavers = (int) Math.round(share * 100);
    givenMembersOfTheSegment(100 - leavers);
    for (int i = 0; i < leavers; i++) {
      lab.klaviyo.member("gone-" + i, "email", "gone." + i + "@shop.example");
    }

    ExportReport report = mirror(Lab.customers(100 - leavers), export -> export.maxLeavers(share));

    assertThat(report.leavers().removed()).isEqualTo(leavers);
  }

  @Test
  void a_wrong_list_is_found_out_however_often_it_is_tried() {
    for (int i = 1; i <= 10; i++) {
      lab.klaviyo.member("other-" + i, "email", "other." + i + "@shop.example");
    }

    for (int i = 0; i < 3; i++) {
      assertThat(Lab.stopped(prepared(Lab.customers(500))).reason())
          .isEqualTo(Reason.TOO_MANY_LEAVERS);
    }
    assertThat(lab.klaviyo.members()).hasSize(10);
  }

  @Test
  void an_empty_segment_empties_no_list_whatever_is_allowed() {
    lab.klaviyo.member("ada", "email", "ada@shop.example");

    ExportException stopped = Lab.stopped(prepared(List.<CustomerProfile>of()).maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(Reason.EMPTY_SEGMENT);
    assertThat(stopped)
        .hasMessageContaining(
            "stopped: the segment is empty, and its mirror would be an empty list. That is mostly"
                + " a fault of the source, so nothing was sent and nobody was removed: mend the"
                + " source, or empty the list in Klaviyo if that is meant.");
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @Test
  void a_segment_without_any_identifier_empties_no_list() {
    lab.klaviyo.member("ada", "email", "ada@shop.example");

    ExportException stopped =
        Lab.stopped(
            prepared(List.of(customer("c-1", null, null, null), customer("c-2", " ", null, null)))
                .maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(Reason.EMPTY_SEGMENT);
    assertThat(stopped)
        .hasMessageContaining("none of the segment's 2 customers has an identifier, and its");
    assertThat(lab.klaviyo.members()).containsExactly("ada");
  }

  @Test
  void a_segment_larger_than_the_limit_is_found_out_before_anything_is_sent() {
    ProfileSource sizeless = segment -> sizeless(Lab.customers(601));

    ExportException stopped = Lab.stopped(prepared(sizeless).limit(600));

    assertThat(stopped.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
    assertThat(lab.klaviyo.asked()).extracting(Asked::line).containsExactly(LIST);
  }

  @Test
  void a_list_that_leads_in_a_circle_is_not_taken_for_whole() {
    String circle =
        "{\"data\":[],\"links\":{\"next\":\"https://a.klaviyo.com/api/lists/Y6nRLr/profiles?c=1\"}}";
    lab.klaviyo.on(MEMBERS, Answer.json(200, circle));

    ExportException stopped = Lab.stopped(prepared(Lab.customers(3)));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped).hasMessageContaining("pages of the list's members lead in a circle");
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"type\":\"profile\",\"id\":\"ada\",\"attributes\":{}}"})
  void a_list_whose_cursors_go_on_and_on_without_another_member_is_read_no_further(String members) {
    int[] page = new int[1];
    lab.klaviyo.on(
        MEMBERS,
        asked ->
            Answer.json(
                200,
                "{\"data\":[%s],\"links\":{\"next\":\"https://a.klaviyo.com%s?c=%d\"}}"
                    .formatted(members, "/api/lists/Y6nRLr/profiles", page[0]++)));

    ExportException stopped =
        Lab.stopped(prepared(Lab.customers(3)).deadline(Duration.ofMinutes(20)));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped).hasMessageContaining("pages of the list's members lead in a circle");
    assertThat(lab.klaviyo.asked(MEMBERS)).hasSizeLessThan(110);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @Test
  void a_page_of_members_that_is_lost_is_asked_for_again() {
    givenMembersOfTheSegment(150);
    int[] asked = new int[1];
    lab.klaviyo.on(MEMBERS, any -> asked[0]++ % 2 == 0 ? Answer.broken(Fate.UNKNOWN) : null);

    assertThat(mirror(Lab.customers(150)).leavers()).isEqualTo(new LeaversData(150, 0, 0, 0, null));
  }

  private static ProfileReader sizeless(List<CustomerProfile> customers) {
    ProfileReader reader = ProfileReader.of(customers);
    return reader::next;
  }
}
