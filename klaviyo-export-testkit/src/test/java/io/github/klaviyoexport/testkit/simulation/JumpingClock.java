package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.testkit.VirtualTime;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;

/**
 * A machine's clock whose wall time is put forward and back; what measures time is not affected.
 */
final class JumpingClock implements TimeSource {
  private final VirtualTime time;
  private Duration off = Duration.ZERO;

  JumpingClock(VirtualTime time) {
    this.time = time;
  }

  void jumpTo(Duration off) {
    this.off = off;
  }

  @Override
  public Instant now() {
    return time.now().plus(off);
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
      throws InterruptedException {
    // The network of a simulation lives in virtual time, so nothing is waited for in real time.
    return time.await(signal, atMost, false);
  }
}
