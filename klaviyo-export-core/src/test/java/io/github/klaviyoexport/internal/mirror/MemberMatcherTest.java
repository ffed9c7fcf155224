package io.github.klaviyoexport.internal.mirror;

import static io.github.klaviyoexport.testing.SmallKlaviyo.REMOVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which members are customers of the segment, and which stay because that cannot be told. */
class MemberMatcherTest extends MirrorInLab {
  @Test
  void a_member_stays_by_any_identifier_it_has_in_common_with_a_customer() {
    lab.klaviyo
        .member("by-email", "email", "ADA@shop.example")
        .member("by-phone", "email", "old@shop.example", "phone_number", "+358401234567")
        .member("by-key", "email", "older@shop.example", "external_id", "k-1")
        .member("stranger", "email", "x@shop.example", "phone_number", "+1", "external_id", "k-2");

    ExportReport report =
        mirror(
            List.of(customer("c-1", " Ada@Shop.example", "+358 40 123 4567", "k-1")),
            export -> export.maxLeavers(0.25));

    assertThat(report.leavers()).isEqualTo(new LeaversData(4, 1, 1, 0, null));
    assertThat(lab.klaviyo.members()).containsExactly("by-email", "by-phone", "by-key");
  }

  @Test
  void a_customer_whose_profile_is_rejected_is_in_the_segment_all_the_same() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.failing(row -> row.email().equals(Lab.email(1)));
    lab.klaviyo.judging(
        rows ->
            rows.get(1).email().equals(Lab.email(2))
                ? SmallKlaviyo.refusing(400, IntStream.of(1), "/attributes/email")
                : null);

    ExportReport report = mirror(Lab.customers(10));

