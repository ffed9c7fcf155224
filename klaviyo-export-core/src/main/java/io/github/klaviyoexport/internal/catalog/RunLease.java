package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.internal.catalog.Repository.Change;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** This catalog's lease on a run: until when, and whether the run is to stop. */
final class RunLease {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  /** A little less than the time between two calls of a waiting export's listener. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(9);

  final String runId;
  final String exportId;
  final CompletableFuture<RunRecord> ended = new CompletableFuture<>();
  private final Repository<ExportState> states;
  private final TimeSource time;
  private final Duration length;
  private final String owner;
  private final AtomicReference<@Nullable String> stop = new AtomicReference<>();
  private volatile Instant leasedUntil;
  private volatile @Nullable ExportRun run;
  private volatile @Nullable Duration confirmation;
  private volatile Runnable endWaiting = () -> {};
  private volatile boolean lost;
  private volatile boolean journaled;

  /**
   * Creates the lease that an open run names.
   *
   * @param length for how long it is renewed each time
   */
  RunLease(
      Open open,
      String exportId,
      Repository<ExportState> states,
      TimeSource time,
      Duration length) {
    this.runId = open.runId();
    this.exportId = exportId;
    this.states = states;
    this.time = time;
    this.length = length;
    this.owner = open.owner();
    this.leasedUntil = open.leasedUntil();
    this.journaled = open.journaled();
  }

  /** Notes that the run waits for an executor, and what ends it if it is stopped before. */
  void waiting(Runnable end) {
    this.endWaiting = end;
  }

  /** Stops the run; the first reason counts. One that waits for an executor ends at once. */
  void stop(String why) {
    if (!stop.compareAndSet(null, why)) {
      return;
    }
    ExportRun started = run;
    if (started != null) {
      started.cancel();
    }
    endWaiting.run();
  }

  /** Stops the run, and lets it wait no longer than that for Klaviyo to confirm what it has. */
  void stop(String why, Duration confirmation) {
    this.confirmation = confirmation;
    stop(why);
    ExportRun started = run;
    if (started != null) {
      started.cancel(confirmation);
    }
  }

  /** Returns why the run is to stop; {@code null} when it is not. */
  @Nullable String stopReason() {
    return stop.get();
  }

  /** Remembers what is to be cancelled when the run is stopped. */
  void started(ExportRun started) {
    run = started;
    Duration wait = confirmation;
    if (wait != null) {
      started.cancel(wait);
    } else if (stop.get() != null) {
      started.cancel();
    }
  }

  /** Returns how far the run has got; {@code null} when it does not export now. */
  @Nullable ExportProgress progress() {
    ExportRun running = run;
    return running == null ? null : running.progress();
  }

  /** Forgets it: there is nothing to cancel any more. */
  void done() {
    run = null;
  }

  /** Returns whether another has taken the run over, as far as that is known. */
  boolean isLost() {
    return lost;
  }

  /** Looks whether another has taken the run over, and keeps it from doing so if not. */
  boolean isLostNow() {
    if (!lost) {
      renew();
    }
    return lost;
  }

  /** Returns whether a run that is open is the one that is leased here. */
  boolean isOn(@Nullable Open open) {
    return open != null && open.runId().equals(runId) && open.owner().equals(owner);
  }

  /** Returns whether data may go out now. */
  boolean maySend() {
    if (stop.get() != null) {
      return false;
    }
    // A quarter of the time is left for clocks that differ, and for the request to leave.
    Instant safe = leasedUntil.minus(length.dividedBy(4));
    return time.now().isBefore(safe) && !isBeyond() || renew();
  }

  /** Returns whether the clock was put back since: no renewal reaches that far. */
  private boolean isBeyond() {
    return leasedUntil.isAfter(time.now().plus(length));
  }

  /** Renews the lease if need be; returns whether the run is to go on. */
  boolean isWanted() {
    heartbeat();
    return stop.get() == null;
  }

  /** Renews the lease unless that was done just now. */
  void heartbeat() {
    Instant soon = time.now().plus(length).minus(HEARTBEAT);
    if (!lost && (leasedUntil.isBefore(soon) || isBeyond())) {
      renew();
    }
  }

  /** Renews the lease; finds out whether the run is to stop or was taken over. */
  private boolean renew() {
    try {
      return extend(null, 0);
    } catch (CatalogException failure) {
      // The lease stands until its time is up; after that nothing is sent.
      LOG.log(
          System.Logger.Level.WARNING,
          "The lease of run {0} could not be renewed ({1}).",
          runId,
          failure.reason());
      return time.now().isBefore(leasedUntil) && !isBeyond();
    }
  }

  /** Returns whether the run has begun a run of its own in the journal. */
  boolean isJournaled() {
    return journaled;
  }

  /** Notes that the run has begun one of its own in the journal. */
  void journaled() {
    if (journaled || lost) {
      return;
    }
    try {
      journaled =
          states.change(
              exportId,
              ExportState::none,
              state -> {
                Open open = state.open();
                return open != null && isOn(open)
                    ? Change.to(state.open(open.inJournal()), true)
                    : Change.none(false);
              });
    } catch (CatalogException failure) {
      // Another attempt would begin anew, unless what is written next is noted.
      LOG.log(
          System.Logger.Level.WARNING,
          "That run {0} is in the journal could not be noted ({1}).",
          runId,
          failure.reason());
    }
  }

  /** Begins an attempt through a connection; returns whether it may go on. */
  boolean begin(String connection, int attempt) {
    return extend(connection, attempt);
  }

  /** Extends the lease; an attempt begins with that where a connection is given. */
  private boolean extend(@Nullable String connection, int attempt) {
    Optional<Instant> extended =
        states.change(
            exportId,
            ExportState::none,
            state -> {
              Open open = state.open();
              if (open == null || !isOn(open)) {
                return Change.none(Optional.empty());
              }
              if (open.cancelReason() != null) {
                // The lease is kept all the same: what Klaviyo has of it is still confirmed.
                stop(open.cancelReason());
              }
              Instant until = time.now().plus(length);
              Open longer =
                  connection == null
                      ? open.leasedUntil(until)
                      : open.leasedTo(owner, until, attempt).connection(connection);
              return Change.to(state.open(longer).progress(progress()), Optional.of(until));
            });
    if (extended.isEmpty()) {
      lost = true;
      stop("another process has taken it over");
      return false;
    }
    leasedUntil = extended.get();
    return stop.get() == null;
  }
}
