package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The runs of saved exports: who runs what, until when, and what comes of it.
 *
 * <p>Whoever runs an export holds it: its {@link ExportState} names the holder and until when
 * nobody else may. The holder prolongs that while it lives; when it dies, the time runs out and
 * another takes the run over. Data is sent only while the hold stands, so an export never sends
 * from two places.
 */
final class Runs {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** How runs are made. */
  record Settings(
      TimeSource time,
      Executor executor,
      @Nullable ExportJournal journal,
      Duration hold,
      int attempts,
      Duration retryDelay,
      double slowAlert) {}

  private final RunHistory history;
  private final Documents<ExportState> states;
  private final RunAttempts attempts;
  private final RunStops stops;
  private final Watchers watchers;
  private final Settings settings;
  private final TimeSource time;
  private final String self = UUID.randomUUID().toString();
  private final LiveRuns live = new LiveRuns();
  private volatile boolean closed;

  Runs(
      Documents<SavedExport> exports,
      Documents<Connection> connections,
      RunHistory history,
      Documents<ExportState> states,
      ProfileSource source,
      Accounts accounts,
      Watchers watchers,
      Settings settings) {
    this.history = history;
    this.states = states;
    this.watchers = watchers;
    this.settings = settings;
    this.time = settings.time();
    this.stops = new RunStops(states, history, live, watchers, time);
    this.attempts =
        new RunAttempts(
            exports, connections, history, source, accounts, watchers, settings, () -> closed);
  }

  /**
   * Queues a run of an attached export, unless one is going on; then it is recorded as skipped.
   *
   * @param due the moment of its schedule; {@code null} for one that was asked for
   * @return nothing when somebody else has seen to that moment
   */
  Optional<RunRecord> queue(
      SavedExport export, Trigger trigger, String startedBy, @Nullable Instant due) {
    checkOpen();
    while (true) {
      Instant now = time.now();
      ExportState state = state(export.id());
      Instant seenTo = state.scheduledUpTo();
      if (due != null && seenTo != null && !seenTo.isBefore(due)) {
        return Optional.empty();
      }
      ExportState next = due == null ? state : state.scheduledUpTo(due);
      Instant at = due == null ? now : due;
      RunRecord record = RunRecord.queued(runId(export, now, due), export, trigger, startedBy, at);
      Open other = state.open();
      if (other != null && live.isBusy(other, now)) {
        if (due == null || states.put(next).isPresent()) {
          return Optional.of(skipped(record, other));
        }
        continue;
      }
      Open mine =
          new Open(
              record.id(),
              trigger,
              startedBy,
              at,
              0,
              Objects.requireNonNull(export.definition().connection()),
              self,
              now.plus(settings.hold()),
              null,
              null,
              null);
      if (states.put(next.open(mine)).isPresent()) {
        if (other != null) {
          history.end(
              recordOf(export, other),
              RunStatus.FAILED_PERMANENTLY,
              "It was not tried again: run " + record.id() + " took its place.");
        }
        return Optional.of(start(mine, record));
      }
    }
  }

  private static String runId(SavedExport export, Instant now, @Nullable Instant due) {
    return due != null
        ? export.id() + "." + STAMP.format(due)
        : export.id()
            + "."
            + STAMP.format(now)
            + "-"
            + UUID.randomUUID().toString().substring(0, 6);
  }

  private RunRecord skipped(RunRecord record, Open other) {
    RunRecord skipped =
        history.end(
            record,
            RunStatus.SKIPPED,
            "Run "
                + other.runId()
                + " of this export, of "
                + other.queuedAt()
                + ", has not ended.");
    watchers.tell(listener -> listener.ended(skipped));
    return skipped;
  }

  private RunRecord start(Open open, RunRecord record) {
    RunRecord queued = history.put(record).orElse(record);
    RunHold mine = new RunHold(open, queued.exportId(), states, time, settings.hold());
    live.add(mine);
    if (closed) {
      mine.stop("the catalog was closed");
    }
    try {
      settings.executor().execute(() -> perform(mine, queued, open.attempt() + 1));
    } catch (RejectedExecutionException refused) {
      finish(
          mine,
          queued,
          RunEnding.failed("The catalog's executor took no more runs.", null, true, null));
    }
    return queued;
  }

