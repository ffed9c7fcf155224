package io.github.klaviyoexport.internal.convert;

import io.github.klaviyoexport.profile.Unreadable;
import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates and points in time as text, in the form that a pattern names. */
public final class DateText {
  /** In a century that two digits do not mean, and in the afternoon, so that a pattern must say. */
  private static final ZonedDateTime SAMPLE =
      ZonedDateTime.of(1987, 11, 24, 16, 35, 47, 0, ZoneOffset.UTC);

  private static final Unreadable OWN_SKIPPED =
      Unreadable.because("a time that the clocks of its zone have skipped");

  private final DateTimeFormatter form;
  private final @Nullable ZoneId zone;
  private final Unreadable unreadable;
  private final Unreadable skipped;

  private DateText(String pattern, @Nullable ZoneId zone) {
    this.form =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern(pattern)
            // A year of an era, which most patterns ask for, is strictly none without its era.
            .parseDefaulting(ChronoField.ERA, 1)
            .toFormatter(Locale.ENGLISH)
            .withResolverStyle(ResolverStyle.STRICT);
    this.zone = zone;
    this.unreadable =
        Unreadable.because((zone == null ? "no date" : "no time") + " of the form " + pattern);
    this.skipped = Unreadable.because("a time that the clocks of " + zone + " have skipped");
  }

  /**
   * Creates a reader of dates.
   *
   * @throws IllegalArgumentException if the pattern is none, or says no date
   */
  public static DateText date(String pattern) {
    return checked(pattern, null);
  }

  /**
   * Creates a reader of points in time.
   *
   * @param zone is what texts without an offset or zone of their own are in
   * @throws IllegalArgumentException if the pattern is none, or says no date and time
   */
  public static DateText dateTime(String pattern, ZoneId zone) {
    return checked(pattern, zone);
  }

  private static DateText checked(String pattern, @Nullable ZoneId zone) {
    DateText reader;
    try {
      reader = new DateText(pattern, zone);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "The pattern '" + pattern + "' is none: " + wrong.getMessage() + ".", wrong);
    }
    if (!reader.readsItsOwn()) {
      throw new IllegalArgumentException(
          "The pattern '"
              + pattern
              + "' does not say one date"
              + (zone == null ? "" : " and time of day")
              + ": it needs a year of four digits (yyyy), month (MM) and day (dd)"
              + (zone == null ? "." : ", and hour (HH) and minute (mm)."));
    }
    return reader;
  }

  private boolean readsItsOwn() {
    try {
      String text = form.format(SAMPLE);
      TemporalAccessor said = form.parseUnresolved(text, new ParsePosition(0));
      if (said == null) {
        return false;
      }
      if (said.isSupported(ChronoField.MONTH_OF_YEAR)
          && said.isSupported(ChronoField.DAY_OF_YEAR)) {
        return false; // DD is the day of the year, which is that of the month in January only.
      }
      TemporalAccessor read = form.parse(text);
      LocalTime time = read.query(TemporalQueries.localTime());
      return SAMPLE.toLocalDate().equals(read.query(TemporalQueries.localDate()))
          && (zone == null
              || time != null
                  && SAMPLE
                      .toLocalTime()
                      .truncatedTo(ChronoUnit.MINUTES)
                      .equals(time.truncatedTo(ChronoUnit.MINUTES)));
    } catch (DateTimeException unfit) {
      return false;
    }
  }

  /**
   * Returns what a text without white space around it stands for.
   *
   * @return a {@code LocalDate} or {@code OffsetDateTime}, or an {@code Unreadable}
   */
  public Object read(String text) {
    TemporalAccessor read;
    try {
      read = form.parse(text);
      return zone == null ? LocalDate.from(read) : inTime(read, zone);
    } catch (DateTimeException unfit) {
      return unreadable;
    }
  }

  private Object inTime(TemporalAccessor read, ZoneId local) {
    ZoneId own = read.query(TemporalQueries.zone());
    if (own != null && read.isSupported(ChronoField.OFFSET_SECONDS)) {
      return OffsetDateTime.ofInstant(Instant.from(read), own);
    }
    // The text's own zone is a part of it, which is not quoted.
    return own == null
        ? at(LocalDateTime.from(read), local, skipped)
        : at(LocalDateTime.from(read), own, OWN_SKIPPED);
  }

  /** Returns the point in time at which the clocks of the reader's zone show a date and time. */
  public Object at(LocalDateTime time) {
    return zone == null ? unreadable : at(time, zone, skipped);
  }

  private static Object at(LocalDateTime time, ZoneId local, Unreadable skipped) {
    return local.getRules().getValidOffsets(time).isEmpty()
        ? skipped
        : time.atZone(local).toOffsetDateTime();
  }
}
