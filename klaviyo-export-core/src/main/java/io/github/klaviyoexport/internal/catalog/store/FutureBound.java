package io.github.klaviyoexport.internal.catalog.store;

import java.time.Duration;
import java.time.Instant;

/**
 * The bound up to which a moment in the future is believed that a document holds.
 *
 * <p>A clock that was wrong once has written moments that are years ahead, and all that waits for
 * them would be silent until then. No lease and no retry is that far ahead by right, and of a
 * schedule only what is over is written down; clocks of machines that share a store differ by
 * seconds, or, where one takes its zone for another, by hours.
 */
public final class FutureBound {
  /** How far ahead a moment may be. */
  public static final Duration MOST_AHEAD = Duration.ofDays(1);

  private FutureBound() {}

  /** Returns whether a moment is so far ahead that it is not believed. */
  public static boolean isBeyond(Instant moment, Instant now) {
    return moment.isAfter(now.plus(MOST_AHEAD));
  }
}
