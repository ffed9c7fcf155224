package io.github.klaviyoexport.internal.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * The reader of moments as Klaviyo writes them: {@code 2026-09-04T10:00:00+00:00}, or with six
 * digits of a fraction, {@code 2026-09-04T10:00:00.120000+00:00}. Each member of a list has one,
 * and each job that is watched two.
 */
final class Moment {
  private static final String PLACES = "dddd-dd-ddTdd:dd:dd.dddddd";
  private static final int SECONDS = PLACES.indexOf('.');
  private static final String UTC = "+00:00";

  private Moment() {}

  /** Reads a moment, in any form of ISO 8601 with an offset; {@code null} if it is none. */
  static @Nullable Instant read(String text) {
    if (text.isEmpty()) {
      // What has not happened yet has none, and an exception costs as much as reading ten.
      return null;
    }
    try {
      int length = text.endsWith(UTC) ? text.length() - UTC.length() : 0;
      return isUsual(text, length) ? usual(text, length) : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unknown) {
      return null;
    }
  }

  private static boolean isUsual(String text, int length) {
    if (length != SECONDS && length != PLACES.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      char place = PLACES.charAt(i);
      if (place == 'd' ? c < '0' || c > '9' : c != place) {
        return false;
      }
    }
    return true;
  }

  private static Instant usual(String text, int length) {
    return LocalDateTime.of(
            number(text, 0, 4),
            number(text, 5, 7),
            number(text, 8, 10),
            number(text, 11, 13),
            number(text, 14, 16),
            number(text, 17, 19),
            length == SECONDS ? 0 : number(text, 20, 26) * 1_000)
        .toInstant(ZoneOffset.UTC);
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
