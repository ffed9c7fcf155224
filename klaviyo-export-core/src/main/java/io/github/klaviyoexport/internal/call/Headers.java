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

/** What a response's headers say about pace and content. */
final class Headers {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
  private static final Pattern WINDOW = Pattern.compile("(\\d{1,7})\\s*;\\s*w=(\\d{1,6})");

  private Headers() {}

  /**
   * Returns how long a response asks to wait: {@code Retry-After} in seconds or as an HTTP date.
   *
   * <p>A date is counted from the response's own {@code Date}, so that a clock which is wrong here
   * does no harm.
   *
   * @param now by our clock, for a response without {@code Date}
   * @return empty when it does not say, or not in a form the standard knows
   */
  static Optional<Duration> retryAfter(KlaviyoResponse response, Instant now) {
    String value = response.header("Retry-After").map(String::strip).orElse("");
    if (SECONDS.matcher(value).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    Instant from = response.header("Date").flatMap(Headers::date).orElse(now);
    return date(value)
        .map(until -> Duration.between(from, until))
        .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
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
    Matcher matcher = WINDOW.matcher(response.header("RateLimit-Limit").orElse(""));
    while (matcher.find()) {
      int calls = Integer.parseInt(matcher.group(1));
      int seconds = Integer.parseInt(matcher.group(2));
      if (calls == 0 || seconds == 0) {
        return List.of();
      }
      windows.add(new Window(calls, Duration.ofSeconds(seconds)));
    }
    return windows;
  }

  /** Returns whether the body calls itself JSON; the error pages of a network edge do not. */
  static boolean isJson(KlaviyoResponse response) {
    String type = response.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    return type.startsWith("application/vnd.api+json") || type.startsWith("application/json");
  }
}
