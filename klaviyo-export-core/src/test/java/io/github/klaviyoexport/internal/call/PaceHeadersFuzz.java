package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.internal.call.Quota.Window;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Whatever stands in the headers, a wait is not negative and a quota allows a call at some time.
 *
 * <p>The lines are the values of {@code Retry-After}, {@code Date} and {@code RateLimit-Limit}.
 */
public final class PaceHeadersFuzz {
  private static final Instant NOW = Instant.parse("2026-09-01T08:00:00Z");

  private PaceHeadersFuzz() {}

  /** Reads three headers. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\n", 3);
    KlaviyoResponse response =
        KlaviyoResponse.of(
            429,
            Map.of(
                "Retry-After", List.of(lines[0]),
                "Date", List.of(lines.length > 1 ? lines[1] : ""),
                "RateLimit-Limit", List.of(lines.length > 2 ? lines[2] : "")),
            new byte[0]);
    Headers.retryAfter(response, NOW)
        .filter(Duration::isNegative)
        .ifPresent(
            wait -> {
              throw new AssertionError("A wait of " + wait + ".");
            });
    for (Window window : Headers.windows(response)) {
      if (window.calls() < 1 || window.length().toSeconds() < 1) {
        throw new AssertionError("A window that lets nothing through: " + window + ".");
      }
    }
  }
}
