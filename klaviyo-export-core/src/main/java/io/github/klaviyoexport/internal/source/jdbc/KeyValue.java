package io.github.klaviyoexport.internal.source.jdbc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One value of a row's key: a whole or decimal number, text, a UUID, a date or a time. Each comes
 * back from the database as exactly what was read, which a number with a floating point may not.
 */
final class KeyValue {
  private KeyValue() {}

  /** Returns what a column's value is as part of a key; {@code null} if it cannot be one. */
  static @Nullable Object of(Object value) {
    if (value instanceof Long || value instanceof BigDecimal || value instanceof String) {
      return value;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof BigInteger number) {
      return new BigDecimal(number);
    }
    return value instanceof UUID
            || value instanceof LocalDate
            || value instanceof LocalDateTime
            || value instanceof OffsetDateTime
            || value instanceof Instant
        ? value
        : null;
  }

  /** Sets a parameter of a statement. */
  static void bind(PreparedStatement statement, int parameter, Object value) throws SQLException {
    if (value instanceof String text) {
      statement.setString(parameter, text);
    } else if (value instanceof Long number) {
      statement.setLong(parameter, number);
    } else if (value instanceof BigDecimal number) {
      statement.setBigDecimal(parameter, number);
    } else if (value instanceof Instant time) {
      statement.setTimestamp(parameter, Timestamp.from(time));
    } else {
      statement.setObject(parameter, value);
    }
  }

  /**
   * Returns how two values of one column compare: negative if the second follows the first, 0 if
   * both are the same. Of text and UUIDs, the order is the database's alone, and what differs is
   * taken to follow.
   */
  static int compare(Object one, Object next) {
    if (one.equals(next)) {
      return 0;
    }
    if (one instanceof Long a && next instanceof Long b) {
      return a.compareTo(b);
    }
    if (one instanceof BigDecimal a && next instanceof BigDecimal b) {
      return a.compareTo(b);
    }
    if (one instanceof LocalDate a && next instanceof LocalDate b) {
      return a.compareTo(b);
    }
    if (one instanceof LocalDateTime a && next instanceof LocalDateTime b) {
      return a.compareTo(b);
    }
    if (one instanceof OffsetDateTime a && next instanceof OffsetDateTime b) {
      return a.toInstant().compareTo(b.toInstant());
    }
    if (one instanceof Instant a && next instanceof Instant b) {
      return a.compareTo(b);
    }
    return -1;
  }

  /**
   * Returns whether two values of one column are different for the database too. Of text, only the
   * digits say so: collations make no difference of case, accents or blanks, letters of some
   * languages, punctuation, or zeros in front of a number, and of anything beyond ASCII.
   */
  static boolean surelyDiffer(Object one, Object next) {
    return one instanceof String a && next instanceof String b
        ? digitsDiffer(a, b, false) && digitsDiffer(a, b, true)
        : compare(one, next) != 0;
  }

  private static boolean digitsDiffer(String one, String next, boolean asNumbers) {
    int a = 0;
    int b = 0;
    while (true) {
      a = digit(one, a, asNumbers);
      b = digit(next, b, asNumbers);
      if (a < 0 || b < 0) {
        return false;
      }
      if (a == one.length() || b == next.length()) {
        return a < one.length() || b < next.length();
      }
      if (one.charAt(a++) != next.charAt(b++)) {
        return true;
      }
    }
  }

  /**
   * Returns where the next digit stands: at the text's end if there is none, and -1 if a character
   * beyond ASCII comes first.
   *
   * @param from 0, or behind the digit before
   * @param asNumbers whether zeros in front of a number are passed over
   */
  private static int digit(String text, int from, boolean asNumbers) {
    for (int i = from; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character > 127) {
        return -1;
      }
      boolean inNumber = character > '0' || !asNumbers || i == from && from > 0;
      if (character >= '0' && character <= '9' && inNumber) {
        return i;
      }
    }
    return text.length();
  }

  /** Returns a value as text without {@code =} and {@code &} that can be {@link #parse}d. */
  static String write(Object value) {
    if (value instanceof Long) {
      return "n" + value;
    }
    if (value instanceof String text) {
      return "s" + URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
    if (value instanceof BigDecimal) {
      return "d" + value;
    }
    if (value instanceof UUID) {
      return "u" + value;
    }
    if (value instanceof LocalDate) {
      return "D" + value;
    }
    if (value instanceof LocalDateTime) {
      return "T" + value;
    }
    return (value instanceof Instant ? "I" : "Z") + value;
  }

  /**
   * Returns the value that was written.
   *
   * @throws IllegalArgumentException or {@link java.time.DateTimeException} if it was none
   */
  static Object parse(String written) {
    String text = written.isEmpty() ? "" : written.substring(1);
    return switch (written.isEmpty() ? ' ' : written.charAt(0)) {
      case 'n' -> Long.valueOf(text);
      case 's' -> URLDecoder.decode(text, StandardCharsets.UTF_8);
      case 'd' -> new BigDecimal(text);
      case 'u' -> UUID.fromString(text);
      case 'D' -> LocalDate.parse(text);
      case 'T' -> LocalDateTime.parse(text);
      case 'I' -> Instant.parse(text);
      case 'Z' -> OffsetDateTime.parse(text);
      default -> throw new IllegalArgumentException("It is no value of a key.");
    };
  }
}
