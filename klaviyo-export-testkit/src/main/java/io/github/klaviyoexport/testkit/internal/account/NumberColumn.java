package io.github.klaviyoexport.testkit.internal.account;

import java.util.Arrays;

/** A number for each profile, 0 until it is set; it takes no memory before one is. */
public final class NumberColumn {
  private long[] values = {};

  NumberColumn() {}

  /** Returns the number of a profile; 0 before it is set. */
  public long get(int number) {
    return number < values.length ? values[number] : 0;
  }

  void set(int number, long value) {
    if (number >= values.length) {
      if (value == 0) {
        return;
      }
      values = Arrays.copyOf(values, number + number / 2 + 16);
    }
    values[number] = value;
  }
}
