package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Stopping runs, wherever they run, and waiting for their end. */
final class RunStops {
  /** How long the end of a run that was stopped is waited for. */
  static final Duration LONGEST = Duration.ofMinutes(2);

  private static final Duration POLL = Duration.ofMillis(200);

  private final Documents<ExportState> states;
  private final RunHistory history;
  private final LiveRuns live;
  private final Watchers watchers;
  private final TimeSource time;

  RunStops(
      Documents<ExportState> states,
      RunHistory history,
      LiveRuns live,
      Watchers watchers,
      TimeSource time) {
    this.states = states;
    this.history = history;
    this.live = live;
    this.watchers = watchers;
    this.time = time;
  }

  /**
   * Asks the open run of an export to stop, wherever it runs.
   *
   * @param runId which; {@code null} for whichever is open
   * @return whether there was one
   */
  boolean stop(String exportId, @Nullable String runId, Actor actor, String why) {
    while (true) {
      Optional<ExportState> state = states.findReadable(exportId);
      Open open = state.map(ExportState::open).orElse(null);
      if (state.isEmpty() || open == null || (runId != null && !open.runId().equals(runId))) {
        return false;
      }
      boolean busy = live.isBusy(open, time.now());
      Open next = busy ? open.cancelled(actor.name(), why) : null;
      if (states.put(state.get().open(next)).isPresent()) {
        RunHold here = live.find(open.runId());
        if (here != null) {
          here.stop(why);
        } else if (!busy) {
          history
              .findReadable(open.runId())
              .ifPresent(
                  record ->
                      watchers.ended(
                          history.end(
                              record, RunStatus.CANCELLED, "It was stopped: " + why + ".")));
        }
        return true;
      }
    }
  }

  /** Stops all runs through a connection. */
  void stopAll(String connectionId, Actor actor, String why) {
    for (ExportState state : states.list("")) {
      Open open = state.open();
      if (open != null && open.connection().equals(connectionId)) {
        stop(state.exportId(), open.runId(), actor, why);
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

  /** Waits until nobody is at the run any more. */
  void awaitStop(String exportId, @Nullable String runId) {
    long from = time.nanoTime();
    while (true) {
      Open open = states.findReadable(exportId).map(ExportState::open).orElse(null);
      if (open == null
          || (runId != null && !open.runId().equals(runId))
          || !live.isBusy(open, time.now())) {
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
      RunHold here = live.find(runId);
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
            + LONGEST.toMinutes()
            + " minutes: see what its source is waiting for, and try again.");
  }

  /** Waits until a run has ended, or failed for now. */
  RunRecord await(String runId) {
    while (true) {
      RunRecord record = history.find(runId);
      boolean going = record.status() == RunStatus.QUEUED || record.status() == RunStatus.RUNNING;
      if (!going && !live.has(runId)) {
        return record;
      }
      pause(runId, Duration.ofDays(1));
    }
  }
}
