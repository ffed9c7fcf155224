package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.internal.text.EmailShape;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the reading of a segment stands behind a row, as text for the journal: {@code
 * customer_id=n42&17} behind the seventeenth row.
 *
 * @param key that of the row
 * @param rows how many have been read of the segment, with this one; by it rows without an id are
 *     named
 */
record RowPosition(RowKey key, long rows) {

  /**
   * Returns the position as text; {@code null} if text other than the id, or an address, is part of
   * its key: that may be personal data, which must get into no journal.
   */
  @Nullable String write(List<String> columns, String idColumn) {
    StringBuilder position = new StringBuilder();
    List<Object> values = key.values();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) instanceof String text
          && (EmailShape.fits(text) || !columns.get(i).equalsIgnoreCase(idColumn))) {
        return null;
      }
      position.append(columns.get(i)).append('=').append(KeyValue.write(values.get(i))).append('&');
    }
    return position.append(rows).toString();
  }

  /** Reads what {@link #write} gave for the same columns. */
  static RowPosition parse(String position, List<String> columns) throws IOException {
    List<Object> values = new ArrayList<>();
    try {
      String rest = position;
      for (String column : columns) {
        if (!rest.startsWith(column + "=")) {
          throw new IllegalArgumentException("It is no position in this order.");
        }
        rest = rest.substring(column.length() + 1);
        int end = rest.indexOf('&');
        values.add(KeyValue.parse(rest.substring(0, Math.max(0, end))));
        rest = rest.substring(end + 1);
      }
      return new RowPosition(new RowKey(List.copyOf(values)), Long.parseLong(rest));
    } catch (IllegalArgumentException | DateTimeException none) {
      throw new IOException(
          "The position is none in the order of "
              + String.join(", ", columns)
              + ": resume with the source that the export was begun with, or start it over.");
    }
  }

  /** Returns how many rows were read; never a value. */
  @Override
  public String toString() {
    return "RowPosition[" + rows + "]";
  }
}
