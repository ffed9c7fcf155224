package io.github.klaviyoexport.testkit.internal.endpoint;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The order of texts, by their UTF-16 units; equal ones stay in the order in which they are given.
 *
 * <p>A million email addresses are sorted in a fraction of what comparing them takes: five letters
 * at a time, beside the place of the text, fit into a number.
 */
final class TextOrder {
  private static final int LETTERS = 5;
  private static final int PLACE_BITS = 24;
  private static final int FEW = 32;
  // The place of a letter that does not fit into eight bits.
  private static final int OTHER = 0xFF;

  private final String[] texts;
  private final int[] order;

  private TextOrder(String[] texts) {
    this.texts = texts;
    this.order = new int[texts.length];
    Arrays.setAll(order, place -> place);
  }

  /** Returns the places of texts, sorted. */
  static int[] of(String[] texts) {
    TextOrder sorted = new TextOrder(texts);
    sorted.sort(0, texts.length, 0);
    return sorted.order;
  }

  /** Puts a part of the order right, in which all texts begin with the same letters. */
  private void sort(int from, int to, int same) {
    if (to - from < FEW || to - from >= 1 << PLACE_BITS) {
      compare(from, to);
      return;
    }
    long[] packed = new long[to - from];
    for (int i = 0; i < packed.length; i++) {
      // Numbers have a sign, letters have none.
      packed[i] = (letters(texts[order[from + i]], same) << PLACE_BITS | i) ^ Long.MIN_VALUE;
    }
    Arrays.parallelSort(packed);
    int[] before = Arrays.copyOfRange(order, from, to);
    int begin = 0;
    for (int i = 0; i < packed.length; i++) {
      order[from + i] = before[(int) packed[i] & ((1 << PLACE_BITS) - 1)];
      if (packed[i] >>> PLACE_BITS != packed[begin] >>> PLACE_BITS) {
        sortEqual(from + begin, from + i, same, packed[begin]);
        begin = i;
      }
    }
    if (begin < packed.length) {
      sortEqual(from + begin, to, same, packed[begin]);
    }
  }

  private void sortEqual(int from, int to, int same, long packed) {
    long letters = (packed ^ Long.MIN_VALUE) >>> PLACE_BITS;
    if (hasOther(letters)) {
      compare(from, to);
    } else if ((letters & OTHER) != 0) {
      sort(from, to, same + LETTERS);
    }
    // Else the texts have ended, and are equal.
  }

  private void compare(int from, int to) {
    if (to - from < 2) {
      return;
    }
    Integer[] places = new Integer[to - from];
    Arrays.setAll(places, i -> order[from + i]);
    Arrays.sort(places, Comparator.comparing(place -> texts[place]));
    for (int i = 0; i < places.length; i++) {
      order[from + i] = places[i];
    }
  }

  /** Returns the next letters; what follows one that does not fit is left to comparing. */
  private static long letters(String text, int from) {
    long letters = 0;
    for (int i = from; i < from + LETTERS; i++) {
      int letter = i < text.length() ? Math.min(text.charAt(i) + 1, OTHER) : 0;
      letters = letters << 8 | letter;
      if (letter == OTHER) {
        return letters << 8 * (from + LETTERS - 1 - i);
      }
    }
    return letters;
  }

  private static boolean hasOther(long letters) {
    for (long rest = letters; rest != 0; rest >>>= 8) {
      if ((rest & OTHER) == OTHER) {
        return true;
      }
    }
    return false;
  }
}
