package io.github.klaviyoexport.internal.memory;

import java.time.Instant;

/**
 * The time in which a job was made and completed, by Klaviyo's clock.
 *
 * @param from in seconds since 1970, rounded down
 * @param to in seconds since 1970, rounded up
 */
public record Window(long from, long to) {
  /** Returns the window between two moments, whole seconds around them. */
  static Window of(Instant created, Instant completed) {
    long to = completed.getEpochSecond() + (completed.getNano() > 0 ? 1 : 0);
    return new Window(created.getEpochSecond(), Math.max(to, created.getEpochSecond()));
  }

  /** Returns whether it ends at that time or later. */
  boolean endsSince(Instant time) {
    return to >= time.getEpochSecond();
  }

  /** Returns whether a moment is in it. */
  boolean contains(Instant moment) {
    long second = moment.getEpochSecond();
    return from <= second && (second < to || second == to && moment.getNano() == 0);
  }
}
