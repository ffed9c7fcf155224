package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The runs that this catalog holds a lease on now. */
final class HeldRuns {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final Map<String, RunLease> leases = new ConcurrentHashMap<>();

  void add(RunLease lease) {
    leases.put(lease.runId, lease);
  }

  /** Lets go of a run, and tells those who wait for it. */
  void ended(RunLease lease, RunRecord record) {
    leases.remove(lease.runId);
    lease.ended.complete(record);
  }

  boolean has(String runId) {
    return leases.containsKey(runId);
  }

  /** Returns the lease on that run; {@code null} when it is not held here. */
  @Nullable RunLease find(String runId) {
    return leases.get(runId);
  }

  /** Returns whether an open run is being worked on, here or in another process. */
  boolean isBusy(Open open, Instant now) {
    return open.isLeased(now) || has(open.runId());
  }

  /** Stops all, and waits for each. */
  void stopAll(String why, Duration atMost) {
    for (RunLease lease : leases.values()) {
      lease.stop(why);
    }
    for (RunLease lease : leases.values()) {
      try {
        lease.ended.get(atMost.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        return;
      } catch (TimeoutException | ExecutionException late) {
        LOG.log(System.Logger.Level.WARNING, "Run {0} does not end.", lease.runId);
      }
    }
  }
}
