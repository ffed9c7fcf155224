package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.chrono.ChronoLocalDate;
import java.time.chrono.ChronoLocalDateTime;
import java.time.chrono.ChronoZonedDateTime;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of single values: numbers, points in time, names. */
public final class ScalarText {
  /** A number of as many bits has more than 100,000 digits, which no row can hold. */
  private static final int MAX_BITS = JsonBuffer.MAX_ROW_BYTES * 10 / 3;

  /** So many digits has the largest {@code double} before its point. */
  private static final int DOUBLE_DIGITS = 309;

  /** So many bits have 500 digits, the most of a number that is written as one. */
  private static final int BITS_OF_DIGITS = 1_661;

  /** Decimals of smaller exponents need not be made doubles, which takes long, to know that. */
  private static final int SURELY_A_DOUBLE = 300;

  /** Beyond as many zeros a decimal is written with an exponent instead. */
  private static final int MAX_ZEROS = 100;

  /** Below this every whole number has a {@code double} of its own. */
  private static final double MAX_WHOLE = 1L << 53;

  private final ZoneId zone;

  /** Creates texts whose local date-times are in {@code zone}. */
  public ScalarText(ZoneId zone) {
    this.zone = zone;
  }

  /**
   * Returns the text of a single value; {@code null} if it has none, for which there is a {@link
   * #fault}.
   */
  public @Nullable String of(Object value) {
    if (value instanceof CharSequence text) {
      return text.toString();
    }
    if (value instanceof Number number) {
      // An id or a postal code that passed through a spreadsheet comes back as 90210.0.
      if (number instanceof BigDecimal decimal && decimal.scale() > 0) {
        BigDecimal shortest = decimal.stripTrailingZeros();
        return digits(shortest.scale() > 0 ? decimal : shortest);
      }
      return isWhole(number) ? Long.toString(number.longValue()) : digits(number);
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof Boolean
        || value instanceof Character
        || value instanceof UUID
        || value instanceof URI) {
      return value.toString();
    }
    String time = time(value);
    return time == null ? name(value) : time;
  }

  /** Returns the text of a value that is the name of something. */
  private static @Nullable String name(Object value) {
    if (value instanceof URL || value instanceof Path || value instanceof File) {
      return value.toString();
    }
    if (value instanceof ZoneId zone) {
      return zone.getId();
    }
    if (value instanceof TimeZone zone) {
      return zone.getID();
    }
    if (value instanceof Locale locale) {
      return locale.toLanguageTag();
    }
    if (value instanceof Currency currency) {
      return currency.getCurrencyCode();
    }
    if (value instanceof InetAddress address) {
      // Behind a % is the network card of this machine.
      return address.getHostAddress().replaceFirst("%.*", "");
    }
    if (value instanceof Charset charset) {
      return charset.name();
    }
    if (value instanceof Pattern pattern) {
      return pattern.pattern();
    }
    return null;
  }

