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
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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
  void while_a_customer_cannot_be_recognised_nobody_leaves() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("perhaps", "email", "ada@shop.example");

    ExportReport report =
        mirror(with(Lab.customers(10), customer("c-x", "ada at shop", null, null)));

    assertThat(report.profiles().rejected()).isEqualTo(1);
    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(report.leavers()).isEqualTo(new LeaversData(0, 0, 0, 0, Kept.UNREADABLE));
    assertThat(report.toString())
        .contains(
            "nobody was removed, because customers of the segment have an email address or"
                + " phone number that cannot be read and may be any member: mend those, or map your"
                + " own id with externalId(...)");
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

    assertThat(report.leavers()).isEqualTo(new LeaversData(3, 1, 1, 1, null));
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
    assertThat(report.leavers()).isEqualTo(new LeaversData(3, 1, 1, 1, null));
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

    assertThat(report.leavers()).isEqualTo(new LeaversData(11, 1, 0, 0, Kept.UNREADABLE));
    assertThat(lab.klaviyo.members()).contains("gone");
  }
}
