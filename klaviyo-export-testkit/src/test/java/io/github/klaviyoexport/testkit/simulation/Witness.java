package io.github.klaviyoexport.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Hears all that an export tells, and compares it with the report at the end. */
final class Witness implements ExportListener {
  private final List<String> unconfirmed = new ArrayList<>();
  private int finished;
  private long removed;

  @Override
  public void started(Segment segment, ListId list) {
    Canaries.assertNoneIn(segment + " " + list);
  }

  @Override
  public void batchSent(String jobId, int profiles, long bytes) {
    assertThat(profiles).isPositive();
  }

  @Override
  public void jobFinished(ExportReport.Job job) {
    assertThat(job.accepted() + job.rejected()).isBetween(0, job.profiles());
  }

  @Override
  public void rejected(Rejection rejection) {
    Canaries.assertNoneIn(rejection.toString());
  }

  @Override
  public void unconfirmed(String customerId) {
    unconfirmed.add(customerId);
  }

  @Override
  public void listRead(long members, long leavers) {
    assertThat(leavers).isBetween(0L, members);
  }

  @Override
  public void leaversRemoved(long leavers) {
    assertThat(leavers).isPositive();
    removed += leavers;
  }

  @Override
  public void paced(Duration wait) {
    assertThat(wait).isPositive();
  }

  @Override
  public void rateLimited(Duration retryAfter) {
    assertThat(retryAfter).isPositive();
  }

  @Override
  public void progressed(ExportProgress progress) {
    assertThat(
            progress.accepted()
                + progress.unchanged()
                + progress.rejected()
                + progress.duplicates())
        .isLessThanOrEqualTo(progress.read());
    assertThat(finished).isZero();
  }

  @Override
  public void finished(ExportReport report) {
    finished++;
  }

  /** What was told agrees with the report. */
  void check(ExportReport report) {
    assertThat(finished).isEqualTo(1);
    assertThat(unconfirmed)
        .as("unconfirmed by name")
        .hasSize((int) report.profiles().unconfirmed());
    assertThat(report.unconfirmedCustomers()).isEqualTo(unconfirmed);
    assertThat(report.leavers().removed()).isGreaterThanOrEqualTo(removed);
    Canaries.assertNoneIn(report.toString());
    Canaries.assertNoneIn(report.toJson());
    Canaries.assertNoneIn(report.toCsv());
    Canaries.assertNoneIn(report.rejectionsToCsv());
    assertThat(report.took()).isGreaterThanOrEqualTo(Duration.ZERO);
  }
}
