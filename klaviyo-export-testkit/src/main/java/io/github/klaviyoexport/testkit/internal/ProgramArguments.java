package io.github.klaviyoexport.testkit.internal;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The arguments of a program, taken one by one. */
public final class ProgramArguments {
  private static final Pattern SIMPLE_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private final Deque<String> rest;

  /** Begins with the first of these arguments. */
  public ProgramArguments(List<String> arguments) {
    this.rest = new ArrayDeque<>(arguments);
  }

  /** Returns whether all are taken. */
  public boolean isEmpty() {
    return rest.isEmpty();
  }

  /** Takes the next one. */
  public String next() {
    return rest.remove();
  }

  /**
   * Takes the value of an option.
   *
   * @param what the values it allows, in words
   * @throws IllegalArgumentException if there is no value, or one that cannot be read; the message
   *     says which option it is and what it needs
   */
  public <T> T value(String option, String what, Function<String, T> reading) {
    if (rest.isEmpty() || rest.element().startsWith("--")) {
      throw new IllegalArgumentException("The option " + option + " needs " + what + ".");
    }
    String text = rest.remove();
    try {
      return reading.apply(text);
    } catch (IllegalArgumentException unfit) {
      throw new IllegalArgumentException(
          "The option " + option + " needs " + what + ", not '" + text + "'.", unfit);
    }
  }

  /** Returns what is told of an argument that is no option. */
  public static IllegalArgumentException unknown(String option) {
    return new IllegalArgumentException("There is no option '" + option + "'.");
  }

  /** Reads a number, 0 or more. */
  public static int count(String text) {
    int count = Integer.parseInt(text);
    if (count < 0) {
      throw new IllegalArgumentException();
    }
    return count;
  }

  /** Reads a duration from zero to the largest: 500ms, 2s, 3m, 1h, or as ISO 8601 writes it. */
  public static Duration duration(String text, Duration largest) {
    Duration duration = duration(text);
    if (duration.isNegative() || duration.compareTo(largest) > 0) {
      throw new IllegalArgumentException();
    }
    return duration;
  }

  private static Duration duration(String text) {
    Matcher simple = SIMPLE_DURATION.matcher(text);
    if (simple.matches()) {
      long amount = Long.parseLong(simple.group(1));
      return switch (simple.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeException neither) {
      throw new IllegalArgumentException(neither);
    }
  }
}
