package io.github.klaviyoexport.internal.row;

import java.sql.Array;
import java.sql.Clob;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import javax.xml.datatype.DatatypeConstants;
import javax.xml.datatype.XMLGregorianCalendar;
import org.jspecify.annotations.Nullable;

/**
 * The values of {@code java.sql} and of {@code java.xml}, which comes with it: a runtime may lack
 * them.
 *
 * <p>A class of its own, so that nothing of those modules is loaded unless it is there.
 */
final class SqlValue {
  private SqlValue() {}

  /** Returns the text or the elements that a value of a driver's own type stands for. */
  static @Nullable Object plain(@Nullable Object value) {
    try {
      if (value instanceof Array array) {
        return array.getArray();
      }
      if (value instanceof Clob text) {
        return text.getSubString(1, (int) Math.min(text.length(), JsonBuffer.MAX_ROW_BYTES));
      }
      if (value instanceof SQLXML text) {
        return text.getString();
      }
      if (value instanceof XMLGregorianCalendar time) {
        return ofXml(time);
      }
    } catch (SQLException unreadable) {
      return value;
    }
    return value;
  }

  /** Returns a point in time if it is a date with a time; else its text, a date for example. */
  private static Object ofXml(XMLGregorianCalendar time) {
    String text = time.toXMLFormat();
    try {
      if (!DatatypeConstants.DATETIME.equals(time.getXMLSchemaType())) {
        return text;
      }
      boolean local = time.getTimezone() == DatatypeConstants.FIELD_UNDEFINED;
      return local ? LocalDateTime.parse(text) : OffsetDateTime.parse(text);
    } catch (IllegalStateException | DateTimeException unusual) {
      return text;
    }
  }

  /**
   * Returns the date or the time of day that a value stands for; {@code null} if it is a point in
   * time like every other {@code java.util.Date}.
   */
  static @Nullable Object calendarValue(java.util.Date value) {
    if (value instanceof Date date) {
      return date.toLocalDate();
    }
    if (value instanceof Time time) {
      return time.toLocalTime();
    }
    return null;
  }
}
