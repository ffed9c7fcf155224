package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.internal.text.InWords;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run's record as a value, and how it goes from one state to the next.
 *
 * @param progressOrNull how far it has got, while it runs
 */
public record RunData(
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
    @Nullable ExportProgress progressOrNull,
    @Nullable String unread,
    long version)
    implements RunRecord {

  /** Creates a record of which nothing is left unread. */
  public RunData(
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
    this(
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
        details,
        report,
        null,
        null,
        version);
  }

  /** Checks that the necessary is there. */
  public RunData {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(exportId, "exportId");
    Objects.requireNonNull(exportName, "exportName");
    Objects.requireNonNull(trigger, "trigger");
    Objects.requireNonNull(startedBy, "startedBy");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(queuedAt, "queuedAt");
  }

  /** Creates the record of a run that waits for its turn. */
  public static RunData queued(
      String id, SavedExport export, Trigger trigger, String startedBy, Instant at) {
    return queued(id, export.id(), export.name(), trigger, startedBy, at);
  }

  /** Creates the record of a run that waits for its turn. */
  public static RunData queued(
      String id,
      String exportId,
      String exportName,
      Trigger trigger,
      String startedBy,
      Instant at) {
    return new RunData(
        id,
        exportId,
        exportName,
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

  /** Returns this with why it waits. */
  public RunData waiting(String message) {
    return with(status, attempt, startedAt, endedAt, retryAt, message, details, report);
  }

  /** Returns this in the state of an attempt that has begun. */
  public RunData running(Instant at, int attempt) {
    return with(RunStatus.RUNNING, attempt, at, null, null, null, null, null);
  }

  /** Returns this in the state of an attempt that cannot begin. */
  public RunData notBegun(int attempt) {
    return with(status, attempt, startedAt, endedAt, retryAt, message, details, report);
  }

  /** Returns this in the state of one that was taken up again, with its report so far. */
  public RunData queuedAgain() {
    return with(RunStatus.QUEUED, attempt, null, null, null, null, null, report);
  }

  /** Returns this in the state of one that waits for another process: its attempt was none. */
  public RunData waiting(Instant until, @Nullable String message) {
    return with(RunStatus.QUEUED, attempt - 1, null, null, until, message, null, report);
  }

  /** Returns this in the state of one whose attempt has ended. */
  public RunData ended(
      RunStatus status,
      Instant at,
      @Nullable Instant retryAt,
      @Nullable String message,
      @Nullable String details,
      @Nullable ExportReport report) {
    return with(status, attempt, startedAt, at, retryAt, message, details, report);
  }

  /** Returns this as it may be shown to everybody. */
  public RunData withoutDetails() {
    return with(status, attempt, startedAt, endedAt, retryAt, message, null, report);
  }

  private RunData with(
      RunStatus status,
      int attempt,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable Instant retryAt,
      @Nullable String message,
      @Nullable String details,
      @Nullable ExportReport report) {
    return new RunData(
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
        details,
        report,
        progressOrNull,
        unread,
        version);
  }

  /** Returns this with what could not be read of it; {@code null} if all was. */
  RunData unread(@Nullable String why) {
    return new RunData(
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
        details,
        report,
        progressOrNull,
        why,
        version);
  }

  /** Returns this with how far it has got by now; it is shown and not kept with it. */
  public RunData progress(@Nullable ExportProgress progress) {
    return new RunData(
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
        details,
        report,
        progress,
        unread,
        version);
  }

  @Override
  public Optional<ExportProgress> progress() {
    return Optional.ofNullable(progressOrNull);
  }

  @Override
  public Optional<String> notReadableHere() {
    return Optional.ofNullable(unread).map(why -> "It was read in part: " + why + ".");
  }

  @Override
  public Optional<Duration> took() {
    return startedAt == null || endedAt == null
        ? Optional.empty()
        : Optional.of(Duration.between(startedAt, endedAt));
  }

  private static String unchanged(long profiles) {
    return profiles == 0 ? "" : InWords.number(profiles) + " unchanged, ";
  }

  private static String soFar(ExportProgress progress) {
    return ", "
        + progress.read()
        + " read, "
        + progress.accepted()
        + " accepted, "
        + unchanged(progress.unchanged())
        + progress.rejected()
        + " rejected so far";
  }

  @Override
  public String toJson() {
    return CatalogJson.write(this);
  }

  @Override
  public String toString() {
    String counts =
        report == null
            ? progress().map(RunData::soFar).orElse("")
            : ", "
                + InWords.number(report.profiles().read())
                + " read, "
                + InWords.number(report.profiles().accepted())
                + " accepted, "
                + unchanged(report.profiles().unchanged())
                + InWords.number(report.profiles().rejected())
                + " rejected"
                + (report.mode().removesLeavers()
                    ? ", " + InWords.count(report.leavers().removed(), "leaver") + " removed"
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