    assertThat(report.profiles().rejected()).isEqualTo(2);
    assertThat(report.leavers()).isEqualTo(new LeaversData(10, 0, 0, 0, null));
    assertThat(lab.klaviyo.asked(REMOVAL)).isEmpty();
  }

  @Test
  void while_too_many_customers_cannot_be_recognised_nobody_leaves() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("perhaps", "email", "ada@shop.example");

    ExportReport report =
        mirror(with(Lab.customers(10), customer("c-x", "ada at shop", null, null)));

    assertThat(report.profiles().rejected()).isEqualTo(1);
    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(report.leavers()).isEqualTo(new LeaversData(0, 0, 0, 0, 1, Kept.UNREADABLE));
    assertThat(report.toString())
        .contains(
            "nobody was removed, because customers of the segment have an email address or"
                + " phone number that cannot be read and may be any member: mend those, map your own"
                + " id with externalId(...), or allow more of them with maxUnreadable(...)\n");
    assertThat(lab.klaviyo.members()).contains("perhaps");
  }

  @Test
  void a_customer_with_an_address_that_klaviyo_would_refuse_is_recognised_by_it_as_it_stands() {
    lab.klaviyo
        .member("o-brien", "email", "o'brien@shop.example", "external_id", "k-7")
        .member("ada", "email", "ada@shop.example", "external_id", "k-2");

    ExportReport report =
        mirror(
            List.of(
                customer("c-1", "ada@shop.example", null, "k-2"),
                customer("c-2", "O'Brien@shop.example", null, "k-9")));

    assertThat(report.leavers()).isEqualTo(new LeaversData(2, 0, 0, 0, null));
  }

  @Test
  void a_customer_whose_address_cannot_be_read_is_told_from_members_by_what_both_have() {
    lab.klaviyo
        .member("same", "email", "first@shop.example", "external_id", "k-1")
        .member("other", "email", "second@shop.example", "external_id", "k-2")
        .member("unknown", "email", "third@shop.example");

    ExportReport report =
        mirror(
            List.of(
                customer("c-1", "ada@shop.example", null, null),
                customer("c-2", "first at shop", null, "k-1")),
            export -> export.maxLeavers(0.5));

    assertThat(report.leavers()).isEqualTo(new LeaversData(3, 1, 1, 1, 1, null));
    assertThat(lab.klaviyo.members()).containsExactly("same", "unknown");
  }

  @Test
  void a_member_known_by_phone_only_stays_while_a_phone_number_of_a_customer_cannot_be_read() {
    lab.klaviyo
        .member("ada", "email", "ada@shop.example")
        .member("by-phone", "phone_number", "+358401234567")
        .member("both", "email", "x@shop.example", "phone_number", "+358407654321");

    ExportReport report =
        mirror(
            List.of(customer("c-1", "ada@shop.example", "040 123 4567", null)),
            export -> export.maxLeavers(0.5));

    assertThat(report.profiles().accepted()).isEqualTo(1);
    assertThat(report.leavers()).isEqualTo(new LeaversData(3, 1, 1, 1, 1, null));
    assertThat(lab.klaviyo.members()).containsExactly("ada", "by-phone");
  }

  @Test
  void customers_without_any_identifier_keep_nobody_in_the_list() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    ExportReport report = mirror(with(Lab.customers(10), customer("c-x", null, null, null)));

    assertThat(report.profiles().rejected()).isEqualTo(1);
    assertThat(lab.klaviyo.members()).doesNotContain("gone");
  }

  @Test
  void a_member_that_klaviyo_tells_nothing_of_stays() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("nobody");

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new LeaversData(11, 0, 0, 1, null));
    assertThat(lab.klaviyo.members()).contains("nobody");
  }

  @Test
  void if_a_customer_turns_up_between_who_cannot_be_recognised_nobody_leaves() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "g@shop.example");
    CustomerProfile unreadable = customer("c-x", "g at shop", null, null);
    int[] opened = new int[1];

    ExportReport report =
        mirror(
            segment ->
                ProfileReader.of(
                    opened[0]++ == 0 ? Lab.customers(10) : with(Lab.customers(10), unreadable)));

    assertThat(report.leavers()).isEqualTo(new LeaversData(11, 1, 0, 0, 1, Kept.UNREADABLE));
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void one_unreadable_customer_among_many_keeps_no_leaver_in_the_list() {
    givenMembersOfTheSegment(19);
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    ExportReport report =
        mirror(with(Lab.customers(19), customer("c-x", "no address at all", null, null)));

    assertThat(report.profiles().rejected()).isEqualTo(1);
    assertThat(report.leavers()).isEqualTo(new LeaversData(20, 1, 1, 0, 1, null));
    assertThat(report.toString())
        .contains(
            "  1 customer cannot be told from members, because their email address or phone number"
                + " cannot be read: as many of those that stay or were removed may be theirs\n");
    assertThat(lab.klaviyo.members()).hasSize(19).doesNotContain("gone");
  }

  @Test
  void how_many_may_be_unreadable_is_a_share_of_the_customers_and_can_be_set() {
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(100));
    givenMembersOfTheSegment(100);
    for (int i = 1; i <= 6; i++) {
      customers.add(customer("c-x" + i, "n/a", null, null));
    }
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    assertThat(mirror(customers).leavers())
        .isEqualTo(new LeaversData(0, 0, 0, 0, 6, Kept.UNREADABLE));
    assertThat(mirror(customers, export -> export.maxUnreadable(0)).leavers().kept())
        .isEqualTo(Kept.UNREADABLE);
    assertThat(lab.klaviyo.members()).contains("gone");

    assertThat(mirror(customers, export -> export.maxUnreadable(0.06)).leavers())
        .isEqualTo(new LeaversData(101, 1, 1, 0, 6, null));
  }

  @Test
  void customers_without_identifiers_make_the_share_no_larger() {
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(10));
    givenMembersOfTheSegment(10);
    for (int i = 1; i <= 90; i++) {
      customers.add(customer("c-y" + i, null, null, null));
    }
    customers.add(customer("c-x", "n/a", null, null));
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    assertThat(mirror(customers).leavers().kept()).isEqualTo(Kept.UNREADABLE);
  }

  @Test
  void if_no_customer_at_all_can_be_read_nobody_leaves_whatever_is_allowed() {
    lab.klaviyo.member("ada", "email", "ada@shop.example");

    ExportReport report =
        mirror(
            List.of(customer("c-1", "n/a", null, null), customer("c-2", "n/a", null, null)),
            export -> export.maxUnreadable(1).maxLeavers(1));

    assertThat(report.leavers()).isEqualTo(new LeaversData(0, 0, 0, 0, 2, Kept.UNREADABLE));
    assertThat(lab.klaviyo.members()).containsExactly("ada");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada.byron@shop",
        "ada.byron@",
        "Ada.Byron @shop.example",
        "Ada <ada.byron@shop.example",
        "mailto:ada.byron@shop,example",
        "ada.byron at shop",
        "bo@shop.example; Ada.Byron@shop.example",
        "'ada.byron@@shop.example'"
      })
  void a_member_that_resembles_an_unreadable_customer_stays(String unreadable) {
    givenMembersOfTheSegment(40);
    lab.klaviyo
        .member("perhaps", "email", "ada.byron@shop.example")
        .member("gone", "email", "gone@shop.example");

    ExportReport report = mirror(with(Lab.customers(40), customer("c-x", unreadable, null, null)));

    assertThat(report.leavers()).isEqualTo(new LeaversData(42, 1, 1, 1, 1, null));
    assertThat(lab.klaviyo.members()).contains("perhaps").doesNotContain("gone");
  }

  @Test
  void a_member_known_by_phone_only_stays_if_it_ends_as_an_unreadable_phone_number() {
    givenMembersOfTheSegment(40);
    lab.klaviyo
        .member("perhaps", "phone_number", "+358401234567")
        .member("gone", "phone_number", "+358407654321");

    ExportReport report =
        mirror(
            with(Lab.customers(40), customer("c-x", "x@shop.example", "040 123 45 67 home", null)));

    assertThat(report.leavers()).isEqualTo(new LeaversData(42, 1, 1, 1, 1, null));
    assertThat(lab.klaviyo.members()).contains("perhaps").doesNotContain("gone");
  }

  @Test
  void a_member_that_something_else_tells_from_an_unreadable_customer_leaves_though_it_resembles() {
    givenMembersOfTheSegment(40);
    lab.klaviyo.member("other", "email", "info@shop.example", "external_id", "k-2");

    ExportReport report =
        mirror(with(Lab.customers(40), customer("c-x", "info at cafe", null, "k-1")));

    assertThat(report.leavers()).isEqualTo(new LeaversData(41, 1, 1, 0, null));
  }

  @Test
  void each_customer_is_told_from_a_member_by_what_both_have_whatever_others_have() {
    lab.klaviyo.member(
        "other", "email", "x@shop.example", "phone_number", "+358409", "external_id", "k-9");

    ExportReport report =
        mirror(
            List.of(
                customer("c-1", "a at shop", null, "k-1"),
                customer("c-2", "b at shop", "+358401234567", null)),
            export -> export.maxLeavers(1));

    assertThat(report.leavers()).isEqualTo(new LeaversData(1, 1, 1, 0, null));
  }

  @Test
  void many_unreadable_phone_numbers_keep_only_those_known_by_nothing_else() {
    givenMembersOfTheSegment(10);
    lab.klaviyo
        .member("by-phone", "phone_number", "+358401234567")
        .member("gone", "email", "gone@shop.example");
    List<CustomerProfile> customers = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      customers.add(customer(Lab.id(i), Lab.email(i), "ask", null));
    }

    ExportReport report = mirror(customers);

    assertThat(report.leavers()).isEqualTo(new LeaversData(12, 1, 1, 1, 10, null));
    assertThat(lab.klaviyo.members()).contains("by-phone").doesNotContain("gone");
  }

  @Test
  void if_a_resembling_customer_turns_up_between_the_member_stays() {
    givenMembersOfTheSegment(40);
    lab.klaviyo
        .member("perhaps", "email", "ada@shop.example")
        .member("gone", "email", "gone@shop.example");
    CustomerProfile unreadable = customer("c-x", "ada at shop", null, null);
    int[] opened = new int[1];

    ExportReport report =
        mirror(
            segment ->
                ProfileReader.of(
                    opened[0]++ == 0 ? Lab.customers(40) : with(Lab.customers(40), unreadable)));

    assertThat(report.leavers().removed()).isEqualTo(1);
    assertThat(lab.klaviyo.members()).contains("perhaps").doesNotContain("gone");
  }

  @Test
  void customers_who_share_a_phone_number_or_an_external_id_stay_both() {
    lab.klaviyo
        .member("ada", "email", "ada@shop.example", "phone_number", "+358401234567")
        .member("ben", "email", "ben@shop.example", "external_id", "k-1")
        .member("by-phone", "phone_number", "+358401234567")
        .member("stranger", "email", "x@shop.example", "phone_number", "+358401234568");
    List<CustomerProfile> customers =
        List.of(
            customer("c-1", "ada@shop.example", "+358401234567", "k-1"),
            customer("c-2", "ben@shop.example", "+358401234567", "k-1"),
            customer("c-3", null, "+358401234567", null));

    ExportReport report = mirror(customers, export -> export.maxLeavers(0.25));

    assertThat(lab.klaviyo.members()).containsExactly("ada", "ben", "by-phone");
    assertThat(report.leavers().removed()).isEqualTo(1);
    assertThat(report.leavers().undecided()).isZero();
    assertThat(report.profiles().accepted()).isEqualTo(2);
    assertThat(report.profiles().duplicates()).isEqualTo(1);
    assertThat(report.rejections().fields()).isEqualTo(2);
  }
}
