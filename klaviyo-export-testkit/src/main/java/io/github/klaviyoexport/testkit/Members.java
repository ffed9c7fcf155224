package io.github.klaviyoexport.testkit;

import java.util.Arrays;

/** The members of a list, by profile number, in the order in which they joined. */
final class Members {
  private static final int NONE = -1;

  private int[] numbers = new int[16];
  private long[] joined = new long[16];
  // By profile number: the position plus one; 0 for those who are not members.
  private int[] positions = new int[16];
  private int end;

  int size() {
    return end;
  }

  /** Adds a profile; one that is a member already stays as it is. */
  void add(int number, long epochMillis) {
    if (number >= positions.length) {
      positions = Arrays.copyOf(positions, grown(number));
    }
    if (positions[number] != 0) {
      return;
    }
    if (end == numbers.length) {
      numbers = Arrays.copyOf(numbers, grown(end));
      joined = Arrays.copyOf(joined, grown(end));
    }
    numbers[end] = number;
    joined[end] = epochMillis;
    positions[number] = ++end;
  }

  private static int grown(int needed) {
    return needed + needed / 2 + 16;
  }

  /** Where the profile stands, counted from 0, or -1. */
  int position(int number) {
    return number >= positions.length ? NONE : positions[number] - 1;
  }

  int numberAt(int position) {
    return numbers[position];
  }

  long joinedAt(int position) {
    return joined[position];
  }
}
