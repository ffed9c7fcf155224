package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SampleExportTest {
  private static final SampleExport EMPTY = SampleExport.of("vip-eu");
  private static final Rejection MALFORMED =
      Rejection.ofProfile("c-17", "EMailAddress", Reason.EMAIL_MALFORMED);

  /** A user's code that reads reports. */
  private static String alert(ExportReport report) {
    long read = report.profiles().read();
    long rejected = report.profiles().rejected();
    return rejected * 20 < read ? "" : rejected + " of " + read + " customers were rejected";
  }

  @Test
  void code_that_reads_reports_is_tested_with_reports_of_its_own() {
    // @start region="example"
    SampleExport export =
        SampleExport.of("vip-eu")
            .accepted(1_180)
            .rejected(Rejection.ofProfile("c-17", "EMailAddress", Reason.EMAIL_MALFORMED))
            .duplicates(3);

    assertThat(alert(export.report())).isEmpty();
    assertThat(alert(export.rejected(200, Reason.PHONE_MALFORMED).report()))
        .isEqualTo("201 of 1384 customers were rejected");
    // @end
  }

  @Test
  void without_a_word_it_is_the_report_of_an_empty_segment() {
    ExportReport report = EMPTY.report();

    assertThat(report.segment()).hasToString("vip-eu");
    assertThat(report.list()).isEqualTo(ListId.of("Y6nRLr"));
    assertThat(report.mode()).isEqualTo(SyncMode.UPSERT);
    assertThat(report.run()).isNotEmpty();
    assertThat(report.startedAt()).isEqualTo("2026-09-01T08:00:00Z");
    assertThat(report.took()).isEqualTo(Duration.ofSeconds(10));
    assertThat(report.profiles().read()).isZero();
    assertThat(report.rejections().first()).isEmpty();
    assertThat(report.jobs()).isEmpty();
    assertThat(report.leavers().members()).isZero();
    assertThat(report.traffic().calls()).isEqualTo(1);
    assertThat(report.isConfirmed()).isTrue();
  }

  @Test
  void figures_add_up_whatever_is_added_in_whatever_order() {
    ExportReport report =
        EMPTY
            .unconfirmed(JobStatus.RUNNING, "c-8", "c-9")
            .duplicates(4)
            .rejected(MALFORMED)
            .accepted(25_000)
            .unsent("c-10")
            .rejected(2, Reason.FAILED_IN_KLAVIYO)
            .accepted(5)
            .report();

    assertThat(report.profiles().read()).isEqualTo(25_005 + 3 + 4 + 3);
    assertThat(report.profiles().accepted()).isEqualTo(25_005);
    assertThat(report.profiles().rejected()).isEqualTo(3);
    assertThat(report.profiles().duplicates()).isEqualTo(4);
    assertThat(report.profiles().unconfirmed()).isEqualTo(3);
    assertThat(report.profiles().unsent()).isEqualTo(1);
    assertThat(report.isConfirmed()).isFalse();
    assertThat(report.unconfirmedCustomers()).containsExactly("c-8", "c-9", "c-10");
  }

  @Test
  void profiles_that_were_handed_over_are_in_jobs_as_klaviyo_makes_them() {
    ExportReport report =
        EMPTY
            .accepted(12_000)
            .rejected(MALFORMED)
            .rejected(3, Reason.FAILED_IN_KLAVIYO)
            .unconfirmed(JobStatus.LOST, "c-8")
            .unsent("c-9")
            .report();

    assertThat(report.jobs())
        .extracting(Job::id, Job::status, Job::profiles, Job::accepted, Job::rejected)
        .containsExactly(
            tuple("job-1", JobStatus.COMPLETE, 10_000, 10_000, 0),
            tuple("job-2", JobStatus.COMPLETE, 2_000, 2_000, 0),
            tuple("job-3", JobStatus.COMPLETE, 3, 0, 3),
            tuple("job-4", JobStatus.LOST, 1, 0, 0));
    assertThat(report.traffic().calls()).isEqualTo(1 + 2 * 4);
    assertThat(report.traffic().bytesSent()).isEqualTo(12_004 * 400);
  }

  @Test
  void rejections_are_named_and_counted_by_reason() {
    Rejection field = Rejection.ofField("c-18", "Telephone1", Reason.PHONE_MALFORMED);
    ExportReport report =
        EMPTY.rejected(MALFORMED).rejected(field).rejected(2, Reason.PHONE_MALFORMED).report();

    assertThat(report.profiles().rejected()).isEqualTo(3);
    assertThat(report.rejections().fields()).isEqualTo(1);
    assertThat(report.rejections().reasons())
        .containsOnly(entry(Reason.EMAIL_MALFORMED, 1L), entry(Reason.PHONE_MALFORMED, 3L));
    assertThat(report.rejections().first())
        .containsExactly(
            MALFORMED,
            field,
            Rejection.ofProfile("rejected-2", null, Reason.PHONE_MALFORMED),
            Rejection.ofProfile("rejected-3", null, Reason.PHONE_MALFORMED));
    assertThat(report.rejectionsToCsv()).contains("c-18,FIELD,Telephone1,PHONE_MALFORMED,,\r\n");
  }

  @Test
  void a_report_keeps_as_many_names_as_a_real_one_and_counts_them_all() {
    String[] customers = IntStream.range(0, 1_100).mapToObj(i -> "c-" + i).toArray(String[]::new);

    ExportReport report =
        EMPTY
            .rejected(1_500, Reason.NO_IDENTIFIER)
            .unsent(customers)
            .unconfirmed(JobStatus.CANCELLED, customers)
            .report();

    assertThat(report.rejections().first()).hasSize(ExportReport.MAX_REJECTIONS);
    assertThat(report.profiles().rejected()).isEqualTo(1_500);
    assertThat(report.unconfirmedCustomers()).hasSize(1_000).endsWith("c-999");
    assertThat(report.profiles().unconfirmed()).isEqualTo(2_200);
  }

  @Test
  void leavers_make_it_a_mirror() {
    ExportReport report =
        EMPTY.unreadable(3).leavers(3_004, 12, 9, 2).leaversKept(Kept.UNCONFIRMED).report();

    assertThat(report.mode()).isEqualTo(SyncMode.MIRROR);
    assertThat(report.leavers().members()).isEqualTo(3_004);
    assertThat(report.leavers().found()).isEqualTo(12);
    assertThat(report.leavers().removed()).isEqualTo(9);
    assertThat(report.leavers().undecided()).isEqualTo(2);
    assertThat(report.leavers().unreadable()).isEqualTo(3);
    assertThat(report.leavers().kept()).isEqualTo(Kept.UNCONFIRMED);
    assertThat(EMPTY.leaversKept(Kept.UNREADABLE).leavers(5, 1, 0, 4).report().leavers().kept())
        .isEqualTo(Kept.UNREADABLE);
  }

  @Test
  void everything_else_can_be_said_too() {
    ExportReport report =
        EMPTY
            .run("run-1")
            .list(ListId.of("UzQkH3"))
            .mode(SyncMode.MIRROR)
            .startedAt(Instant.EPOCH)
            .took(Duration.ofMinutes(3))
            .paced(Duration.ofSeconds(20))
            .rateLimited(2, Duration.ofSeconds(7))
            .report();

    assertThat(report.run()).isEqualTo("run-1");
    assertThat(report.list()).hasToString("UzQkH3");
    assertThat(report.mode()).isEqualTo(SyncMode.MIRROR);
    assertThat(report.startedAt()).isEqualTo(Instant.EPOCH);
    assertThat(report.took()).isEqualTo(Duration.ofMinutes(3));
    assertThat(report.traffic().paced()).isEqualTo(Duration.ofSeconds(20));
    assertThat(report.traffic().rateLimited()).isEqualTo(2);
    assertThat(report.traffic().longestRetryAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(report.traffic().calls()).isEqualTo(1 + 2);
  }

  @Test
  void progress_has_the_figures_of_the_report() {
    SampleExport export =
        EMPTY
            .accepted(500)
            .unconfirmed(JobStatus.RUNNING, "c-1", "c-2")
            .unsent("c-3")
            .rejected(MALFORMED)
            .duplicates(6);
    ExportProgress progress = export.progress();

    assertThat(progress.size()).hasValue(510);
    assertThat(progress.read()).isEqualTo(510);
    assertThat(progress.sent()).isEqualTo(502);
    assertThat(progress.accepted()).isEqualTo(500);
    assertThat(progress.rejected()).isEqualTo(1);
    assertThat(progress.duplicates()).isEqualTo(6);
    assertThat(progress.elapsed()).isEqualTo(Duration.ofSeconds(10));
    assertThat(export.size(OptionalLong.of(1_000)).progress().size()).hasValue(1_000);
    assertThat(export.size(OptionalLong.empty()).progress().size()).isEmpty();
  }

  @Test
  void an_export_that_stopped_is_an_exception_with_the_report() {
    SampleExport export = EMPTY.accepted(5).unsent("c-3");

    ExportException stopped = export.stopped(ExportException.Reason.FORBIDDEN);

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.FORBIDDEN);
    assertThat(stopped.report())
        .usingRecursiveComparison()
        .ignoringFields("stopReason")
        .isEqualTo(export.report());
    assertThat(stopped.report().stopReason()).isEqualTo(ExportException.Reason.FORBIDDEN);
    assertThat(stopped)
        .hasMessage(
            "The export of segment vip-eu to list Y6nRLr stopped: it is a sample of one that ended"
                + " with FORBIDDEN. So far 6 read = 5 accepted + 0 rejected + 0 duplicates + 1"
                + " unconfirmed (1 of them never sent).")
        .hasNoCause();
  }

  @Test
  void what_was_noticed_and_counted_by_field_is_in_the_report() {
    ExportReport report =
        EMPTY
            .accepted(5)
            .rejected(
                Rejection.ofField("c-1", "LTV", Rejection.Reason.UNSUPPORTED_TYPE)
                    .withType("com.example.Money"))
            .missingFields("mail")
            .emptyFields("City", "Zip")
            .emailIds()
            .report();

    assertThat(report.notices().missingFields()).containsExactly("mail");
    assertThat(report.notices().emptyFields()).containsExactly("City", "Zip");
    assertThat(report.notices().emailIds()).isTrue();
    assertThat(report.rejections().byField()).hasSize(1);
    assertThat(report.isConfirmed()).isTrue();
    assertThat(report.isClean()).isFalse();
    assertThat(report.toString())
        .contains(
            "LTV: 1 not sent, unsupported type com.example.Money",
            "no profile had the mapped field 'mail'",
            "the mapped field 'Zip' was always empty");
    assertThat(EMPTY.accepted(5).report().isClean()).isTrue();
    assertThat(EMPTY.accepted(5).stopped(ExportException.Reason.DEADLINE).report().isClean())
        .isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> EMPTY.missingFields());
  }

  @Test
  void profiles_that_have_not_changed_were_read_and_not_sent() {
    SampleExport export = EMPTY.accepted(5).unchanged(7);

    assertThat(export.report().profiles().read()).isEqualTo(12);
    assertThat(export.report().profiles().unchanged()).isEqualTo(7);
    assertThat(export.report().isClean()).isTrue();
    assertThat(export.progress().unchanged()).isEqualTo(7);
    assertThat(export.progress().sent()).isEqualTo(5);
    assertThat(export)
        .hasToString(
            "SampleExport[vip-eu: 12 read = 5 accepted + 7 unchanged + 0 rejected + 0 duplicates +"
                + " 0 unconfirmed]");
    assertRefused(() -> EMPTY.unchanged(-1), "-1 unchanged profiles: pass 0 or more.");
  }

  @Test
  void another_export_is_made_from_one_that_stays_as_it_is() {
    SampleExport more = EMPTY.accepted(5);

    assertThat(more.accepted(2).report().profiles().accepted()).isEqualTo(7);
    assertThat(more.report().profiles().accepted()).isEqualTo(5);
    assertThat(more.report()).isEqualTo(EMPTY.accepted(5).report());
    assertThat(more)
        .hasToString(
            "SampleExport[vip-eu: 5 read = 5 accepted + 0 rejected + 0 duplicates + 0 unconfirmed]");
  }

  @Test
  void a_figure_below_zero_is_refused_with_advice() {
    Duration negative = Duration.ofSeconds(-1);

    assertRefused(() -> EMPTY.accepted(-1), "cannot have -1 accepted profiles: pass 0 or more.");
    assertRefused(() -> EMPTY.rejected(-1, Reason.TOO_DEEP), "-1 rejected profiles: pass 0 or");
    assertRefused(
        () -> EMPTY.duplicates(-7), "An export cannot have -7 duplicates: pass 0 or more.");
    assertRefused(() -> EMPTY.leavers(-1, 0, 0, 0), "-1 members: pass 0 or more.");
    assertRefused(() -> EMPTY.leavers(1, -1, 0, 0), "-1 leavers: pass 0 or more.");
    assertRefused(() -> EMPTY.leavers(1, 1, -1, 0), "-1 removed leavers: pass 0 or more.");
    assertRefused(() -> EMPTY.leavers(1, 1, 0, -1), "-1 undecided members: pass 0 or more.");
    assertRefused(() -> EMPTY.unreadable(-1), "-1 unreadable customers: pass 0 or more.");
    assertRefused(() -> EMPTY.rateLimited(-1, Duration.ZERO), "-1 calls that were rate-limited");
    assertRefused(() -> EMPTY.rateLimited(1, negative), "longest wait cannot be PT-1S: pass zero");
    assertRefused(() -> EMPTY.paced(negative), "The wait cannot be PT-1S: pass zero or more.");
    assertRefused(() -> EMPTY.took(negative), "The time cannot be PT-1S: pass zero or more.");
    assertRefused(() -> EMPTY.size(OptionalLong.of(-1)), "-1 profiles: pass 0 or more.");
  }

  @Test
  void what_no_export_can_be_is_refused_with_advice() {
    assertRefused(
        () -> EMPTY.leavers(20, 12, 13, 0),
        "Of 12 leavers 13 cannot have been removed: pass 12 or less.");
    assertRefused(
        () -> EMPTY.unconfirmed(JobStatus.COMPLETE, "c-1"),
        "A job that is complete leaves no profile unconfirmed: pass another status");
    assertRefused(() -> EMPTY.unsent(), "No customer is named: pass at least one id.");
    assertRefused(() -> SampleExport.of(" "), "A segment needs a name");
  }

  @Test
  @SuppressWarnings({"DataFlowIssue", "NullAway"})
  void a_null_is_refused_with_advice() {
    assertMissed(() -> EMPTY.list(null), "list: pass the id of a list, such as");
    assertMissed(() -> EMPTY.mode(null), "mode: pass UPSERT or MIRROR.");
    assertMissed(() -> EMPTY.run(null), "id: pass the id of a run");
    assertMissed(() -> EMPTY.startedAt(null), "time: pass when the export started.");
    assertMissed(() -> EMPTY.took(null), "time: pass a duration, zero or more.");
    assertMissed(() -> EMPTY.paced(null), "wait: pass a duration, zero or more.");
    assertMissed(() -> EMPTY.rateLimited(1, null), "longest wait: pass a duration");
    assertMissed(() -> EMPTY.rejected(null), "rejection: pass one, such as Rejection.ofProfile");
    assertMissed(() -> EMPTY.rejected(1, null), "reason: pass why the profiles were rejected.");
    assertMissed(() -> EMPTY.unconfirmed(null, "c-1"), "status: pass where the job stands");
    assertMissed(() -> EMPTY.unsent("c-1", null), "customerIds: pass the ids of customers");
    assertMissed(() -> EMPTY.leaversKept(null), "why: pass UNCONFIRMED or UNREADABLE.");
    assertMissed(() -> EMPTY.size(null), "profiles: pass OptionalLong.empty() for a source");
    assertMissed(() -> EMPTY.stopped(null), "reason: pass why the export stopped.");
  }

  private static void assertRefused(ThrowingCallable use, String message) {
    assertThatIllegalArgumentException().isThrownBy(use).withMessageContaining(message);
  }

  private static void assertMissed(ThrowingCallable use, String message) {
    assertThatNullPointerException().isThrownBy(use).withMessageStartingWith(message);
  }
}
