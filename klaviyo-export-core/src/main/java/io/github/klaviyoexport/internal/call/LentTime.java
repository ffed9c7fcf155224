package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.time.TimeSource;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A clock that can be forgotten by the JVM when it is used nowhere else, but while it is held here.
 * Once it is forgotten, it fails.
 */
final class LentTime implements TimeSource {
  private final WeakReference<TimeSource> lent;
  private volatile @Nullable TimeSource held;

  /** Creates a clock that goes by the given one, and does not hold it. */
  LentTime(TimeSource time) {
    this.lent = new WeakReference<>(time);
  }

  /** Holds the clock; or the one that is given, which equals it, if it is forgotten already. */
  void hold(TimeSource equal) {
    TimeSource time = lent.get();
    held = time == null ? equal : time;
  }

  /** Lets go of the clock, which can be forgotten then. */
  void letGo() {
    held = null;
  }

  private TimeSource time() {
    TimeSource time = held;
    time = time == null ? lent.get() : time;
    if (time == null) {
      throw new IllegalStateException("The clock is forgotten.");
    }
    return time;
  }

  @Override
  public Instant now() {
    return time().now();
  }

  @Override
  public long nanoTime() {
    return time().nanoTime();
  }

  @Override
  public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
      throws InterruptedException {
    return time().await(signal, atMost, exchanging);
  }
}
