package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.text.InWords;
import java.time.Duration;

/** The rule for numbers and times that must be positive, and for times no longer than is of use. */
final class PositiveRule {
  private static final Duration LEAST = Duration.ofMillis(1);

  private PositiveRule() {}

  /**
   * Checks a number.
   *
   * @param what what it is, to begin a sentence
   * @throws IllegalArgumentException if it is not positive
   */
  static int checked(int value, String what) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be 1 or more; it is " + value + ".");
    }
    return value;
  }

  /**
   * Checks a time.
   *
   * @param what what it is, to begin a sentence
   * @throws IllegalArgumentException if it is less than a millisecond, or more than so many days
   */
  static Duration checked(Duration time, String what, int mostDays) {
    if (time.compareTo(LEAST) < 0 || time.compareTo(Duration.ofDays(mostDays)) > 0) {
      throw new IllegalArgumentException(
          what
              + " must be 1 ms or more and "
              + InWords.count(mostDays, "day")
              + " or less; it is "
              + InWords.duration(time)
              + ".");
    }
    return time;
  }
}
