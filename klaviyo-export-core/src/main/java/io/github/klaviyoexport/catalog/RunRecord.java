package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run of a saved export, as the history keeps it.
 *
 * <p>It holds ids, counts and reasons, and no personal data of customers. Records are immutable,
 * equal when all they hold is equal, and safe for use by many threads. Their {@code toString()} is
 * one line for everybody, without the details.
 *
 * <p>Records are made by a {@link Catalog} only, so that later versions can tell more. Tests of
 * code that reads them, a listener for example, get them from the testkit's {@code SampleRun}.
 */
public sealed interface RunRecord permits RunData {
  /** What starts a run. */
  enum Trigger {
    /** An actor asked for this export. */
    ON_DEMAND,
    /** An actor asked for all active exports. */
    ALL,
    /** The host had refreshed its segments. */
    REFRESH,
    /** The export's schedule. */
    SCHEDULE,
    /** An actor asked for a {@linkplain Catalog#preview preview}, which has changed nothing. */
    PREVIEW,
    /** Something that a newer version of the library knows and this one does not. */
    UNKNOWN
  }

  /** Returns the id that the catalog has made; it begins with the export's id and the time. */
  String id();

  /** Returns the id of the export that was run. */
  String exportId();

  /** Returns what the export was called when the run was queued. */
  String exportName();

  /** Returns what started the run. */
  Trigger trigger();

  /** Returns the name of the actor who started the run; the export user if none did. */
  String startedBy();

  /** Returns where the run stands. */
  RunStatus status();

  /**
   * Returns how many attempts have begun: 1 in the first, 0 before it. One that the executor does
   * not take counts, too.
   */
  int attempt();

  /** Returns when the run was asked for; for a scheduled run, when it was due. */
  Instant queuedAt();

  /** Returns when the last attempt began; {@code null} when none has. */
  @Nullable Instant startedAt();

  /** Returns when the last attempt ended; {@code null} when it has not. */
  @Nullable Instant endedAt();

  /**
   * Returns when the run is tried again: one that has {@link RunStatus#FAILED}, or is {@link
   * RunStatus#QUEUED} and waits for another process to let go of the export; {@code null} for
   * others.
   */
  @Nullable Instant retryAt();

  /**
   * Returns why the run failed, was skipped or cancelled, what it waits for, or what should be
   * looked at though it did not fail, and what to do; {@code null} when there is nothing to say.
   */
  @Nullable String message();

  /**
   * Returns what only administrators may see beside the message, for example where credentials are
   * kept; {@code null} when there is no more to say, and in what others are given.
   */
  @Nullable String details();

  /**
   * Returns what became of every profile in the last attempt; {@code null} when there is no report.
   */
  @Nullable ExportReport report();

  /**
   * Returns how far the attempt has got that is {@link RunStatus#RUNNING}; empty in any other
   * state, and until the segment is opened. In the process that runs it this is what it is now; in
   * others it is what it was when the lease was last renewed, which is every ten seconds or so.
   * Older is only that of a run whose source gives nothing, or whose process has died.
   */
  Optional<ExportProgress> progress();

  /** Returns how often the record was changed, counted from 1; 0 before it is kept. */
  long version();

  /**
   * Returns what of the record this version of the library cannot read, because a newer one wrote
   * it; empty when it can read all. Then the rest of it is what can be read.
   */
  Optional<String> notReadableHere();

  /**
   * Returns it as one JSON object, for machines, with its report and progress; what is {@code null}
   * or empty is left out. It has the {@link #details()} if the record has them.
   */
  String toJson();

  /** Returns how long the last attempt took; empty until it has ended. */
  Optional<Duration> took();
}
