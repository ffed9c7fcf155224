package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A builder of {@link RunRecord}s for tests of code that reads them: a {@link CatalogListener} that
 * raises alarms, or a page that shows the history.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleRunTest" region="example"}
 *
 * <p>What a test does not say is as a {@link Catalog} would have it for a run in that state: an
 * export called VIPs that kim has started at 2026-09-01T08:00:00Z, whose attempt took two minutes.
 * There is no report unless it is given.
 *
 * <p>Not safe for use by several threads.
 */
public final class SampleRun {
  private final RunStatus status;
  private String exportId = "vips-1a2b3c4d";
  private String exportName = "VIPs";
  private Trigger trigger = Trigger.ON_DEMAND;
  private String startedBy = "kim";
  private int attempt;
  private Instant queuedAt = Instant.parse("2026-09-01T08:00:00Z");
  private Duration took = Duration.ofMinutes(2);
  private @Nullable String message;
  private @Nullable String details;
  private @Nullable ExportReport report;
  private @Nullable ExportProgress progress;

  private SampleRun(RunStatus status) {
    this.status = Objects.requireNonNull(status, "status");
    this.attempt = status == RunStatus.QUEUED || status == RunStatus.SKIPPED ? 0 : 1;
    this.message =
        switch (status) {
          case QUEUED, RUNNING, SUCCESSFUL -> null;
          case PARTLY_SUCCESSFUL ->
              "3 profiles were rejected and 0 remain unconfirmed: the report says which and why.";
          case FAILED, FAILED_PERMANENTLY ->
              "Klaviyo could not be reached: run the export again when it answers.";
          case SKIPPED -> "Another run of this export has not ended.";
          case CANCELLED -> "It was stopped: cancelled by kim.";
          case UNKNOWN -> "It waits for an approval.";
        };
  }

  /** Starts the record of a run in the given state. */
  public static SampleRun of(RunStatus status) {
    return new SampleRun(status);
  }

  /** Sets which export was run: its id, and what it was called. */
  public SampleRun export(String id, String name) {
    this.exportId = Objects.requireNonNull(id, "id");
    this.exportName = Objects.requireNonNull(name, "name");
    return this;
  }

  /** Sets what started the run, and the name of the actor or export user. */
  public SampleRun startedBy(Trigger trigger, String name) {
    this.trigger = Objects.requireNonNull(trigger, "trigger");
    this.startedBy = Objects.requireNonNull(name, "name");
    return this;
  }

  /**
   * Sets how many attempts have begun.
   *
   * @throws IllegalArgumentException if that is negative
   */
  public SampleRun attempt(int attempt) {
    if (attempt < 0) {
      throw new IllegalArgumentException(
          "The number of attempts must be 0 or more; it is " + attempt + ".");
    }
    this.attempt = attempt;
    return this;
  }

  /** Sets when the run was queued, which is when its attempt began. */
  public SampleRun queuedAt(Instant moment) {
    this.queuedAt = Objects.requireNonNull(moment, "moment");
    return this;
  }

  /** Sets how long the attempt took, if it has ended. */
  public SampleRun took(Duration duration) {
    this.took = Objects.requireNonNull(duration, "duration");
    return this;
  }

  /** Sets why the run failed, was skipped or cancelled, and what to do. */
  public SampleRun message(String message) {
    this.message = Objects.requireNonNull(message, "message");
    return this;
  }

  /** Sets what only administrators may see beside the message. */
  public SampleRun details(String details) {
    this.details = Objects.requireNonNull(details, "details");
    return this;
  }

  /** Sets what became of every profile. */
  public SampleRun report(ExportReport report) {
    this.report = Objects.requireNonNull(report, "report");
    return this;
  }

  /** Sets how far a run that is {@link RunStatus#RUNNING} has got. */
  public SampleRun progress(ExportProgress progress) {
    this.progress = Objects.requireNonNull(progress, "progress");
    return this;
  }

  /** Builds the record. */
  public RunRecord build() {
    boolean over = status != RunStatus.QUEUED && status != RunStatus.RUNNING;
    Instant startedAt = attempt == 0 ? null : queuedAt;
    Instant endedAt = !over ? null : attempt == 0 ? queuedAt : queuedAt.plus(took);
    return new RunData(
        exportId + ".run-1",
        exportId,
        exportName,
        trigger,
        startedBy,
        status,
        attempt,
        queuedAt,
        startedAt,
        endedAt,
        status == RunStatus.FAILED && endedAt != null ? endedAt.plusSeconds(300) : null,
        message,
        details,
        report,
        status == RunStatus.RUNNING ? progress : null,
        status == RunStatus.UNKNOWN ? "a newer version of the library wrote it" : null,
        1);
  }
}
