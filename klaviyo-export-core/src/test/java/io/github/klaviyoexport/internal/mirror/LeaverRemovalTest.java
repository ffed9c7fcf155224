package io.github.klaviyoexport.internal.mirror;

import static io.github.klaviyoexport.testing.SmallKlaviyo.LIST;
import static io.github.klaviyoexport.testing.SmallKlaviyo.MEMBERS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.REMOVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.internal.export.Journaled;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leavers are removed a thousand at a time, each counted once, whatever becomes of a call. */
class LeaverRemovalTest extends MirrorInLab {
  @Test
  void a_list_of_many_pages_is_read_to_its_end_and_left_by_a_thousand_at_a_time() {
    for (int i = 1; i <= 2_345; i++) {
      lab.klaviyo.member("gone-" + i, "email", "gone." + i + "@shop.example");
    }
    givenMembersOfTheSegment(3);

    ExportReport report = mirror(Lab.customers(3), export -> export.maxLeavers(1));

    assertThat(report.leavers()).isEqualTo(new LeaversData(2_348, 2_345, 2_345, 0, null));
    assertThat(lab.klaviyo.asked(MEMBERS)).hasSize(24);
    assertThat(lab.klaviyo.asked(REMOVAL))
        .extracting(asked -> SmallKlaviyo.ids(asked).size())
        .containsExactly(1_000, 1_000, 345);
    assertThat(lab.klaviyo.members()).hasSize(3);
  }

  @Test
  void a_removal_without_an_answer_is_sent_again() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] asked = new int[1];
    lab.klaviyo.on(REMOVAL, any -> asked[0]++ < 2 ? Answer.broken(Fate.UNKNOWN) : null);

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new LeaversData(11, 1, 1, 0, null));
    assertThat(lab.klaviyo.asked(REMOVAL)).hasSize(3);
  }

  @Test
  void a_removal_that_is_answered_403_is_waited_for_since_the_import_has_shown_the_scopes() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] asked = new int[1];
    lab.klaviyo.on(
        REMOVAL, any -> asked[0]++ < 3 ? Answer.error(403, "permission_denied", "/data/") : null);

    assertThat(mirror(Lab.customers(10)).leavers()).isEqualTo(new LeaversData(11, 1, 1, 0, null));
  }

  @Test
  void a_removal_that_is_answered_403_for_minutes_stops_the_export_and_no_scope_is_missing() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    lab.klaviyo.on(REMOVAL, Answer.error(403, "permission_denied", "/data/"));

    ExportException stopped = Lab.stopped(prepared(Lab.customers(10)));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped)
        .hasMessageContaining("has answered 'remove list members' with 403 for 5 minutes")
        .hasMessageContaining("so no scope is missing")
        .hasMessageContaining("0 of 1 leaver removed.");
  }

  @Test
  void a_removal_that_is_too_large_is_halved_and_so_are_those_after_it() {
    givenMembersOfTheSegment(3);
    for (int i = 1; i <= 2_345; i++) {
      lab.klaviyo.member("gone-" + i, "email", "gone." + i + "@shop.example");
    }
    takingAtMost(300);

    ExportReport report = mirror(Lab.customers(3), export -> export.maxLeavers(1));

    assertThat(report.leavers()).isEqualTo(new LeaversData(2_348, 2_345, 2_345, 0, null));
    assertThat(lab.klaviyo.asked(REMOVAL))
        .extracting(asked -> SmallKlaviyo.ids(asked).size())
        .containsExactly(1_000, 500, 250, 250, 250, 250, 250, 250, 250, 250, 250, 95);
    assertThat(lab.klaviyo.members()).hasSize(3);
  }

  @Test
  void a_removal_that_is_too_large_by_itself_stops_the_export_and_all_leavers_are_told_as_kept() {
    givenMembersOfTheSegment(10);
    for (int i = 1; i <= 5; i++) {
      lab.klaviyo.member("gone-" + i, "email", "gone." + i + "@shop.example");
    }
    takingAtMost(0);
    List<String> kept = new ArrayList<>();
    ExportListener outcomes =
        new ExportListener() {
          @Override
          public void outcome(Outcome outcome) {
            if (outcome.kind() == Outcome.Kind.KEPT) {
              kept.add(String.valueOf(outcome.why()));
            }
          }
        };

    ExportException stopped =
        Lab.stopped(
            builder(segment -> ProfileReader.of(Lab.customers(10)))
                .listener(outcomes)
                .build()
                .prepare(Lab.VIP, Lab.LIST)
                .maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(Reason.REFUSED);
    assertThat(stopped).hasMessageContaining("a proxy or gateway on the way probably takes no");
    assertThat(stopped.report().leavers()).isEqualTo(new LeaversData(15, 5, 0, 0, null));
    assertThat(kept).hasSize(5).containsOnly("STOPPED");
  }

  private void takingAtMost(int ids) {
    lab.klaviyo.on(
        REMOVAL,
        asked ->
            SmallKlaviyo.ids(asked).size() > ids
                ? Answer.of(413, "text/html", "<html>Payload Too Large</html>")
                : null);
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

    assertThat(report.leavers())
        .isEqualTo(new LeaversData(24, byUs ? 4 : 2, byUs ? 4 : 2, 0, null));
    assertThat(lab.klaviyo.members()).hasSize(20);
  }

  @Test
  void who_came_back_into_the_segment_is_not_counted_as_removed_when_the_run_is_resumed() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("back", "email", Lab.email(11)).member("gone", "email", "g@shop.example");
    int[] asked = new int[1];
    lab.klaviyo.on(
        REMOVAL, removal -> asked[0]++ == 0 ? Answer.error(400, "invalid", "/data/") : null);
    int[] opened = new int[1];
    ProfileSource source = segment -> ProfileReader.of(Lab.customers(opened[0]++ == 0 ? 10 : 11));
    SegmentExport export =
        builder(source).journal(new Journaled()).build().prepare(Lab.VIP, Lab.LIST);

    assertThat(Lab.stopped(export).reason()).isEqualTo(Reason.REFUSED);

    assertThat(export.continueUnfinished().run().leavers())
        .isEqualTo(new LeaversData(12, 1, 1, 0, null));
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
    assertThat(stopped.report().leavers()).isEqualTo(new LeaversData(3_000, 3_000, 1_000, 0, null));
    assertThat(stopped).hasMessageContaining("; 1,000 of 3,000 leavers removed.");
  }
}
