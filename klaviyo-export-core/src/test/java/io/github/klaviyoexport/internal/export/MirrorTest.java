package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LIST;
import static io.github.klaviyoexport.testing.SmallKlaviyo.MEMBERS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.REMOVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports whose list becomes what the segment is. */
class MirrorTest {
  private static final FieldNames FIELDS = FieldNames.of("Email", "Phone", "Key");

  private final Lab lab = new Lab();

  @AfterEach
  void nothing_is_left_of_an_interrupt() {
    Thread.interrupted();
  }

  // Who leaves

  @Test
  void members_who_are_not_in_the_segment_leave_the_list_when_all_is_confirmed() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone-1", "email", "gone.1@shop.example");
    lab.klaviyo.member("gone-2", "email", "gone.2@shop.example");

    ExportReport report = mirror(Lab.customers(10));

    assertThat(report.mode()).isEqualTo(SyncMode.MIRROR);
    assertThat(report.accepted()).isEqualTo(10);
    assertThat(report.leavers()).isEqualTo(new Leavers(12, 2, 2, 0, null));
    assertThat(lab.klaviyo.members()).hasSize(10).doesNotContain("gone-1", "gone-2");
    assertThat(lab.events)
        .containsExactly(
            "started vip Y6nRLr",
            "listRead 12 2",
            "batchSent job-1 10",
            "jobFinished job-1 COMPLETE",
            "leaversRemoved 2",
            "finished");
  }

  @Test
  void unless_it_is_asked_for_nobody_leaves_and_no_member_is_looked_at() {
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.mode()).isEqualTo(SyncMode.UPSERT);
    assertThat(report.leavers()).isEqualTo(Leavers.NONE);
    assertThat(lab.klaviyo.members()).containsExactly("gone");
    assertThat(lab.klaviyo.asked(MEMBERS)).isEmpty();
  }

  @Test
  void a_list_of_many_pages_is_read_to_its_end_and_left_by_a_thousand_at_a_time() {
    for (int i = 1; i <= 2_345; i++) {
      lab.klaviyo.member("gone-" + i, "email", "gone." + i + "@shop.example");
    }
    givenMembersOfTheSegment(3);

    ExportReport report = mirror(Lab.customers(3), export -> export.maxLeavers(1));

    assertThat(report.leavers()).isEqualTo(new Leavers(2_348, 2_345, 2_345, 0, null));
    assertThat(lab.klaviyo.asked(MEMBERS)).hasSize(24);
    assertThat(lab.klaviyo.asked(REMOVAL))
        .extracting(asked -> SmallKlaviyo.ids(asked).size())
        .containsExactly(1_000, 1_000, 345);
    assertThat(lab.klaviyo.members()).hasSize(3);
  }

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

    assertThat(report.leavers()).isEqualTo(new Leavers(4, 1, 1, 0, null));
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

    assertThat(report.rejected()).isEqualTo(2);
    assertThat(report.leavers()).isEqualTo(new Leavers(10, 0, 0, 0, null));
    assertThat(lab.klaviyo.asked(REMOVAL)).isEmpty();
  }

  @Test
  void while_a_customer_cannot_be_recognised_nobody_leaves() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("perhaps", "email", "ada@shop.example");

    ExportReport report =
        mirror(with(Lab.customers(10), customer("c-x", "ada at shop", null, null)));

    assertThat(report.rejected()).isEqualTo(1);
    assertThat(report.accepted()).isEqualTo(10);
    assertThat(report.leavers()).isEqualTo(new Leavers(0, 0, 0, 0, Kept.UNREADABLE));
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

    assertThat(report.leavers()).isEqualTo(new Leavers(2, 0, 0, 0, null));
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

    assertThat(report.leavers()).isEqualTo(new Leavers(3, 1, 1, 1, null));
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

    assertThat(report.accepted()).isEqualTo(1);
    assertThat(report.leavers()).isEqualTo(new Leavers(3, 1, 1, 1, null));
    assertThat(lab.klaviyo.members()).containsExactly("ada", "by-phone");
  }

  @Test
  void customers_without_any_identifier_keep_nobody_in_the_list() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    ExportReport report = mirror(with(Lab.customers(10), customer("c-x", null, null, null)));

    assertThat(report.rejected()).isEqualTo(1);
    assertThat(lab.klaviyo.members()).doesNotContain("gone");
  }

  @Test
  void a_member_that_klaviyo_tells_nothing_of_stays() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("nobody");

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new Leavers(11, 0, 0, 1, null));
    assertThat(lab.klaviyo.members()).contains("nobody");
  }

  @Test
  void who_joins_while_the_export_runs_is_left_for_the_next() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member(
        "new", "email", "new@shop.example", "joined_group_at", lab.time.now().toString());

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new Leavers(11, 0, 0, 0, null));

    lab.time.pass(Duration.ofSeconds(1));
    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new Leavers(11, 1, 1, 0, null));
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

    assertThat(mirror(source).leavers()).isEqualTo(new Leavers(11, 0, 0, 0, null));
  }

  @Test
  void who_comes_into_the_segment_between_the_look_and_the_sending_stays() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("back", "email", Lab.email(11)).member("gone", "email", "g@shop.example");
    int[] opened = new int[1];

    ExportReport report =
        mirror(segment -> ProfileReader.of(Lab.customers(opened[0]++ == 0 ? 10 : 11)));

    assertThat(report.accepted()).isEqualTo(11);
    assertThat(report.leavers()).isEqualTo(new Leavers(12, 1, 1, 0, null));
    assertThat(lab.klaviyo.members()).contains("back").doesNotContain("gone");
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

    assertThat(report.leavers()).isEqualTo(new Leavers(11, 1, 0, 0, Kept.UNREADABLE));
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void a_member_on_two_pages_leaves_once() {
    givenMembersOfTheSegment(3);
    String twice =
        "{\"type\":\"profile\",\"id\":\"gone\",\"attributes\":{\"email\":\"g@shop.example\"}}";
    lab.klaviyo.on(MEMBERS, Answer.json(200, "{\"data\":[" + twice + "," + twice + "]}"));

    ExportReport report = mirror(Lab.customers(3), export -> export.maxLeavers(1));

    assertThat(report.leavers()).isEqualTo(new Leavers(2, 1, 1, 0, null));
    assertThat(SmallKlaviyo.ids(lab.klaviyo.asked(REMOVAL).get(0))).containsExactly("gone");
  }

  // When nobody leaves

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
    assertThat(stopped.report().leavers()).isEqualTo(new Leavers(9, 2, 0, 0, null));
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
  void nobody_leaves_while_a_profile_is_unconfirmed() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    lab.klaviyo.status(job -> "cancelled");

    ExportReport report = mirror(Lab.customers(10));

    assertThat(report.unconfirmed()).isEqualTo(10);
    assertThat(report.leavers()).isEqualTo(new Leavers(11, 1, 0, 0, Kept.UNCONFIRMED));
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void a_segment_larger_than_the_limit_is_found_out_before_anything_is_sent() {
    ProfileSource sizeless = segment -> sizeless(Lab.customers(601));

    ExportException stopped = Lab.stopped(prepared(sizeless).limit(600));

    assertThat(stopped.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
    assertThat(lab.klaviyo.asked()).extracting(Asked::line).containsExactly(LIST);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_source_that_fails_in_either_reading_removes_nobody(int reading) {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] opened = new int[1];
    ProfileSource source =
        segment -> opened[0]++ == reading ? failing(5) : ProfileReader.of(Lab.customers(10));

    ExportException stopped = Lab.stopped(prepared(source));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(stopped)
        .hasMessageContaining("its source failed after 5 profiles (the disk is gone)");
    assertThat(stopped.report().accepted()).isEqualTo(reading == 0 ? 0 : 5);
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void a_source_that_cannot_be_opened_again_removes_nobody() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] opened = new int[1];
    ProfileSource source =
        segment -> {
          if (opened[0]++ > 0) {
            throw new IOException("the disk is gone");
          }
          return ProfileReader.of(Lab.customers(10));
        };

    ExportException stopped = Lab.stopped(prepared(source));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void a_segment_that_is_empty_when_it_is_read_again_removes_nobody() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] opened = new int[1];

    ExportException stopped =
        Lab.stopped(
            prepared(
                segment -> ProfileReader.of(opened[0]++ == 0 ? Lab.customers(10) : List.of())));

    assertThat(stopped.reason()).isEqualTo(Reason.EMPTY_SEGMENT);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(lab.klaviyo.asked(REMOVAL)).isEmpty();
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void both_readers_of_the_segment_are_closed_one_before_the_other_is_opened() {
    givenMembersOfTheSegment(3);
    int[] open = new int[1];
    List<Integer> openAtOpening = new ArrayList<>();
    ProfileSource source =
        segment -> {
          openAtOpening.add(open[0]++);
          ProfileReader reader = ProfileReader.of(Lab.customers(3));
          return new ProfileReader() {
            @Override
            public @Nullable CustomerProfile next() throws IOException {
              return reader.next();
            }

            @Override
            public void close() {
              open[0]--;
            }
          };
        };

    mirror(source);

    assertThat(openAtOpening).containsExactly(0, 0);
    assertThat(open[0]).isZero();
  }

  // Faults

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

  @Test
  void a_page_of_members_that_is_lost_is_asked_for_again() {
    givenMembersOfTheSegment(150);
    int[] asked = new int[1];
    lab.klaviyo.on(MEMBERS, any -> asked[0]++ % 2 == 0 ? Answer.broken(Fate.UNKNOWN) : null);

    assertThat(mirror(Lab.customers(150)).leavers()).isEqualTo(new Leavers(150, 0, 0, 0, null));
  }

  @Test
  void a_removal_without_an_answer_is_sent_again() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] asked = new int[1];
    lab.klaviyo.on(REMOVAL, any -> asked[0]++ < 2 ? Answer.broken(Fate.UNKNOWN) : null);

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new Leavers(11, 1, 1, 0, null));
    assertThat(lab.klaviyo.asked(REMOVAL)).hasSize(3);
  }

  @Test
  void a_key_that_may_not_remove_members_stops_the_export_and_says_what_it_lacks() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    lab.klaviyo.on(REMOVAL, Answer.error(403, "permission_denied", "/data/"));

    ExportException stopped = Lab.stopped(prepared(Lab.customers(10)));

    assertThat(stopped.reason()).isEqualTo(Reason.FORBIDDEN);
    assertThat(stopped)
        .hasMessageContaining(
            "the API key lacks a scope for 'remove list members' (403): use a key with lists:read,"
                + " lists:write, profiles:read and profiles:write. So far 10 read = 10 accepted + 0"
                + " rejected + 0 duplicates + 0 unconfirmed; 0 of 1 leavers removed.");
  }

  @Test
  void a_list_that_vanishes_before_the_leavers_leave_stops_the_export() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    lab.klaviyo.on(REMOVAL, Answer.error(404, "not_found", "/data/"));
    lab.klaviyo.on(
        LIST,
        asked ->
            lab.klaviyo.asked(REMOVAL).isEmpty() ? null : Answer.error(404, "not_found", "/data/"));

    ExportException stopped = Lab.stopped(prepared(Lab.customers(10)));

    assertThat(stopped.reason()).isEqualTo(Reason.LIST_NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void if_klaviyo_refuses_those_who_are_gone_already_the_others_leave(boolean byUs) {
    givenMembersOfTheSegment(20);
    for (int i = 1; i <= 4; i++) {
      lab.klaviyo.member("gone-" + i, "email", "gone." + i + "@shop.example");
    }
    int[] asked = new int[1];
    lab.klaviyo.on(
        REMOVAL,
        removal -> {
          List<String> ids = SmallKlaviyo.ids(removal);
          if (asked[0]++ == 0) {
            // Two leave before it is processed; by a call whose answer is lost, or by themselves.
            lab.klaviyo.leave("gone-1").leave("gone-3");
            if (byUs) {
              return Answer.broken(Fate.UNKNOWN);
            }
          }
          return lab.klaviyo.members().containsAll(ids)
              ? null
              : Answer.error(404, "not_found", "/data/");
        });

    ExportReport report = mirror(Lab.customers(20));

    assertThat(report.leavers()).isEqualTo(new Leavers(24, byUs ? 4 : 2, byUs ? 4 : 2, 0, null));
    assertThat(lab.klaviyo.members()).hasSize(20);
  }

  @Test
  void who_came_back_into_the_segment_is_not_counted_as_removed_when_the_run_is_resumed() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("back", "email", Lab.email(11)).member("gone", "email", "g@shop.example");
    int[] asked = new int[1];
    lab.klaviyo.on(
        REMOVAL, removal -> asked[0]++ == 0 ? Answer.error(403, "forbidden", "/data/") : null);
    int[] opened = new int[1];
    ProfileSource source = segment -> ProfileReader.of(Lab.customers(opened[0]++ == 0 ? 10 : 11));
    SegmentExport export =
        builder(source).journal(new Journaled()).build().prepare(Lab.VIP, Lab.LIST);

    assertThat(Lab.stopped(export).reason()).isEqualTo(Reason.FORBIDDEN);

    assertThat(export.continueUnfinished().run().leavers())
        .isEqualTo(new Leavers(12, 1, 1, 0, null));
  }

  @Test
  void a_removal_refused_for_no_reason_that_can_be_seen_stops_the_export() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    lab.klaviyo.on(REMOVAL, Answer.error(404, "not_found", "/data/"));

    ExportException stopped = Lab.stopped(prepared(Lab.customers(10)));

    assertThat(stopped.reason()).isEqualTo(Reason.REFUSED);
    assertThat(lab.klaviyo.asked(REMOVAL)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {MEMBERS, REMOVAL})
  void cancelling_ends_a_mirror_wherever_it_is(String where) {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    ExportRun[] run = new ExportRun[1];
    lab.klaviyo.on(
        where,
        asked -> {
          run[0].cancel();
          return Answer.json(503, "");
        });
    List<Runnable> background = new ArrayList<>();
    try (SegmentExporter exporter =
        builder(segment -> ProfileReader.of(Lab.customers(10))).executor(background::add).build()) {
      run[0] = exporter.prepare(Lab.VIP, Lab.LIST).start();
      background.get(0).run();
    }

    assertThat(run[0].report().toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(ExportException.class)
        .extracting(stopped -> ((ExportException) stopped).reason())
        .isEqualTo(Reason.CANCELLED);
    assertThat(lab.klaviyo.members()).contains("gone");
    assertThat(lab.time.elapsed()).isLessThan(RunContext.GRACE);
  }

  @Test
  void a_deadline_ends_a_mirror_in_the_middle_of_its_removals() {
    for (int i = 1; i <= 3_000; i++) {
      lab.klaviyo.member("gone-" + i, "email", "gone." + i + "@shop.example");
    }
    lab.klaviyo.on(
        REMOVAL, asked -> lab.klaviyo.asked(REMOVAL).size() == 2 ? Answer.silence() : null);

    ExportException stopped =
        Lab.stopped(prepared(Lab.customers(3)).maxLeavers(1).deadline(Duration.ofSeconds(10)));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(stopped.report().leavers()).isEqualTo(new Leavers(3_000, 3_000, 1_000, 0, null));
    assertThat(stopped).hasMessageContaining("; 1,000 of 3,000 leavers removed.");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void a_share_is_from_0_to_1(double share) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prepared(Lab.customers(1)).maxLeavers(share))
        .withMessageStartingWith("The largest share of leavers must be from 0 to 1")
        .withMessageEndingWith("it is " + share + ".");
  }

  private void givenMembersOfTheSegment(int count) {
    for (int i = 1; i <= count; i++) {
      lab.klaviyo.member("member-" + i, "email", Lab.email(i));
    }
  }

  private static List<CustomerProfile> with(List<CustomerProfile> some, CustomerProfile another) {
    List<CustomerProfile> all = new ArrayList<>(some);
    all.add(another);
    return all;
  }

  private static CustomerProfile customer(
      String id, @Nullable String email, @Nullable String phone, @Nullable String key) {
    return CustomerProfile.of(id, FIELDS, email, phone, key);
  }

  private static ProfileReader sizeless(List<CustomerProfile> customers) {
    ProfileReader reader = ProfileReader.of(customers);
    return reader::next;
  }

  private static ProfileReader failing(int after) {
    int[] read = new int[1];
    return () -> {
      if (read[0]++ == after) {
        throw new IOException("the disk is gone");
      }
      return Lab.customer(read[0]);
    };
  }

  private SegmentExporter.Builder builder(ProfileSource source) {
    return lab.exporter(source)
        .mapping(FieldMapping.email("Email").phone("Phone").externalId("Key"))
        .mode(SyncMode.MIRROR);
  }

  private SegmentExport prepared(List<CustomerProfile> customers) {
    return prepared(segment -> ProfileReader.of(customers));
  }

  private SegmentExport prepared(ProfileSource source) {
    return builder(source).build().prepare(Lab.VIP, Lab.LIST);
  }

  private ExportReport mirror(List<CustomerProfile> customers) {
    return mirror(customers, export -> export);
  }

  private ExportReport mirror(ProfileSource source) {
    return prepared(source).run();
  }

  private ExportReport mirror(
      List<CustomerProfile> customers, UnaryOperator<SegmentExport> options) {
    return options.apply(prepared(customers)).run();
  }
}
