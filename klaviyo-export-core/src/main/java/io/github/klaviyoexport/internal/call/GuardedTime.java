package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A clock that goes on when the one behind it fails: it stands still then, and tells of the
 * failure.
 */
final class GuardedTime implements TimeSource {
  private final TimeSource time;
  private volatile long nanos;
  private volatile Instant now = Instant.EPOCH;
  private volatile @Nullable Throwable failure;

  /** Creates the guard of a clock. */
  GuardedTime(TimeSource time) {
    this.time = time;
  }

  /** Returns what the clock threw last; {@code null} if it has not failed. */
  @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public Instant now() {
    try {
      now = Objects.requireNonNull(time.now());
    } catch (Throwable thrown) {
      failure = thrown;
    }
    return now;
  }

  @Override
  public long nanoTime() {
    try {
      nanos = time.nanoTime();
    } catch (Throwable thrown) {
      failure = thrown;
    }
    return nanos;
  }

  @Override
  public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
      throws InterruptedException {
    try {
      return time.await(signal, atMost, exchanging);
    } catch (InterruptedException interrupt) {
      throw interrupt;
    } catch (Throwable thrown) {
      failure = thrown;
      return false;
    }
  }
}
