package io.github.klaviyoexport.internal.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Figures as messages for people write them: counts with their noun, shares, durations and moments.
 */
public final class InWords {
  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;
  private static final int DAY = 24 * HOUR;
  private static final int SECONDS_WITH_TENTHS = 10;
  private static final Duration LEAST = Duration.ofSeconds(Long.MIN_VALUE);
  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

  private InWords() {}

  /** Returns a count and its noun, as in {@code 1 job} and {@code 1,200 jobs}. */
  public static String count(long count, String one) {
    return count(count, one, one + "s");
  }

  /** Returns a count and its noun, for nouns with a plural of their own. */
  public static String count(long count, String one, String many) {
    return number(count) + " " + (count == 1 ? one : many);
  }

  /** Returns a number with its thousands set apart, as in {@code 1,200}. */
  public static String number(long number) {
    StringBuilder text = new StringBuilder().append(number);
    int first = number < 0 ? 1 : 0;
    for (int place = text.length() - 3; place > first; place -= 3) {
      text.insert(place, ',');
    }
    return text.toString();
  }

  /**
   * Returns a duration, as in {@code 350 ms}, {@code 2.5 seconds}, {@code 1 minute 40 seconds} and
   * {@code 1 day 6 hours}: rounded to tenths of a second up to ten seconds, to seconds up to an
   * hour, and to minutes beyond.
   */
  public static String duration(Duration duration) {
    if (duration.isNegative()) {
      return "minus " + duration(duration.equals(LEAST) ? LONGEST : duration.negated());
    }
    if (duration.toSeconds() >= HOUR) {
      // Near the longest there is, rounding would lead beyond it.
      long half = duration.toSeconds() > Long.MAX_VALUE - MINUTE ? 0 : MINUTE / 2;
      return seconds((duration.toSeconds() + half) / MINUTE * MINUTE);
    }
    long millis = duration.toMillis();
    if (millis > 0 && millis < 1_000) {
      return millis + " ms";
    }
    long tenths = (millis + 50) / 100;
    if (tenths < SECONDS_WITH_TENTHS * 10 && tenths % 10 != 0) {
      return tenths / 10 + "." + tenths % 10 + " seconds";
    }
    return seconds((millis + 500) / 1_000);
  }

  private static String seconds(long seconds) {
    List<String> parts = new ArrayList<>();
    add(parts, seconds / DAY, "day");
    add(parts, seconds % DAY / HOUR, "hour");
    add(parts, seconds % HOUR / MINUTE, "minute");
    add(parts, seconds % MINUTE, "second");
    return parts.isEmpty() ? "0 seconds" : String.join(" ", parts);
  }

  private static void add(List<String> parts, long count, String unit) {
    if (count > 0) {
      parts.add(count(count, unit));
    }
  }

  /** Returns a moment to the second, as in {@code 2026-09-01 08:00:00 UTC}. */
  public static String moment(Instant moment) {
    String text = moment.truncatedTo(ChronoUnit.SECONDS).toString();
    return text.replace('T', ' ').replace("Z", " UTC");
  }

  /** Returns a share as a percentage, as in {@code 12.5 %}. */
  public static String percent(BigDecimal share) {
    return share.movePointRight(2).stripTrailingZeros().toPlainString() + " %";
  }

  /** Returns the share of a part, rounded up, as it can be passed to an option. */
  public static String shareOf(long part, long whole) {
    return BigDecimal.valueOf(part)
        .divide(BigDecimal.valueOf(whole), 2, RoundingMode.CEILING)
        .stripTrailingZeros()
        .toPlainString();
  }
}
