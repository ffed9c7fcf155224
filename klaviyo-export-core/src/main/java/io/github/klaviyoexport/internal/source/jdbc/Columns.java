package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.internal.text.NamesToChoose;
import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The columns of a query's result: a row of them is a customer. */
final class Columns {
  private final List<SqlColumn> columns;
  private final FieldNames fields;
  private final SqlColumn id;
  private final List<SqlColumn> key;

  private Columns(List<SqlColumn> columns, SqlColumn id, List<SqlColumn> key) {
    this.columns = columns;
    this.fields = FieldNames.of(columns.stream().map(SqlColumn::name).toList());
    this.id = id;
    this.key = key;
  }

  /**
   * Reads the columns of a result.
   *
   * @throws IOException if two have one name, or one of those that are needed is missing
   */
  static Columns of(ResultSetMetaData result, Dialect dialect, JdbcSettings settings)
      throws SQLException, IOException {
    List<SqlColumn> columns = new ArrayList<>();
    Map<String, Integer> places = new LinkedHashMap<>();
    for (int index = 1; index <= result.getColumnCount(); index++) {
      SqlColumn column = SqlColumn.of(result, index, result.getColumnLabel(index), dialect);
      if (column.name().isBlank()) {
        throw new IOException(
            "Column " + index + " of the query has no name: give it one, with 'as'.");
      }
      Integer other = places.put(column.name(), index);
      if (other != null) {
        throw new IOException(
            "Columns "
                + other
                + " and "
                + index
                + " of the query are both called "
                + VisibleText.quoted(column.name())
                + ": name each once, with 'as'.");
      }
      columns.add(column);
    }
    List<SqlColumn> key = new ArrayList<>();
    for (String name : settings.order()) {
      key.add(named(name, columns, "to be read in the order of"));
    }
    return new Columns(
        columns, named(settings.idColumn(), columns, "to take the customers' ids from"), key);
  }

  /** Returns the column of a name; upper and lower case matter where there are several else. */
  private static SqlColumn named(String name, List<SqlColumn> columns, String what)
      throws IOException {
    List<SqlColumn> alike =
        columns.stream().filter(column -> column.name().equalsIgnoreCase(name)).toList();
    for (SqlColumn column : alike) {
      if (alike.size() == 1 || column.name().equals(name)) {
        return column;
      }
    }
    NamesToChoose names =
        new NamesToChoose(columns.stream().map(SqlColumn::name).toList(), Map.of(), "");
    throw new IOException(
        "The query gives no column " + names.missing(name) + " " + what + ". " + names.listed());
  }

  /** Returns a column of the result by its name. */
  SqlColumn named(String name, String what) throws IOException {
    return named(name, columns, what);
  }

  FieldNames fields() {
    return fields;
  }

  /** Returns the columns of the order. */
  List<SqlColumn> key() {
    return key;
  }

  /**
   * Returns where the current row stands in the order.
   *
   * @throws IOException if it has no place in it
   */
  RowKey key(ResultSet row) throws SQLException, IOException {
    Object[] values = new Object[key.size()];
    for (int i = 0; i < values.length; i++) {
      SqlColumn column = key.get(i);
      Object value = column.value(row);
      Object part = value != null && column.comparesAsOrdered(value) ? KeyValue.of(value) : null;
      if (part == null) {
        throw unfit(column, value);
      }
      values[i] = column.padded() && part instanceof String text ? text.stripTrailing() : part;
    }
    return new RowKey(List.of(values));
  }

  /** Returns the failure of an order that a row has no place in. */
  private static IOException unfit(SqlColumn column, @Nullable Object value) {
    String name = VisibleText.quoted(column.name());
    return value == null
        ? new IOException(
            "Some customers have no value in "
                + name
                + ", and would be passed over in this order: order by columns that are never null,"
                + " or leave such rows out of the query with 'is not null'.")
        : new IOException(
            "Customers cannot be read in the order of "
                + name
                + ", a column of type "
                + column.typeName()
                + ": order by whole or decimal numbers, text, UUIDs, dates or timestamps, or have the"
                + " query give it as text, as with cast(... as text).");
  }

  /**
   * Returns the customer that the current row is.
   *
   * @param number how many rows have been read of the segment, with this one
   */
  CustomerProfile profile(ResultSet row, long number, String segment) throws SQLException {
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).value(row);
    }
    Object given = values[id.index() - 1];
    String name = idOf(given);
    return name == null
        ? CustomerProfile.unreadable("row " + number + " of " + segment, noId(given))
        : CustomerProfile.of(name, fields, values);
  }

  private Unreadable noId(@Nullable Object value) {
    return value instanceof Unreadable unreadable
        ? unreadable
        : Unreadable.because(
            "the id column '"
                + id.name()
                + "' of type "
                + id.typeName()
                + (value == null || value instanceof String
                    ? " holds nothing"
                    : " holds what is no id"));
  }

  private static @Nullable String idOf(@Nullable Object value) {
    if (value instanceof String text) {
      String id = text.stripTrailing();
      return id.isBlank() ? null : id;
    }
    if (value instanceof BigDecimal number) {
      return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
    if (value instanceof UUID
        || value instanceof Number && !(value instanceof Double || value instanceof Float)) {
      return value.toString();
    }
    return null;
  }
}
