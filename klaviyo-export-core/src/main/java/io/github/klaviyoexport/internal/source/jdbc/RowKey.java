package io.github.klaviyoexport.internal.source.jdbc;

import java.util.List;

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

  /** Returns how many parts there are; never a value. */
  @Override
  public String toString() {
    return "RowKey[" + values.size() + "]";
  }
}
