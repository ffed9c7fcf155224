package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.catalog.Repository.Change;
import io.github.klaviyoexport.internal.catalog.host.ConnectionAccess;
import io.github.klaviyoexport.internal.catalog.host.HostCalls;
import io.github.klaviyoexport.internal.catalog.host.SourceAccess;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import io.github.klaviyoexport.internal.catalog.store.FutureBound;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.library.UnfitLibraryException;
import io.github.klaviyoexport.internal.listen.HandedTask;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The runs of saved exports: which catalog runs what, until when, and what comes of it.
 *
 * <p>A catalog that runs an export has a lease on it: the export's {@link ExportState} names the
 * owner and until when no other may run it. The owner renews the lease while it lives; when it
 * dies, the lease expires and another takes the run over. Data is sent only while the lease stands,
 * so an export never sends from two places.
 */
public final class Runs {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  /** As long as an export that is cancelled waits. */
  private static final Duration LONGEST_CONFIRMATION = Duration.ofSeconds(30);

  private final RunHistory history;
  private final Repository<ExportState> states;
  private final RunAttempts attempts;
  private final RunEndings endings;
  private final RunCancellation cancellation;
  private final CatalogListeners listeners;
  private final RunSettings settings;
  private final TimeSource time;
  private final String self = UUID.randomUUID().toString();
  private final HeldRuns held = new HeldRuns();
  private volatile boolean closed;

  /** Creates the runs of the exports that are kept. */
  public Runs(
      Repository<SavedExportData> exports,
      UsableConnections connections,
      RunHistory history,
      Repository<ExportState> states,
      SourceAccess source,
      ConnectionAccess access,
      CatalogListeners listeners,
      RunSettings settings) {
    this.history = history;
    this.states = states;
    this.listeners = listeners;
    this.settings = settings;
    this.time = settings.time();
    this.endings = new RunEndings(history, states, settings, () -> closed);
    this.cancellation = new RunCancellation(states, history, held, listeners, time);
    this.attempts =
        new RunAttempts(
            exports, connections, history, source, access, listeners, settings, () -> closed);
  }

  /**
   * Queues a run of an attached export. While another is going on, one that was asked for by a
   * refresh begins after it, and there is at most one of those; any other is recorded as skipped.
   *
   * @param due the moment of its schedule; {@code null} for one that was asked for
   * @return nothing when another process has seen to that moment
   */
  public Optional<RunRecord> queue(
      SavedExportData export, Trigger trigger, String startedBy, @Nullable Instant due) {
    checkOpen();
    Supplier<Optional<RunRecord>> queued =
        states.change(
            export.id(), ExportState::none, state -> queue(state, export, trigger, startedBy, due));
    return queued.get();
  }

  /**
   * Queues a run of each of some exports.
   *
   * @param startedBy who starts it
   * @throws CatalogException if some could not be queued; all others are
   */
  public List<RunRecord> queueAll(
      List<SavedExportData> exports, Trigger trigger, Function<SavedExportData, String> startedBy) {
    List<RunRecord> queued = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    CatalogException first = null;
    for (SavedExportData export : exports) {
      try {
        queue(export, trigger, startedBy.apply(export), null).ifPresent(queued::add);
      } catch (CatalogException failure) {
        if (failure.reason() == Reason.CLOSED) {
          throw failure;
        }
        first = first == null ? failure : first;
        failed.add(export.id());
      }
    }
    if (first != null) {
      throw new CatalogException(
          first.reason(),
          "Runs of "
              + InWords.number(failed.size())
              + " of "
              + InWords.count(exports.size(), "export")
              + " could not be queued ("
              + String.join(", ", failed)
              + "), those of the others are: "
              + first.getMessage(),
          first);
    }
    return queued;
  }

