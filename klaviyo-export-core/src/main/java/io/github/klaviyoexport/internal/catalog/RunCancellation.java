package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.catalog.Repository.Change;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The cancelling of runs, wherever they run, and the waiting for their end. */
public final class RunCancellation {
  /** How long the end of a run that was stopped is waited for. */
  public static final Duration LONGEST = Duration.ofMinutes(2);

  /** Runs of so many days are looked at again and again; those before have long ended. */
  private static final Duration DAYS_LOOKED_AT = Duration.ofDays(3);

  private static final String LEFT_BEHIND = "the process that was to write its end has died.";

  private static final Duration POLL = Duration.ofMillis(200);

  private final Repository<ExportState> states;
  private final RunHistory history;
  private final HeldRuns held;
  private final CatalogListeners listeners;
  private final TimeSource time;

  RunCancellation(
      Repository<ExportState> states,
      RunHistory history,
      HeldRuns held,
      CatalogListeners listeners,
      TimeSource time) {
    this.states = states;
    this.history = history;
    this.held = held;
    this.listeners = listeners;
    this.time = time;
  }

  private record Found(String runId, boolean busy) {}

  /**
   * Asks the open run of an export to stop, wherever it runs, and the one that waits for its end
   * not to begin.
   *
   * @param runId which; {@code null} for both
   * @return whether there was one
   */
  public boolean cancel(String exportId, @Nullable String runId, Actor actor, String why) {
    return cancel(exportId, runId, actor.name(), why);
  }

  private boolean cancel(String exportId, @Nullable String runId, String by, String why) {
    List<Found> found =
        states.change(exportId, ExportState::none, state -> cancelled(state, runId, by, why));
    found.forEach(run -> tell(run, why));
    return !found.isEmpty();
  }

  private Change<ExportState, List<Found>> cancelled(
      ExportState state, @Nullable String runId, String by, String why) {
    List<Found> found = new ArrayList<>();
    ExportState changed = state;
    Open next = state.next();
    if (next != null && (runId == null || next.runId().equals(runId))) {
      changed = changed.next(null);
      found.add(new Found(next.runId(), false));
    }
    Open open = state.open();
    if (open != null && (runId == null || open.runId().equals(runId))) {
      boolean busy = held.isBusy(open, time.now());
      changed = changed.open(busy ? open.cancelled(by, why) : null);
      found.add(new Found(open.runId(), busy));
    }
    return found.isEmpty() ? Change.none(found) : Change.to(changed, found);
  }

  /** Ends a run that no process works on and that is not tried again, and tells the listeners. */
  void over(RunData record, String why) {
    if (record.status().isEnded() || record.unread() != null) {
      return;
    }
    boolean begun = record.attempt() > 0;
    String failure = record.status() == RunStatus.FAILED ? record.message() : null;
    String message = (begun ? "It was not tried again: " : "It did not begin: ") + why;
    history
        .put(
            record.ended(
                begun ? RunStatus.FAILED_PERMANENTLY : RunStatus.SKIPPED,
                time.now(),
                null,
                failure == null ? message : failure + " " + message,
                record.details(),
                record.report()))
        .ifPresent(listeners::ended);
  }

  /** Ends the runs of the last days that the export's state does not name: no process has them. */
  void endForgotten(String exportId) {
    for (String id : history.since(exportId, time.now().minus(DAYS_LOOKED_AT))) {
      // Read before the state: a run is in the state before there is a record of it.
      RunData run = history.findReadable(id).orElse(null);
      if (run != null && !run.status().isEnded() && !isKnown(run)) {
        over(run, LEFT_BEHIND);
      }
    }
  }

  /** Returns whether a run is worked on, or may be: its export's state names it. */
  private boolean isKnown(RunData run) {
    if (held.has(run.id())) {
      return true;
    }
    try {
      return states.findReadable(run.exportId()).filter(state -> state.names(run.id())).isPresent();
    } catch (CatalogException unreadable) {
      // Those that can read it may have the run.
      return true;
    }
  }

