package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.internal.text.EmailShape;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a row stands in the order that a segment is read in.
 *
 * @param values those of the columns of the order, each a {@link KeyValue}
 */
record RowKey(List<Object> values) {

  /** Returns whether this one stands before another; 0 if both stand at the same place. */
  int compareTo(RowKey next) {
    for (int i = 0; i < values.size(); i++) {
      int order = KeyValue.compare(values.get(i), next.values.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /**
   * Returns whether both stand at different places for the database too, which holds more equal.
   */
  boolean surelyDiffersFrom(RowKey other) {
    for (int i = 0; i < values.size(); i++) {
      if (KeyValue.surelyDiffer(values.get(i), other.values.get(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the key as a position to open the source at, {@code customer_id=n42} for example;
   * {@code null} if text other than the id, or an address, is part of it: that may be personal
   * data, which must get into no journal.
   */
  @Nullable String position(List<String> columns, String idColumn) {
    StringBuilder position = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) instanceof String text
          && (EmailShape.fits(text) || !columns.get(i).equalsIgnoreCase(idColumn))) {
        return null;
      }
      position
          .append(i == 0 ? "" : "&")
          .append(columns.get(i))
          .append('=')
          .append(KeyValue.write(values.get(i)));
    }
    return position.toString();
  }

  /** Returns the key that a position was made of. */
  static RowKey parse(String position, List<String> columns) throws IOException {
    List<Object> values = new ArrayList<>();
    try {
      String rest = position;
      for (String column : columns) {
        if (!rest.startsWith(column + "=")) {
          throw new IllegalArgumentException("It is no position in this order.");
        }
        rest = rest.substring(column.length() + 1);
        int end = rest.indexOf('&');
        values.add(KeyValue.parse(end < 0 ? rest : rest.substring(0, end)));
        rest = end < 0 ? "" : rest.substring(end + 1);
      }
      if (rest.isEmpty()) {
        return new RowKey(List.copyOf(values));
      }
    } catch (IllegalArgumentException | DateTimeException none) {
      // Said below.
    }
    throw new IOException(
        "The position is none in the order of "
            + String.join(", ", columns)
            + ": resume with the source that the export was begun with, or start it over.");
  }

  /** Returns how many parts there are; never a value. */
  @Override
  public String toString() {
    return "RowKey[" + values.size() + "]";
  }
}