  private Change<ExportState, Supplier<Optional<RunRecord>>> queue(
      ExportState state,
      SavedExportData export,
      Trigger trigger,
      String startedBy,
      @Nullable Instant due) {
    Instant now = time.now();
    Instant seenTo = state.scheduledUpTo();
    if (due != null && seenTo != null && !seenTo.isBefore(due)) {
      return Change.none(Optional::empty);
    }
    ExportState next = due == null ? state : state.scheduledUpTo(due);
    if (due != null && seenTo == null && history.hasEnded(export.id(), due)) {
      // The state was lost that said so.
      return Change.to(next, Optional::empty);
    }
    Instant at = due == null ? now : due;
    String id =
        due == null ? history.newId(export.id(), at) : history.idOnSchedule(export.id(), at);
    RunData record = RunData.queued(id, export, trigger, startedBy, at);
    Open other = state.open();
    if (other != null && (held.isBusy(other, now) || other.isWaiting(now))) {
      if (trigger == Trigger.REFRESH) {
        return queueBehind(other, state, export, record);
      }
      Supplier<Optional<RunRecord>> skip = () -> Optional.of(skipped(record, other));
      return due == null ? Change.none(skip) : Change.to(next, skip);
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
            now.plus(settings.lease()));
    Open replaced = state.next();
    return Change.to(
        next.open(mine).next(null),
        () -> {
          if (replaced != null) {
            replace(recordOf(export, replaced), record);
          }
          if (other != null) {
            replace(recordOf(export, other), record);
          }
          return Optional.of(start(mine, record));
        });
  }

