package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.internal.call.Quota.Window;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a response's headers say about pace and content. */
final class Headers {
  /** As much as a wait can be; a response that asks for more asks for this. */
  static final Duration LONGEST_ASKED = Duration.ofDays(1);

  private static final int MOST_DIGITS = 9;
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,100})(?:\\.(\\d{1,100}))?");
  private static final Pattern WINDOW =
      Pattern.compile("(?<![\\d.-])(\\d{1,100})\\s*;\\s*w=(\\d{1,100})(?![\\d.])");

  private Headers() {}

  /**
   * Returns how long a response asks to wait: {@code Retry-After} in seconds, a fraction rounded up
   * to a thousandth, or as an HTTP date; at most {@link #LONGEST_ASKED}.
   *
   * <p>A date is counted from the response's own {@code Date}, so that a clock which is wrong here
   * does no harm; by our clock where that makes a wait that no export would make.
   *
   * @param now by our clock, for a response without {@code Date}
   * @return empty when it does not say, or not in a form the standard knows
   */
  static Optional<Duration> retryAfter(KlaviyoResponse response, Instant now) {
    String value = response.header("Retry-After").map(String::strip).orElse("");
    Matcher seconds = SECONDS.matcher(value);
    if (seconds.matches()) {
      return Optional.of(bounded(seconds(seconds.group(1), seconds.group(2))));
    }
    return date(value)
        .map(
            until -> {
              Instant from = response.header("Date").flatMap(Headers::date).orElse(now);
              Duration wait = Duration.between(from, until);
              Duration ours = Duration.between(now, until);
              boolean wrong = wait.compareTo(Calls.LONGEST_RETRY_AFTER) > 0;
              return bounded(wrong && !ours.isNegative() && ours.compareTo(wait) < 0 ? ours : wait);
            });
  }

  private static Duration seconds(String whole, @Nullable String fraction) {
    Duration seconds = Duration.ofSeconds(number(whole));
    if (fraction == null) {
      return seconds;
    }
    String thousandths = (fraction + "00").substring(0, 3);
    boolean more = fraction.length() > 3 && !fraction.substring(3).matches("0*");
    return seconds.plusMillis(Integer.parseInt(thousandths) + (more ? 1 : 0));
  }

  private static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST_ASKED) < 0 ? wait : LONGEST_ASKED;
  }

  /** Returns a number of any length, or one that is as good as infinite. */
  private static int number(String digits) {
    String shortest = digits.replaceFirst("^0+(?=.)", "");
    return shortest.length() > MOST_DIGITS ? 999_999_999 : Integer.parseInt(shortest);
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }

  /**
   * Returns the windows that {@code RateLimit-Limit} lists, {@code 10, 10;w=1, 150;w=60} for
   * example.
   *
   * @return empty when there are none, or one of them makes no sense
   */
  static List<Window> windows(KlaviyoResponse response) {
    List<Window> windows = new ArrayList<>();
    Matcher matcher = WINDOW.matcher(limits(response));
    while (matcher.find()) {
      int calls = number(matcher.group(1));
      int seconds = number(matcher.group(2));
      if (calls == 0 || seconds == 0) {
        return List.of();
      }
      windows.add(new Window(calls, Duration.ofSeconds(seconds)));
    }
    return windows;
  }

  /** Returns the header that lists the windows, as it stands; empty when there is none. */
  static String limits(KlaviyoResponse response) {
    return response.header("RateLimit-Limit").orElse("");
  }

  /** Returns whether the body calls itself JSON; the error pages of a network edge do not. */
  static boolean isJson(KlaviyoResponse response) {
    String type = response.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    return type.startsWith("application/vnd.api+json") || type.startsWith("application/json");
  }
}
