package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.catalog.Repository.Change;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The writing of what came of a run that is leased here: its record first, then the state, in which
 * the lease is given up and which says whether the run is tried again.
 */
final class RunEndings {
  /** How long it is waited before the end of a run is written once more, and how long at most. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(16);

  private final RunHistory history;
  private final Repository<ExportState> states;
  private final RunSettings settings;
  private final BooleanSupplier closed;
  private final TimeSource time;

  RunEndings(
      RunHistory history,
      Repository<ExportState> states,
      RunSettings settings,
      BooleanSupplier closed) {
    this.history = history;
    this.states = states;
    this.settings = settings;
    this.closed = closed;
    this.time = settings.time();
  }

  /**
   * Writes what came of a run, and gives its lease up.
   *
   * @param interrupt defers what would cut the writing off
   * @throws CatalogException if it could not be written
   */
  RunData write(RunLease mine, RunData record, RunOutcome outcome, DeferredInterrupt interrupt) {
    Instant now = time.now();
    if (outcome.again() != null) {
      return await(mine, record, outcome, now.plus(outcome.again()));
    }
    boolean failed = outcome.status() == RunStatus.FAILED;
    Instant retryAt = null;
    if (failed && closed.getAsBoolean()) {
      retryAt = now;
    } else if (failed && record.attempt() < settings.attempts()) {
      retryAt = now.plus(settings.retryDelay().multipliedBy(record.attempt()));
    }
    RunStatus status = failed && retryAt == null ? RunStatus.FAILED_PERMANENTLY : outcome.status();
    RunData ended =
        keep(
            mine,
            record.ended(
                status, now, retryAt, outcome.message(), outcome.details(), outcome.report()),
            interrupt);
    Instant again = retryAt;
    interrupt.defer();
    // What failed before it went through a connection was an attempt, too.
    ended =
        giveUp(mine, ended, again == null ? null : open -> open.retryAt(again, record.attempt()));
    history.prune(mine.exportId);
    return ended;
  }

  /** Keeps the end of a run; when the store fails, it is tried again a few times. */
  private RunData keep(RunLease mine, RunData ended, DeferredInterrupt interrupt) {
    CatalogException failed = null;
    for (Duration pause = FIRST_PAUSE; ; pause = pause.multipliedBy(2)) {
      try {
        return history.keep(ended);
      } catch (CatalogException failure) {
        if (failed != null && failure.reason() == Reason.CHANGED_MEANWHILE) {
          // What has failed may have been the store's answer alone.
          return history
              .findReadable(ended.id())
              .filter(kept -> kept.status() == ended.status())
              .filter(kept -> Objects.equals(kept.endedAt(), ended.endedAt()))
              .orElseThrow(() -> failure);
        }
        if (failure.reason() != Reason.STORE_FAILED
            || closed.getAsBoolean()
            || pause.compareTo(LONGEST_PAUSE) > 0) {
          throw failure;
        }
        failed = failure;
      }
      try {
        time.await(new Semaphore(0), pause, false);
      } catch (InterruptedException now) {
        interrupt.defer(now);
      }
      mine.heartbeat();
    }
  }

  /** Leaves a run until another process may have let go of what it needs; this was no attempt. */
  private RunData await(RunLease mine, RunData record, RunOutcome outcome, Instant until) {
    RunData waiting = history.keep(record.waiting(until, outcome.message()));
    return giveUp(mine, waiting, open -> open.waiting(until, waiting.attempt()));
  }

  /**
   * Gives the lease up, until the run is tried again if it is.
   *
   * @param left what is left of the run to be tried again; {@code null} when nothing is
   * @return its record; that of a cancelled run if it was cancelled meanwhile and is not tried
   *     again
   */
  private RunData giveUp(RunLease mine, RunData record, @Nullable UnaryOperator<Open> left) {
    Optional<String> unwanted =
        states.change(
            mine.exportId,
            ExportState::none,
            state -> {
              Open open = state.open();
              if (open == null || !mine.isOn(open)) {
                return Change.none(Optional.empty());
              }
              if (left == null) {
                return Change.to(state.open(null), Optional.empty());
              }
              String why = open.cancelReason();
              return Change.to(
                  state.open(why == null ? left.apply(open) : null), Optional.ofNullable(why));
            });
    return unwanted
        .map(why -> history.end(record, RunStatus.CANCELLED, "It was stopped: " + why + "."))
        .orElse(record);
  }
}
