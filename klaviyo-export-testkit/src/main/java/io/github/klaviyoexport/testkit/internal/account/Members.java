package io.github.klaviyoexport.testkit.internal.account;

import java.time.Instant;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The members of a list, by profile number, in the order in which they joined.
 *
 * <p>Each has a place of its own, counted from 0. A profile that leaves leaves its place empty, so
 * that leaving takes no longer in a list of a million, and others keep their places while the list
 * is read page by page. Empty places are given up when the list would have to grow for more of
 * them.
 */
public final class Members {
  private static final int NONE = -1;

  private int[] numbers = new int[16];
  private long[] joined = new long[16];
  // By profile number: the place plus one; 0 for those who are not members.
  private int[] places = new int[16];
  private int end;
  private int size;

  Members() {}

  /** Returns how many members there are. */
  public int size() {
    return size;
  }

  /**
   * Adds a profile, which joins now, or with the one that joined last if a clock was put back; one
   * that is a member already stays as it is.
   */
  public void add(int number, Instant now) {
    if (number >= places.length) {
      places = Arrays.copyOf(places, grown(number));
    }
    if (places[number] != 0) {
      return;
    }
    if (end == numbers.length) {
      makeRoom();
    }
    put(number, inOrder(now).toEpochMilli());
    size++;
  }

  /**
   * Returns that time, or when the last one joined if that was later, so that the order of joining
   * stays one of time.
   */
  public Instant inOrder(Instant time) {
    long millis = time.toEpochMilli();
    return Instant.ofEpochMilli(end == 0 ? millis : Math.max(millis, joined[end - 1]));
  }

  private void put(int number, long epochMillis) {
    numbers[end] = number;
    joined[end] = epochMillis;
    places[number] = ++end;
  }

  private void makeRoom() {
    if (size <= end / 2) {
      int[] held = all().toArray();
      end = 0;
      for (int place : held) {
        put(numbers[place], joined[place]);
      }
    } else {
      numbers = Arrays.copyOf(numbers, grown(end));
      joined = Arrays.copyOf(joined, grown(end));
    }
  }

  private static int grown(int needed) {
    return needed + needed / 2 + 16;
  }

  /** Takes a profile out; one that is no member stays none. */
  public void remove(int number) {
    int place = place(number);
    if (place != NONE) {
      numbers[place] = NONE;
      places[number] = 0;
      size--;
    }
  }

  /** Returns the place of a profile, or -1. */
  public int place(int number) {
    return number >= places.length ? NONE : places[number] - 1;
  }

  /** Returns the places that are held, in order. */
  public IntStream all() {
    return IntStream.range(0, end).filter(this::isHeld);
  }

  /** Returns those of the places from one to another, not included, that are held, in order. */
  public IntStream between(int from, int to) {
    return IntStream.range(from, Math.max(from, Math.min(to, end))).filter(this::isHeld);
  }

  /** Returns the same places in the opposite order. */
  public IntStream backwards(int from, int to) {
    return IntStream.iterate(Math.min(to, end) - 1, at -> at >= from, at -> at - 1)
        .filter(this::isHeld);
  }

  /** Returns the first place of all that were joined at that time or later, held or not. */
  public int firstJoined(Instant time) {
    int low = 0;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (joinedAt(middle).isBefore(time)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isHeld(int place) {
    return numbers[place] != NONE;
  }

  /** Returns the number of the profile at a place. */
  public int numberAt(int place) {
    return numbers[place];
  }

  /** Returns when the profile at a place joined. */
  public Instant joinedAt(int place) {
    return Instant.ofEpochMilli(joined[place]);
  }
}
