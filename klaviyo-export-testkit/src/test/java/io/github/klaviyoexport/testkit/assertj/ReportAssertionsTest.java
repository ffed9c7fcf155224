package io.github.klaviyoexport.testkit.assertj;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatThrownBy;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowable;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.SampleExport;
import io.github.klaviyoexport.testkit.SampleVerification;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What the assertions about reports let pass, what they do not, and what they say. */
class ReportAssertionsTest extends AssertionsSetting {
  @Test
  void a_report_that_is_clean_is_so_to_both_and_one_that_is_not_to_none() {
    SampleVerification same = SampleVerification.of("vip", 3);
    SampleVerification misses = SampleVerification.of("vip", 3).missing("c-4");
    SampleVerification more = SampleVerification.of("vip", 3).unexpected("01P");
    SampleVerification unsure = SampleVerification.of("vip", 3).undecided("01P");
    List<ExportReport> samples = new ArrayList<>();
    for (SyncMode mode : SyncMode.values()) {
      Supplier<SampleExport> sample = () -> SampleExport.of("vip").accepted(3).mode(mode);
      samples.add(sample.get().report());
      for (SampleVerification list : List.of(same, misses, more, unsure)) {
        samples.add(sample.get().verified(list.verification()).report());
      }
      samples.add(sample.get().rejected(1, Reason.EMAIL_MALFORMED).report());
      samples.add(sample.get().unsent("c-1").report());
      samples.add(sample.get().missingFields("mail").report());
      samples.add(sample.get().emptyFields("mail").report());
      samples.add(sample.get().duplicates(1).unchanged(1).report());
      samples.add(sample.get().stopped(ExportException.Reason.DEADLINE).report());
    }

    for (ExportReport report : samples) {
      Throwable failure = catchThrowable(() -> assertThat(report).isClean());

      assertThat(failure == null).as("%s", report).isEqualTo(report.isClean());
    }
    assertThat(samples).anyMatch(ExportReport::isClean);
    assertThatThrownBy(
            () ->
                assertThat(
                        SampleExport.of("vip")
                            .mode(SyncMode.MIRROR)
                            .verified(misses.unexpected("01P", "02P").verification())
                            .report())
                    .isClean())
        .hasMessageStartingWith(
            """
            All should be well.
              1 customer missing in the list
              2 unexpected members of the list
            The report:""");
  }

  @Test
  void a_report_that_is_confirmed_may_be_of_an_export_that_stopped() {
    ExportReport report =
        SampleExport.of("vip").accepted(1).stopped(ExportException.Reason.SOURCE_FAILED).report();

    assertThat(report).isConfirmed().hasNoRejections();
    says(
        () -> assertThat(report).hasNotStopped(),
        "The export should have come to its end.\n  1 stopped\n    SOURCE_FAILED\nThe report: "
            + report);
    assertThat(SampleExport.of("vip").accepted(1).report()).hasNotStopped();
  }

  @Test
  void a_report_is_asserted_by_its_counts() {
    ExportReport report = export();

    assertThat(report)
        .isConfirmed()
        .hasRead(3)
        .hasAccepted(1)
        .hasUnchanged(0)
        .hasRejected(1)
        .hasDuplicates(1)
        .hasUnconfirmed(0)
        .hasRejection("c-2", Reason.EMAIL_MALFORMED);
    says(
        () -> assertThat(report).hasAccepted(3),
        "The report should have accepted 3, not 1.\n  2 too few\nThe report: " + report);
    says(
        () -> assertThat(report).exportedTo(klaviyo).hasNoRejections(),
        """
        Nothing should be rejected.
          1 profile rejected
          1 named in the report
            Customer c-2: field 'email' is not an email address that Klaviyo takes: correct it in the source
        The report: %s
        %s\
        """
            .formatted(report, klaviyo.timeline()));
    says(
        () -> assertThat(report).hasRejection("c-1", Reason.TOO_LARGE),
        """
        Customer c-1 should be rejected for TOO_LARGE.
          1 named in the report
            Customer c-2: field 'email' is not an email address that Klaviyo takes: correct it in the source
        The report: %s\
        """
            .formatted(report));
  }

  @Test
  void a_report_that_is_confirmed_may_not_be_clean() {
    ExportReport report = export();

    says(
        () -> assertThat(report).isClean(),
        """
        All should be well.
          1 profile rejected
          1 named in the report
            %s
        The report: %s\
        """
            .formatted(report.rejections().first().get(0), report));
    assertThat(SampleExport.of("vip").accepted(3).duplicates(1).report()).isClean();
    says(
        () ->
            assertThat(
                    SampleExport.of("vip")
                        .leavers(9, 3, 1, 1)
                        .leaversKept(ExportReport.Leavers.Kept.UNCONFIRMED)
                        .missingFields("mail")
                        .stopped(ExportException.Reason.DEADLINE)
                        .report())
                .isClean(),
        """
        All should be well.
          1 stopped
            DEADLINE
          1 mapped field that no profile had
            mail
          2 leavers not removed
          1 member undecided
          1 reason to keep leavers
            UNCONFIRMED
        The report: %s\
        """
            .formatted(
                SampleExport.of("vip")
                    .leavers(9, 3, 1, 1)
                    .leaversKept(ExportReport.Leavers.Kept.UNCONFIRMED)
                    .missingFields("mail")
                    .stopped(ExportException.Reason.DEADLINE)
                    .report()));
  }

  @Test
  void what_a_report_leaves_unconfirmed_is_told() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobCancelled());
    ExportReport report = export();

    says(
        () -> assertThat(report).isConfirmed(),
        """
        Every profile should be confirmed.
          1 sent, and not known to be imported
          1 customer named in the report
            customer c-1
        The report: %s\
        """
            .formatted(report));
  }
}
