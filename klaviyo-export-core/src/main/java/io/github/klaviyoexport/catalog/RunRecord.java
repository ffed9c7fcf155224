package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SyncMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run of a saved export, as the history keeps it.
 *
 * <p>It holds ids, counts and reasons, and no personal data of customers. Immutable.
 *
 * @param id made by the catalog; it begins with the export's id and the time
 * @param exportId which export
 * @param exportName what the export was called then
 * @param trigger what started it
 * @param startedBy who started it: the actor's name, or the export user where no person did
 * @param status where it stands
 * @param attempt how often it has been tried, counted from 1; 0 before the first time
 * @param queuedAt when it was asked for; for a scheduled run, when it was due
 * @param startedAt when the last attempt began; {@code null} when none has
 * @param endedAt when the last attempt ended; {@code null} when it has not
 * @param retryAt when it will be tried again; {@code null} unless it has {@link RunStatus#FAILED}
 * @param message why it failed, was skipped or cancelled, and what to do; else {@code null}
 * @param details what only administrators may see beside the message, where credentials are kept
 *     for example; {@code null} when there is no more to say, and for everybody else
 * @param report what became of every profile in the last attempt; {@code null} when there was none
 * @param version counts its changes, from 1; 0 before it is kept
 */
public record RunRecord(
    String id,
    String exportId,
    String exportName,
    Trigger trigger,
    String startedBy,
    RunStatus status,
    int attempt,
    Instant queuedAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant retryAt,
    @Nullable String message,
    @Nullable String details,
    @Nullable ExportReport report,
    long version) {

  /** What starts a run. */
  public enum Trigger {
    /** Somebody asked for this export. */
    ON_DEMAND,
    /** Somebody asked for all active exports. */
    ALL,
    /** The host had refreshed its segments. */
    REFRESH,
    /** The export's schedule. */
    SCHEDULE
  }

  /** Checks that the necessary is there. */
  public RunRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(exportId, "exportId");
    Objects.requireNonNull(exportName, "exportName");
    Objects.requireNonNull(trigger, "trigger");
    Objects.requireNonNull(startedBy, "startedBy");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(queuedAt, "queuedAt");
  }

  /** How long the last attempt took; empty until it has ended. */
  public Optional<Duration> took() {
    return startedAt == null || endedAt == null
        ? Optional.empty()
        : Optional.of(Duration.between(startedAt, endedAt));
  }

  static RunRecord queued(
      String id, SavedExport export, Trigger trigger, String startedBy, Instant at) {
    return new RunRecord(
        id,
        export.id(),
        export.name(),
        trigger,
        startedBy,
        RunStatus.QUEUED,
        0,
        at,
        null,
        null,
        null,
        null,
        null,
        null,
        0);
  }

  RunRecord running(Instant at, int attempt) {
    return new RunRecord(
        id,
        exportId,
        exportName,
        trigger,
        startedBy,
        RunStatus.RUNNING,
        attempt,
        queuedAt,
        at,
        null,
        null,
        null,
        null,
        null,
        version);
  }

  /** Taken up again, with what it had to show so far. */
  RunRecord queuedAgain() {
    return new RunRecord(
        id,
        exportId,
        exportName,
        trigger,
        startedBy,
        RunStatus.QUEUED,
        attempt,
        queuedAt,
        null,
        null,
        null,
        null,
        null,
        report,
        version);
  }

  RunRecord ended(
      RunStatus status,
      Instant at,
      @Nullable Instant retryAt,
      @Nullable String message,
      @Nullable String details,
      @Nullable ExportReport report) {
    return new RunRecord(
        id,
        exportId,
        exportName,
        trigger,
        startedBy,
        status,
        attempt,
        queuedAt,
        startedAt,
        at,
        retryAt,
        message,
        details,
        report,
        version);
  }

  /** This, as it may be shown to everybody. */
  RunRecord withoutDetails() {
    return new RunRecord(
        id,
        exportId,
        exportName,
        trigger,
        startedBy,
        status,
        attempt,
        queuedAt,
        startedAt,
        endedAt,
        retryAt,
        message,
        null,
        report,
        version);
  }

  /** One line for everybody: which export, where it stands, how many profiles, why. */
  @Override
  public String toString() {
    String counts =
        report == null
            ? ""
            : ", "
                + report.profiles().read()
                + " read, "
                + report.profiles().accepted()
                + " accepted, "
                + report.profiles().rejected()
                + " rejected"
                + (report.mode() == SyncMode.MIRROR
                    ? ", " + report.leavers().removed() + " leavers removed"
                    : "");
    return "Run "
        + id
        + " of '"
        + exportName
        + "' ("
        + trigger
        + " by "
        + startedBy
        + "): "
        + status
        + counts
        + (message == null ? "" : ". " + message);
  }
}
