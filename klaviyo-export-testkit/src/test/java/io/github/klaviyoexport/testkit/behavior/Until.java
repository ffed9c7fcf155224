package io.github.klaviyoexport.testkit.behavior;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A wait, of a minute at most, for what another thread brings about. */
final class Until {
  private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();

  private Until() {}

  /** Waits until a condition holds; fails if it never does. */
  static void holds(BooleanSupplier condition) {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begun > LONGEST_NANOS) {
        throw new AssertionError("What is waited for has not come about in a minute.");
      }
      Thread.onSpinWait();
    }
  }
}
