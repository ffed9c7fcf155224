package io.github.klaviyoexport.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The machine's clock. */
final class SystemTime implements TimeSource {
  static final SystemTime INSTANCE = new SystemTime();

  private SystemTime() {}

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
      throws InterruptedException {
    return signal.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }
}