  private void tell(Found run, String why) {
    RunLease here = held.find(run.runId());
    if (here != null) {
      here.stop(why);
    } else if (!run.busy()) {
      history
          .findReadable(run.runId())
          .ifPresent(
              record ->
                  listeners.ended(
                      history.end(record, RunStatus.CANCELLED, "It was stopped: " + why + ".")));
    }
  }

  /**
   * Checks that it can be told of every export whether it runs.
   *
   * @throws CatalogException if the state of one cannot be read here
   */
  void checkAllReadable() {
    for (Repository.Unread state : states.listing("").unread()) {
      throw new CatalogException(
          Reason.NEWER_FORMAT,
          state.advice() + " Until then it is not known which connection it uses.");
    }
  }

  /**
   * Checks that it can be told whether an export runs.
   *
   * @throws CatalogException if its state cannot be read here
   */
  void checkReadable(String exportId) {
    states.findReadable(exportId);
  }

  /** Asks all runs through a connection to stop. */
  void cancelAll(String connectionId, Actor actor, String why) {
    for (ExportState state : states.list("")) {
      for (Open run : Arrays.asList(state.open(), state.next())) {
        if (run != null && run.connection().equals(connectionId)) {
          cancel(state.exportId(), run.runId(), actor, why);
        }
      }
    }
  }

  /** Waits until no run goes through the connection any more. */
  void awaitNone(String connectionId) {
    for (ExportState state : states.list("")) {
      Open open = state.open();
      if (open != null && open.connection().equals(connectionId)) {
        awaitStop(state.exportId(), open.runId());
      }
    }
  }

  /** Returns whether a run of an export is worked on. */
  boolean isGoingOn(String exportId) {
    return states
        .findReadable(exportId)
        .map(ExportState::open)
        .filter(open -> held.isBusy(open, time.now()))
        .isPresent();
  }

  /** Ends the records of runs that no process works on, and whose end could not be written. */
  void endLeft(String exportId, String why) {
    history.of(exportId).stream()
        .filter(run -> !run.status().isEnded())
        .forEach(run -> tell(new Found(run.id(), false), why));
  }

  /** Waits until the run is not worked on any more. */
  void awaitStop(String exportId, @Nullable String runId) {
    long from = time.nanoTime();
    while (true) {
      Open open = states.findReadable(exportId).map(ExportState::open).orElse(null);
      if (open == null || (runId != null && !open.runId().equals(runId))) {
        return;
      }
      if (!held.isBusy(open, time.now())) {
        String why = open.cancelReason();
        if (why != null) {
          // Its process has died, and nobody else writes its end.
          cancel(exportId, open.runId(), String.valueOf(open.cancelledBy()), why);
        }
        return;
      }
      Duration left = LONGEST.minusNanos(time.nanoTime() - from);
      if (left.isNegative() || !pause(open.runId(), left)) {
        throw stillRunning(open.runId());
      }
    }
  }

  /**
   * Waits a moment for a run in another process, and until the end for one that runs here.
   *
   * @return whether it is worth looking again
   */
  private boolean pause(String runId, Duration atMost) {
    try {
      RunLease here = held.find(runId);
      if (here == null) {
        time.await(new Semaphore(0), POLL, false);
      } else {
        here.ended.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new CatalogException(
          Reason.INTERRUPTED, "The thread was interrupted while it waited for run " + runId + ".");
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static CatalogException stillRunning(String runId) {
    return new CatalogException(
        Reason.STILL_RUNNING,
        "Run "
            + runId
            + " was told to stop and sends nothing more, but has not ended within "
            + InWords.duration(LONGEST)
            + ": see what its source is waiting for, and try again.");
  }

  /** Waits until a run has ended, or is to be tried again later; returns it. */
  public RunData await(String runId) {
    while (true) {
      RunData record = history.find(runId);
      boolean waits = record.retryAt() != null;
      boolean going =
          record.status() == RunStatus.QUEUED && !waits || record.status() == RunStatus.RUNNING;
      if (!going && !held.has(runId)) {
        return record;
      }
      if (isKnown(record)) {
        pause(runId, Duration.ofDays(1));
      } else {
        over(record, LEFT_BEHIND);
      }
    }
  }
}
