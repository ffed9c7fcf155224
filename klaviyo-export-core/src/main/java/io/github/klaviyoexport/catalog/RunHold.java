package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A run that this catalog holds: until when, and whether somebody wants it stopped. */
final class RunHold {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  /** A little less than the time between two calls of a waiting export's listener. */
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(9);

  final String runId;
  final String exportId;
  final CompletableFuture<RunRecord> ended = new CompletableFuture<>();
  private final Documents<ExportState> states;
  private final TimeSource time;
  private final Duration length;
  private final String holder;
  private final AtomicReference<@Nullable String> stop = new AtomicReference<>();
  private volatile Instant heldUntil;
  private volatile @Nullable ExportRun run;
  private volatile boolean lost;

  /**
   * The hold that an open run names.
   *
   * @param length for how long it is prolonged each time
   */
  RunHold(
      Open open, String exportId, Documents<ExportState> states, TimeSource time, Duration length) {
    this.runId = open.runId();
    this.exportId = exportId;
    this.states = states;
    this.time = time;
    this.length = length;
    this.holder = open.holder();
    this.heldUntil = open.heldUntil();
  }

  /** Stops the run; the first reason counts. */
  void stop(String why) {
    ExportRun started = stop.compareAndSet(null, why) ? run : null;
    if (started != null) {
      started.cancel();
    }
  }

  /** Why the run is to stop; {@code null} when it is not. */
  @Nullable String stopReason() {
    return stop.get();
  }

  /** Says what is to be cancelled when the run is stopped. */
  void started(ExportRun started) {
    run = started;
    if (stop.get() != null) {
      started.cancel();
    }
  }

  /** Says that there is nothing to cancel any more. */
  void done() {
    run = null;
  }

  /** Whether another has taken the run over. */
  boolean isLost() {
    return lost;
  }

  /** Whether data may go out now. */
  boolean maySend() {
    if (stop.get() != null) {
      return false;
    }
    // A quarter of the time is left for clocks that differ, and for the request to leave.
    Instant safe = heldUntil.minus(length.dividedBy(4));
    return time.now().isBefore(safe) || prolong();
  }

  /** Prolongs the hold unless that was done just now. */
  void giveSignOfLife() {
    Instant soon = time.now().plus(length).minus(SIGN_OF_LIFE);
    if (!lost && heldUntil.isBefore(soon)) {
      prolong();
    }
  }

  /** Holds on for longer; hears of it if somebody wants the run stopped or has taken it over. */
  private boolean prolong() {
    try {
      return hold(null, 0);
    } catch (CatalogException failure) {
      // The hold stands until its time is up; after that nothing is sent.
      LOG.log(
          System.Logger.Level.WARNING,
          "The hold of run {0} could not be prolonged ({1}).",
          runId,
          failure.reason());
      return time.now().isBefore(heldUntil);
    }
  }

  /** Begins an attempt through a connection; says whether it may go on. */
  boolean begin(String connection, int attempt) {
    return hold(connection, attempt);
  }

  /** Holds on for longer; an attempt begins with that where a connection is given. */
  private boolean hold(@Nullable String connection, int attempt) {
    while (true) {
      Optional<ExportState> state = states.findReadable(exportId);
      Open open = state.map(ExportState::open).orElse(null);
      if (state.isEmpty()
          || open == null
          || !open.runId().equals(runId)
          || !open.holder().equals(holder)) {
        lost = true;
        stop("another process has taken it over");
        return false;
      }
      if (open.cancelReason() != null) {
        // It is held on to all the same: what Klaviyo has of it is still confirmed.
        stop(open.cancelReason());
      }
      Instant until = time.now().plus(length);
      Open longer =
          connection == null
              ? open.heldUntil(until)
              : open.heldBy(holder, until, attempt).connection(connection);
      if (states.put(state.get().open(longer)).isPresent()) {
        heldUntil = until;
        return stop.get() == null;
      }
    }
  }
}