  /** Returns why a value has no text. */
  static Reason fault(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return Reason.NOT_A_NUMBER;
    }
    if (value instanceof BigInteger) {
      return Reason.TOO_LARGE;
    }
    if (value instanceof BigDecimal decimal) {
      return isShort(decimal) ? Reason.NOT_A_NUMBER : Reason.TOO_LARGE;
    }
    return value instanceof Unreadable ? Reason.UNREADABLE_IN_SOURCE : Reason.UNSUPPORTED_TYPE;
  }

  private static boolean isWhole(Number number) {
    if (!(number instanceof Double || number instanceof Float)) {
      return false;
    }
    double value = number.doubleValue();
    return value == Math.rint(value) && Math.abs(value) < MAX_WHOLE;
  }

  /** Returns a number as JSON writes it; {@code null} if it cannot. */
  static @Nullable String digits(Number number) {
    if (number instanceof Double value) {
      return Double.isFinite(value) ? value.toString() : null;
    }
    if (number instanceof Float value) {
      return Float.isFinite(value) ? value.toString() : null;
    }
    if (number instanceof BigDecimal value) {
      return isShort(value) && !isInfinite(value) ? decimal(value) : null;
    }
    if (number instanceof BigInteger value) {
      return value.bitLength() < MAX_BITS ? value.toString() : null;
    }
    return isIntegral(number) ? number.toString() : null;
  }

  /**
   * Returns whether what reads JSON can make a number of it: few keep more digits than these, and
   * most keep a {@code double}, which would be infinite or nothing.
   */
  static boolean isReadable(Number number) {
    if (number instanceof BigInteger value) {
      return value.bitLength() <= Double.MAX_EXPONENT + 1 && Double.isFinite(value.doubleValue());
    }
    if (number instanceof BigDecimal value) {
      if (value.unscaledValue().bitLength() > BITS_OF_DIGITS) {
        return false;
      }
      if (Math.abs((long) value.precision() - value.scale()) < SURELY_A_DOUBLE) {
        return true;
      }
      double nearest = value.doubleValue();
      return Double.isFinite(nearest) && (nearest != 0 || value.signum() == 0);
    }
    return true;
  }

  /** Returns whether a number is of a type that holds whole numbers of up to 64 bits. */
  static boolean isIntegral(Number number) {
    return number instanceof Integer
        || number instanceof Long
        || number instanceof Short
        || number instanceof Byte
        || number instanceof AtomicInteger
        || number instanceof AtomicLong;
  }

  private static boolean isShort(BigDecimal value) {
    return value.unscaledValue().bitLength() < MAX_BITS;
  }

  /** Returns whether a number is infinite as a {@code double}, which readers of JSON make of it. */
  private static boolean isInfinite(BigDecimal value) {
    return (long) value.precision() - value.scale() >= DOUBLE_DIGITS
        && Double.isInfinite(value.doubleValue());
  }

  private static String decimal(BigDecimal value) {
    // Plain, because readers take 1E+3 for a fraction; but 1E-1000000 must not become a megabyte.
    boolean plain = -MAX_ZEROS <= value.scale() && value.scale() <= MAX_ZEROS;
    return plain ? value.toPlainString() : value.toString();
  }

  private @Nullable String time(Object value) {
    if (value instanceof LocalDate date) {
      return date.toString();
    }
    try {
      if (value instanceof Instant instant) {
        return iso(instant.atOffset(ZoneOffset.UTC));
      }
      if (value instanceof OffsetDateTime time) {
        return iso(time);
      }
      if (value instanceof LocalDateTime time) {
        return iso(time.atZone(zone).toOffsetDateTime());
      }
      if (value instanceof Date date) {
        Object ofCalendar = RuntimeModules.HAS_SQL ? SqlValue.calendarValue(date) : null;
        return ofCalendar == null
            ? iso(date.toInstant().atOffset(ZoneOffset.UTC))
            : time(ofCalendar);
      }
      if (value instanceof Calendar calendar) {
        return iso(
            calendar.toInstant().atZone(calendar.getTimeZone().toZoneId()).toOffsetDateTime());
      }
      if (value instanceof FileTime time) {
        return iso(time.toInstant().atOffset(ZoneOffset.UTC));
      }
      return value instanceof TemporalAccessor || value instanceof TemporalAmount
          ? ofJavaTime(value)
          : null;
    } catch (UnsupportedOperationException | DateTimeException noPointInTime) {
      // The far ends of Instant lie beyond any calendar.
      return null;
    }
  }

  /** Returns the text of the rarer types of {@code java.time}. */
  private @Nullable String ofJavaTime(Object value) {
    if (value instanceof ChronoZonedDateTime<?> time) {
      return iso(OffsetDateTime.from(time));
    }
    if (value instanceof ChronoLocalDateTime<?> time) {
      return time(LocalDateTime.from(time));
    }
    if (value instanceof ChronoLocalDate date) {
      return LocalDate.from(date).toString();
    }
    if (value instanceof LocalTime time) {
      return clock(new StringBuilder(12), time).toString();
    }
    if (value instanceof OffsetTime time) {
      StringBuilder text = clock(new StringBuilder(18), time.toLocalTime());
      return text.append(time.getOffset()).toString();
    }
    if (value instanceof YearMonth
        || value instanceof MonthDay
        || value instanceof Year
        || value instanceof Duration
        || value instanceof Period
        || value instanceof ZoneOffset) {
      return value.toString();
    }
    return null;
  }

  /**
   * Returns ISO 8601 in the one form that Klaviyo documents: seconds always, milliseconds if there
   * are any, the offset in hours and minutes.
   */
  private static String iso(OffsetDateTime time) {
    int offset = time.getOffset().getTotalSeconds();
    if (offset % 60 != 0) {
      return iso(time.withOffsetSameInstant(ZoneOffset.UTC));
    }
    StringBuilder text = new StringBuilder(29).append(time.toLocalDate()).append('T');
    clock(text, time.toLocalTime());
    if (offset == 0) {
      return text.append('Z').toString();
    }
    text.append(offset < 0 ? '-' : '+');
    int minutes = Math.abs(offset) / 60;
    pad(text, minutes / 60, 2).append(':');
    return pad(text, minutes % 60, 2).toString();
  }

  /** Writes a time of day: seconds always, milliseconds if there are any. */
  private static StringBuilder clock(StringBuilder text, LocalTime time) {
    pad(text, time.getHour(), 2).append(':');
    pad(text, time.getMinute(), 2).append(':');
    pad(text, time.getSecond(), 2);
    int millis = time.getNano() / 1_000_000;
    return millis == 0 ? text : pad(text.append('.'), millis, 3);
  }

  private static StringBuilder pad(StringBuilder text, int number, int width) {
    for (int limit = 10; width > 1; width--, limit *= 10) {
      if (number < limit) {
        text.append('0');
      }
    }
    return text.append(number);
  }
}