  /** Ends a run whose place another has taken; if that cannot be written now, it is later. */
  private void replace(RunData record, RunData by) {
    try {
      cancellation.over(record, "run " + by.id() + ", which was asked for later, took its place.");
    } catch (CatalogException failure) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The end of run {0} could not be written ({1}); it is written later.",
          record.id(),
          failure.reason());
    }
  }

  /**
   * Has a refresh run after the open run, which may have read what was there before the refresh. A
   * run that has not begun to read is as good.
   */
  private Change<ExportState, Supplier<Optional<RunRecord>>> queueBehind(
      Open other, ExportState state, SavedExportData export, RunData record) {
    boolean begins = other.attempt() == 0 && other.cancelReason() == null;
    Open next = begins ? other : state.next();
    if (next != null) {
      return Change.none(() -> Optional.of(recordOf(export, next)));
    }
    Open mine =
        new Open(
            record.id(),
            record.trigger(),
            record.startedBy(),
            record.queuedAt(),
            0,
            Objects.requireNonNull(export.definition().connection()),
            self,
            record.queuedAt());
    return Change.to(
        state.next(mine),
        () -> {
          RunData waiting = record.waiting("It begins when run " + other.runId() + " has ended.");
          return Optional.of(history.put(waiting).orElse(waiting));
        });
  }

  private RunRecord skipped(RunData record, Open other) {
    RunData skipped =
        history.end(
            record,
            RunStatus.SKIPPED,
            "Run "
                + other.runId()
                + " of this export, of "
                + other.queuedAt()
                + (other.attempt() > 0 || other.retryAt() != null
                    ? ", has not ended."
                    : ", has not begun: see whether the catalog's executor has a thread for it."));
    listeners.tell(listener -> listener.ended(skipped));
    return skipped;
  }

  private RunRecord start(Open open, RunData record) {
    RunLease mine = new RunLease(open, record.exportId(), states, time, settings.lease());
    Optional<RunData> written = history.put(record);
    RunData queued = written.or(() -> history.findReadable(record.id())).orElse(record);
    if (written.isEmpty() && mine.isLostNow()) {
      // Another process has taken it over before this one got that far.
      return queued;
    }
    // An executor may throw and run its task all the same: whichever is first has the run.
    int attempt = open.attempt() + 1;
    HandedTask task = new HandedTask(() -> notTaken(mine, queued.notBegun(attempt), null));
    mine.waiting(
        () -> {
          if (task.begin()) {
            finish(mine, queued, attempts.stopped(mine, null));
          }
        });
    held.add(mine);
    if (closed) {
      mine.stop("the catalog was closed");
    }
    try {
      task.handTo(settings.executor(), () -> perform(mine, queued, attempt));
    } catch (Throwable failure) {
      if (!task.begin()) {
        if (closed) {
          // It was stopped before the executor was asked.
          return queued;
        }
        throw failure;
      }
      notTaken(mine, queued.notBegun(attempt), failure);
    }
    return queued;
  }

  /** Ends an attempt that the executor has refused, or dropped if nothing was thrown. */
  private void notTaken(RunLease mine, RunData attempt, @Nullable Throwable failure) {
    LOG.log(
        System.Logger.Level.WARNING,
        "The executor did not take attempt " + attempt.attempt() + " of run " + mine.runId + ".",
        failure == null ? null : UnquotedFailure.of(failure));
    finish(
        mine,
        attempt,
        RunOutcome.failed(
            "The catalog's executor did not take the run ("
                + (failure == null ? "it was dropped" : failure.getClass().getName())
                + "). If it happens again, give the catalog an executor that takes more.",
            null,
            true,
            null));
    if (failure instanceof InterruptedException) {
      // Not before: its end could not be written.
      Thread.currentThread().interrupt();
    }
  }

  /** Takes over what is due: failed runs to be tried again, and runs whose owner has died. */
  Optional<RunRecord> resume(SavedExportData export) {
    checkOpen();
    Instant now = time.now();
    ExportState state = state(export.id());
    Open open = state.open();
    if (open == null && state.next() != null) {
      // The process that was to begin it has ended.
      return beginNext(export.id(), export.name());
    }
    if (open == null || held.isBusy(open, now)) {
      return Optional.empty();
    }
    Instant retryAt = open.retryAt();
    if (retryAt != null && now.isBefore(retryAt) && !isBeyondRetries(retryAt, now)) {
      return Optional.empty();
    }
    RunData record = recordOf(export, open);
    if (record.unread() != null) {
      return Optional.empty();
    }
    if (record.status().isEnded()) {
      // The owner died between writing the record and letting go.
      states.put(state.open(null));
      return Optional.empty();
    }
    if (retryAt == null && open.attempt() >= settings.attempts()) {
      if (states.put(state.open(null)).isPresent()) {
        RunData given =
            history.end(
                record,
                RunStatus.FAILED_PERMANENTLY,
                "The process that ran it has ended without a word, in attempt "
                    + open.attempt()
                    + " of "
                    + settings.attempts()
                    + ": look there before you run it again.");
        listeners.ended(given);
      }
      return Optional.empty();
    }
    Open mine = open.leasedTo(self, now.plus(settings.lease()), open.attempt());
    if (states.put(state.open(mine)).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(start(mine, record.queuedAgain()));
  }

  /** Begins the run that waits for the end of another, if there is one and none is open. */
  private Optional<RunRecord> beginNext(String exportId, String exportName) {
    Optional<Open> begins =
        states.change(
            exportId,
            ExportState::none,
            state -> {
              if (state.open() != null || state.next() == null) {
                return Change.none(Optional.empty());
              }
              ExportState begun = state.nextBegins(self, time.now().plus(settings.lease()));
              return Change.to(begun, Optional.ofNullable(begun.open()));
            });
    return begins.map(
        open ->
            start(
                open,
                history
                    .findReadable(open.runId())
                    .map(RunData::queuedAgain)
                    .orElseGet(
                        () ->
                            RunData.queued(
                                open.runId(),
                                exportId,
                                exportName,
                                open.trigger(),
                                open.startedBy(),
                                open.queuedAt()))));
  }

  /** Returns when something will have to be resumed that is not worked on now. */
  Optional<Instant> resumeAt(String exportId) {
    ExportState state = state(exportId);
    Open open = state.open();
    if (open == null) {
      return Optional.ofNullable(state.next()).map(Open::queuedAt);
    }
    if (held.has(open.runId())
        || history.findReadable(open.runId()).filter(run -> run.unread() != null).isPresent()) {
      return Optional.empty();
    }
    Instant now = time.now();
    Instant retryAt = open.retryAt();
    Instant at = retryAt == null ? open.leasedUntil() : retryAt;
    boolean beyond =
        retryAt == null ? FutureBound.isBeyond(at, now) : isBeyondRetries(retryAt, now);
    return Optional.of(beyond ? now : at);
  }

  /** Returns whether no retry can be that far ahead, with the delays that are set here. */
  private boolean isBeyondRetries(Instant retryAt, Instant now) {
    Duration longest = settings.retryDelay().multipliedBy(settings.attempts());
    return FutureBound.isBeyond(retryAt, now.plus(longest));
  }

  /** Returns a record as it is shown: one that is running with how far it has got. */
  public RunData shown(RunData record) {
    if (record.status() != RunStatus.RUNNING) {
      return record;
    }
    RunLease here = held.find(record.id());
    ExportProgress progress = here == null ? null : here.progress();
    if (progress == null && record.unread() == null) {
      progress = progressElsewhere(record);
    }
    return record.progress(progress);
  }

  private @Nullable ExportProgress progressElsewhere(RunData record) {
    try {
      ExportState state = state(record.exportId());
      Open open = state.open();
      return open != null && open.runId().equals(record.id()) ? state.progress() : null;
    } catch (CatalogException unreadable) {
      // The record is shown all the same.
      return null;
    }
  }

  private ExportState state(String exportId) {
    return states.findReadable(exportId).orElseGet(() -> ExportState.none(exportId));
  }

  /** Returns the record of an open run; made anew if its owner died before it was written. */
  private RunData recordOf(SavedExportData export, Open open) {
    return history
        .findReadable(open.runId())
        .orElseGet(
            () ->
                RunData.queued(
                    open.runId(), export, open.trigger(), open.startedBy(), open.queuedAt()));
  }

  private void perform(RunLease mine, RunData queued, int attempt) {
    RunData record = queued;
    RunOutcome outcome;
    try {
      record = queued.running(time.now(), attempt);
      record = history.keep(record);
      outcome = attempts.perform(mine, record);
    } catch (CatalogException failure) {
      outcome =
          mine.stopReason() == null ? RunOutcome.failed(failure) : attempts.stopped(mine, null);
    } catch (UnfitLibraryException unfit) {
      outcome = RunOutcome.failed(String.valueOf(unfit.getMessage()), null, false, null);
    } catch (Throwable fault) {
      LOG.log(
          System.Logger.Level.ERROR,
          "Run " + mine.runId + " failed where it should not.",
          UnquotedFailure.of(fault));
      outcome =
          RunOutcome.failed(
              "The run failed where it should not ("
                  + fault.getClass().getName()
                  + "): see the log.",
              null,
              false,
              null);
    }
    finish(mine, record, outcome);
  }

  private void finish(RunLease mine, RunData record, RunOutcome outcome) {
    try (DeferredInterrupt interrupt = new DeferredInterrupt()) {
      finish(mine, record, outcome, interrupt);
    }
  }

  private void finish(
      RunLease mine, RunData record, RunOutcome outcome, DeferredInterrupt interrupt) {
    RunData ended = record;
    boolean written = false;
    try {
      // A process that was stopped for a while must not write over what another has done since.
      if (!mine.isLostNow()) {
        ended = endings.write(mine, record, outcome, interrupt);
        written = true;
      }
    } catch (Throwable failure) {
      // The next that looks for what is due finds that the lease has expired, and takes the run up.
      LOG.log(
          System.Logger.Level.WARNING,
          "The end of run {0} ({1}) could not be written: {2}.",
          mine.runId,
          outcome.status(),
          failure instanceof CatalogException known ? known.reason() : failure.getClass());
    } finally {
      try {
        if (written && !mine.isLost() && ended.status() != RunStatus.QUEUED) {
          listeners.ended(ended);
        }
      } finally {
        held.ended(mine, ended);
      }
    }
    if (!closed && !mine.isLost()) {
      try {
        beginNext(mine.exportId, ended.exportName());
      } catch (CatalogException failure) {
        // The next that looks for what is due begins it.
        LOG.log(
            System.Logger.Level.WARNING,
            "The run that waited for the end of {0} could not be begun ({1}).",
            mine.runId,
            failure.reason());
      }
    }
    if (!ended.status().isEnded()) {
      settings.postponed().run();
    }
  }

  /** Returns how runs are cancelled and waited for. */
  public RunCancellation cancellation() {
    return cancellation;
  }

  /** Forgets an export that was removed; its history stays until it is too old. */
  void forget(String exportId) {
    states.findReadable(exportId).ifPresent(states::remove);
  }

  private void checkOpen() {
    if (closed) {
      throw HostCalls.closed();
    }
  }

  /**
   * Stops what runs here, and waits for it; the next that looks for what is due takes it up again.
   *
   * @param atMost how long to wait; a quarter of it is left for what follows Klaviyo's confirmation
   */
  public void close(Duration atMost) {
    closed = true;
    Duration most = atMost.minus(atMost.dividedBy(4));
    held.stopAll(
        "the catalog was closed",
        atMost,
        most.compareTo(LONGEST_CONFIRMATION) < 0 ? most : LONGEST_CONFIRMATION);
  }
}
