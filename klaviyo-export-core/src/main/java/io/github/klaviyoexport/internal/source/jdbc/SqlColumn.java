package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.profile.Unreadable;
import java.io.IOException;
import java.io.Reader;
import java.sql.Array;
import java.sql.Clob;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A column of a query's result, and what its values become.
 *
 * @param index its place, counted from 1
 * @param name its name
 * @param type what its values mean
 * @param typeName what the database calls that
 * @param padded whether its text is filled up with blanks
 * @param dialect what the database and its driver do in their own way
 */
record SqlColumn(
    int index, String name, SqlType type, String typeName, boolean padded, Dialect dialect) {
  /** A field is never longer in a request, so there is no use in reading more. */
  private static final int MAX_TEXT = 100_000;

  /** Where an element stands in a result of an array's; its number is the first column. */
  private static final int ELEMENT = 2;

  /** How drivers show PostgreSQL's infinity. */
  private static final Set<Object> ENDLESS =
      Set.of(
          LocalDate.MAX,
          LocalDate.MIN,
          LocalDateTime.MAX,
          LocalDateTime.MIN,
          OffsetDateTime.MAX,
          OffsetDateTime.MIN);

  /** How PostgreSQL's driver shows 24:00; the database's own times end a microsecond before. */
  private static final Set<Object> AFTER_LAST = Set.of(LocalTime.MAX, OffsetTime.MAX);

  /**
   * Reads a column of a result.
   *
   * @param name what it is called here
   */
  static SqlColumn of(ResultSetMetaData result, int index, String name, Dialect dialect)
      throws SQLException {
    int type = result.getColumnType(index);
    String typeName = String.valueOf(result.getColumnTypeName(index));
    return new SqlColumn(
        index,
        name,
        SqlType.of(type, typeName, result.getPrecision(index), dialect),
        typeName,
        type == Types.CHAR || type == Types.NCHAR,
        dialect);
  }

  /**
   * Returns whether the database compares a value of this column with what is bound for it as it
   * orders the column.
   */
  boolean comparesAsOrdered(Object value) {
    return !(value instanceof String) || dialect.comparesTextAsOrdered(typeName);
  }

  /**
   * Returns the value that the current row has: {@link Unreadable} if it cannot be read.
   *
   * @throws SQLException if the connection or the query failed
   */
  @Nullable Object value(ResultSet row) throws SQLException {
    try {
      return read(row);
    } catch (SQLException failure) {
      if (JdbcFailure.isOfConnection(failure)) {
        throw failure;
      }
      return unreadable(JdbcFailure.code(failure));
    } catch (IOException | RuntimeException failure) {
      return unreadable(failure.getClass().getName());
    }
  }

  private Unreadable unreadable(String why) {
    return Unreadable.because(
        "the column '" + name + "' of type " + typeName + " holds no such value (" + why + ")");
  }

  private @Nullable Object read(ResultSet row) throws SQLException, IOException {
    return switch (type) {
      case PLAIN -> plain(row);
      case TEXT -> row.getString(index);
      case LONG_TEXT -> text(row.getClob(index));
      case BIT -> ifAny(row, row.getBoolean(index));
      case YEAR -> ifAny(row, row.getInt(index));
      case DATE -> finite(row.getObject(index, LocalDate.class));
      case TIME -> ofDay(row.getObject(index, LocalTime.class));
      case TIME_WITH_ZONE -> ofDay(row.getObject(index, OffsetTime.class));
      case LOCAL_DATE_TIME -> finite(row.getObject(index, LocalDateTime.class));
      case DATE_TIME_WITH_ZONE -> finite(row.getObject(index, OffsetDateTime.class));
      case POINT_IN_TIME -> {
        Timestamp time = row.getTimestamp(index);
        yield time == null ? null : time.toInstant();
      }
      case ARRAY -> list(row.getArray(index));
      case JSON -> json(row.getString(index));
      case XML -> xml(row.getSQLXML(index));
      case BYTES -> row.getObject(index) == null ? null : bytes();
    };
  }

  private static @Nullable Object ifAny(ResultSet row, Object value) throws SQLException {
    return row.wasNull() ? null : value;
  }

  private @Nullable Object plain(ResultSet row) throws SQLException {
    Object value = row.getObject(index);
    // Most are numbers, and of no other type is there so much to ask.
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof byte[]) {
      return bytes();
    }
    boolean known = value instanceof Map || value.getClass().getName().startsWith("java.");
    // A type of the driver's own: its text is what the database shows.
    return known ? value : row.getString(index);
  }

  private Unreadable bytes() {
    return Unreadable.because(
        "the column '"
            + name
            + "' of type "
            + typeName
            + " holds bytes: have the query encode them, or leave it out");
  }

  private @Nullable Object finite(@Nullable Object time) {
    return time != null && ENDLESS.contains(time)
        ? Unreadable.because(
            "the column '" + name + "' of type " + typeName + " holds infinity, which is no date")
        : time;
  }

  private @Nullable Object ofDay(@Nullable Object time) {
    return time != null && dialect.isPostgres() && AFTER_LAST.contains(time)
        ? Unreadable.because(
            "the column '"
                + name
                + "' of type "
                + typeName
                + " holds 24:00, which is no time of day")
        : time;
  }

  private @Nullable Object json(@Nullable String text) {
    return text == null ? null : JsonColumn.value(text, name);
  }

  private @Nullable Object text(@Nullable Clob clob) throws SQLException, IOException {
    if (clob == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    try (Reader reader = clob.getCharacterStream()) {
      char[] chunk = new char[8_192];
      for (int n = reader.read(chunk); n >= 0; n = reader.read(chunk)) {
        text.append(chunk, 0, n);
        if (text.length() > MAX_TEXT) {
          return Unreadable.because("the column '" + name + "' holds over 100,000 characters");
        }
      }
    } finally {
      clob.free();
    }
    return text.toString();
  }

  private static @Nullable Object xml(@Nullable SQLXML xml) throws SQLException {
    if (xml == null) {
      return null;
    }
    try {
      return xml.getString();
    } finally {
      xml.free();
    }
  }

  private @Nullable Object list(@Nullable Array array) throws SQLException {
    if (array == null) {
      return null;
    }
    try {
      if (isGivenAsWhole(array)) {
        try {
          return asWhole(array);
        } catch (SQLException failure) {
          // PostgreSQL's driver fails at NaN among decimal numbers and at bit(4), not one by one.
        }
      }
      Object exact = oneByOne(array);
      return exact == null ? asWhole(array) : exact;
    } finally {
      array.free();
    }
  }

  /**
   * Returns whether elements that are given as a whole, which costs less, are what they are by
   * themselves. Dates and times are not: drivers give them in Java's old types, which are less
   * exact.
   */
  private boolean isGivenAsWhole(Array array) throws SQLException {
    int jdbcType = array.getBaseType();
    return switch (SqlType.of(jdbcType, String.valueOf(array.getBaseTypeName()), 0, dialect)) {
      case PLAIN, ARRAY, JSON -> true;
      // Not what has only its text here, such as money; bit(1) is told from longer ones by failing.
      case TEXT -> jdbcType == Types.VARCHAR || jdbcType == Types.BIT;
      default -> false;
    };
  }

  private @Nullable Object asWhole(Array array) throws SQLException {
    Object elements = array.getArray();
    return elements instanceof @Nullable Object[] objects
        ? list(objects, String.valueOf(array.getBaseTypeName()).toLowerCase(Locale.ROOT))
        : elements;
  }

  /**
   * Returns elements each read as a column's value; {@code null} if the driver gives them as a
   * whole only.
   */
  private @Nullable Object oneByOne(Array array) throws SQLException {
    try (ResultSet elements = array.getResultSet()) {
      SqlColumn element = of(elements.getMetaData(), ELEMENT, name, dialect);
      List<@Nullable Object> list = new ArrayList<>();
      while (elements.next()) {
        Object value = element.value(elements);
        if (value instanceof Unreadable) {
          return value;
        }
        list.add(value);
      }
      return Collections.unmodifiableList(list);
    } catch (SQLFeatureNotSupportedException whole) {
      return null;
    }
  }

  private List<@Nullable Object> list(@Nullable Object[] elements, String type)
      throws SQLException {
    List<@Nullable Object> list = new ArrayList<>(elements.length);
    for (Object element : elements) {
      list.add(element(element, type));
    }
    return Collections.unmodifiableList(list);
  }

  private @Nullable Object element(@Nullable Object element, String type) throws SQLException {
    if (element == null) {
      return null;
    }
    if (element instanceof Array inner) {
      return list(inner);
    }
    if (element instanceof @Nullable Object[] inner) {
      return list(inner, type);
    }
    if (type.equals("json") || type.equals("jsonb")) {
      return JsonColumn.value(element.toString(), name);
    }
    if (element instanceof Timestamp time) {
      return type.equals("timestamptz") || type.contains("with time zone")
          ? time.toInstant()
          : time.toLocalDateTime();
    }
    if (element instanceof Date date) {
      return date.toLocalDate();
    }
    if (element instanceof Time time) {
      return time.toLocalTime();
    }
    if (element instanceof byte[]) {
      return bytes();
    }
    return element.getClass().getName().startsWith("java.") ? element : element.toString();
  }
}