  /** Takes over what is due: failed runs to be tried again, and runs whose holder has died. */
  Optional<RunRecord> resume(SavedExport export) {
    checkOpen();
    Instant now = time.now();
    ExportState state = state(export.id());
    Open open = state.open();
    if (open == null || live.isBusy(open, now)) {
      return Optional.empty();
    }
    Instant retryAt = open.retryAt();
    if (retryAt != null && now.isBefore(retryAt)) {
      return Optional.empty();
    }
    RunRecord record = recordOf(export, open);
    if (record.status().isEnded()) {
      // The holder died between writing the record and letting go.
      states.put(state.open(null));
      return Optional.empty();
    }
    if (retryAt == null && open.attempt() >= settings.attempts()) {
      if (states.put(state.open(null)).isPresent()) {
        RunRecord given =
            history.end(
                record,
                RunStatus.FAILED_PERMANENTLY,
                "The process that ran it has ended without a word, in attempt "
                    + open.attempt()
                    + " of "
                    + settings.attempts()
                    + ": look there before you run it again.");
        watchers.ended(given);
      }
      return Optional.empty();
    }
    Open mine = open.heldBy(self, now.plus(settings.hold()), open.attempt());
    if (states.put(state.open(mine)).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(start(mine, record.queuedAgain()));
  }

  /** When something will have to be resumed that nobody is at now. */
  Optional<Instant> resumeAt(String exportId) {
    Open open = state(exportId).open();
    if (open == null || live.has(open.runId())) {
      return Optional.empty();
    }
    Instant retryAt = open.retryAt();
    return Optional.of(retryAt == null ? open.heldUntil() : retryAt);
  }

  /** The last moment of its schedule that was seen to. */
  Optional<Instant> scheduledUpTo(String exportId) {
    return Optional.ofNullable(state(exportId).scheduledUpTo());
  }

  private ExportState state(String exportId) {
    return states.findReadable(exportId).orElseGet(() -> ExportState.none(exportId));
  }

  /** The record of an open run; written anew if its holder died before it was. */
  private RunRecord recordOf(SavedExport export, Open open) {
    return history
        .findReadable(open.runId())
        .orElseGet(
            () ->
                RunRecord.queued(
                    open.runId(), export, open.trigger(), open.startedBy(), open.queuedAt()));
  }

  private void perform(RunHold mine, RunRecord queued, int attempt) {
    RunRecord record = queued;
    RunEnding ending;
    try {
      record = history.keep(queued.running(time.now(), attempt));
      ending = attempts.perform(mine, record);
    } catch (CatalogException failure) {
      ending = RunEnding.failed(failure);
    } catch (RuntimeException | Error fault) {
      LOG.log(
          System.Logger.Level.ERROR, "Run " + mine.runId + " failed where it should not.", fault);
      ending =
          RunEnding.failed(
              "The run failed where it should not ("
                  + fault.getClass().getName()
                  + "): see the log.",
              null,
              false,
              null);
    }
    finish(mine, record, ending);
  }

  private void finish(RunHold mine, RunRecord record, RunEnding ending) {
    RunRecord ended = record;
    try {
      if (!mine.isLost()) {
        ended = write(mine, record, ending);
      }
    } catch (RuntimeException failure) {
      // Whoever looks for what is due finds the run without a holder and takes it up.
      LOG.log(
          System.Logger.Level.WARNING,
          "The end of run {0} ({1}) could not be written: {2}.",
          mine.runId,
          ending.status(),
          failure instanceof CatalogException known ? known.reason() : failure.getClass());
    } finally {
      if (!mine.isLost()) {
        watchers.ended(ended);
      }
      live.ended(mine, ended);
    }
  }

  private RunRecord write(RunHold mine, RunRecord record, RunEnding ending) {
    Instant now = time.now();
    boolean failed = ending.status() == RunStatus.FAILED;
    Instant retryAt = null;
    if (failed && closed) {
      retryAt = now;
    } else if (failed && record.attempt() < settings.attempts()) {
      retryAt = now.plus(settings.retryDelay().multipliedBy(record.attempt()));
    }
    RunStatus status = failed && retryAt == null ? RunStatus.FAILED_PERMANENTLY : ending.status();
    RunRecord ended =
        history.keep(
            record.ended(
                status, now, retryAt, ending.message(), ending.details(), ending.report()));
    while (true) {
      ExportState state = state(mine.exportId);
      Open open = state.open();
      if (open == null || !open.runId().equals(mine.runId)) {
        break;
      }
      boolean unwanted = retryAt != null && open.cancelReason() != null;
      Open left = retryAt == null || unwanted ? null : open.retryAt(retryAt);
      if (states.put(state.open(left)).isPresent()) {
        if (unwanted) {
          ended =
              history.end(
                  ended, RunStatus.CANCELLED, "It was stopped: " + open.cancelReason() + ".");
        }
        break;
      }
    }
    history.prune(mine.exportId);
    return ended;
  }

  /** How its runs are stopped and waited for. */
  RunStops stops() {
    return stops;
  }

  /** Forgets an export that was removed; its history stays until it is too old. */
  void forget(String exportId) {
    states.findReadable(exportId).ifPresent(states::remove);
  }

  private void checkOpen() {
    if (closed) {
      throw new CatalogException(
          Reason.CLOSED, "This catalog is closed: build another to run exports.");
    }
  }

  /** Stops what runs here, and waits for it; it is taken up again by whoever looks next. */
  void close() {
    closed = true;
    live.stopAll("the catalog was closed", RunStops.LONGEST);
  }
}
