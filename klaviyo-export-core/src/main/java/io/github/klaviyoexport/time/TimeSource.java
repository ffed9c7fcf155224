package io.github.klaviyoexport.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;

/**
 * The clock of an export, and the only place where it waits.
 *
 * <p>Production code uses {@link #system()}. A test passes a clock it owns, so that minutes of
 * quota, back-off and job watching take no time and every wait can be asserted to the millisecond.
 */
public interface TimeSource {
  /** Returns the time of the wall clock: for time stamps in reports, never for measuring. */
  Instant now();

  /**
   * Returns the nanoseconds since an arbitrary origin, by a clock that only moves forward: for
   * measuring.
   */
  long nanoTime();

  /**
   * Waits until a permit of {@code signal} can be taken or the time is over.
   *
   * @param atMost how long to wait, zero or more
   * @param exchanging whether requests are under way, the responses to which will release the
   *     signal: a virtual clock stands still for them, and to the system's it makes no difference
   * @return whether a permit was taken
   * @throws InterruptedException if the thread is interrupted before or while waiting
   */
  boolean await(Semaphore signal, Duration atMost, boolean exchanging) throws InterruptedException;

  /** Returns the machine's clock. */
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }
}
