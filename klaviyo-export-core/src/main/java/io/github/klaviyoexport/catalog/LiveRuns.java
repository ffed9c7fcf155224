package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The runs that this catalog holds now. */
final class LiveRuns {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final Map<String, RunHold> live = new ConcurrentHashMap<>();

  void add(RunHold run) {
    live.put(run.runId, run);
  }

  /** Lets go of a run, and tells those who wait for it. */
  void ended(RunHold run, RunRecord record) {
    live.remove(run.runId);
    run.ended.complete(record);
  }

  boolean has(String runId) {
    return live.containsKey(runId);
  }

  /** The run of that id; {@code null} when it is not held here. */
  @Nullable RunHold find(String runId) {
    return live.get(runId);
  }

  /** Whether somebody is at an open run, here or in another process. */
  boolean isBusy(Open open, Instant now) {
    return open.isHeld(now) || has(open.runId());
  }

  /** Stops all, and waits for each. */
  void stopAll(String why, Duration atMost) {
    for (RunHold here : live.values()) {
      here.stop(why);
    }
    for (RunHold here : live.values()) {
      try {
        here.ended.get(atMost.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        return;
      } catch (TimeoutException | ExecutionException late) {
        LOG.log(System.Logger.Level.WARNING, "Run {0} does not end.", here.runId);
      }
    }
  }
}
