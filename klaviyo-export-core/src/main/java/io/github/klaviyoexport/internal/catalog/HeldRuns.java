package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

  /**
   * Stops all, and waits for them.
   *
   * @param atMost how long that may take, for all of them together
   * @param confirmation how long of that they may wait for Klaviyo to confirm what it has
   */
  void stopAll(String why, Duration atMost, Duration confirmation) {
    for (RunLease lease : leases.values()) {
      lease.stop(why, confirmation);
    }
    List<RunLease> held = List.copyOf(leases.values());
    try {
      CompletableFuture.allOf(
              held.stream().map(lease -> lease.ended).toArray(CompletableFuture<?>[]::new))
          .get(TimeUnit.NANOSECONDS.convert(atMost), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException late) {
      for (RunLease lease : held) {
        if (!lease.ended.isDone()) {
          LOG.log(
              System.Logger.Level.WARNING,
              "Run {0} did not end in time; another process takes it over when its lease ends.",
              lease.runId);
        }
      }
    }
  }
}
