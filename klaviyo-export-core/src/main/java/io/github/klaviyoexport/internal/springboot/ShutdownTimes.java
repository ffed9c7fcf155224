package io.github.klaviyoexport.internal.springboot;

import java.time.Duration;

/**
 * What exports may take to end when the application does, so that all of it fits into the time that
 * Spring Boot gives to a phase of its shutdown.
 *
 * @param toEnd how long exports may take to come to their end before they are cancelled
 * @param toBeConfirmed how long those then wait for Klaviyo's word on what it has
 */
record ShutdownTimes(Duration toEnd, Duration toBeConfirmed) {
  private static final Duration MOST_TO_BE_CONFIRMED = Duration.ofSeconds(10);
  private static final Duration MOST_TO_SPARE = Duration.ofSeconds(2);

  /** Returns the times within that of a phase: a tenth to spare, a third for Klaviyo's word. */
  static ShutdownTimes within(Duration phase) {
    Duration whole = phase.isNegative() ? Duration.ZERO : phase;
    Duration toBeConfirmed = shorter(whole.dividedBy(3), MOST_TO_BE_CONFIRMED);
    Duration toSpare = shorter(whole.dividedBy(10), MOST_TO_SPARE);
    return new ShutdownTimes(whole.minus(toBeConfirmed).minus(toSpare), toBeConfirmed);
  }

  Duration altogether() {
    return toEnd.plus(toBeConfirmed);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
