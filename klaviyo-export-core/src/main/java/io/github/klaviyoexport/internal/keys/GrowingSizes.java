package io.github.klaviyoexport.internal.keys;

import java.util.Arrays;

/**
 * The sizes through which the partitions of a hash table grow: the first, and each of the others a
 * factor more than the one before.
 *
 * <p>Which of them a partition has is one byte, and all such bytes stay in the processor's cache.
 * So where to look in a partition is known without waiting for the partition itself to come from
 * memory, and several look-ups wait for memory at the same time, not one after the other.
 */
public final class GrowingSizes {
  /** The share of a partition that may be filled. */
  public static final double MAX_LOAD = 0.85;

  private static final double GROWTH = 1.4;
  private static final int SMALLEST = 8;

  private final int[] sizes;

  private GrowingSizes(int first) {
    int[] all = new int[Byte.MAX_VALUE];
    int count = 0;
    for (double size = first; size < Integer.MAX_VALUE / 2.0; size = (int) (size * GROWTH)) {
      all[count++] = (int) size;
    }
    sizes = Arrays.copyOf(all, count);
  }

  /** Returns the sizes of a table of which nothing is known. */
  public static GrowingSizes fromSmall() {
    return new GrowingSizes(SMALLEST);
  }

  /**
   * Returns sizes whose first is enough for nearly all partitions of a table with so much in it.
   */
  public static GrowingSizes expecting(long entries, int partitions) {
    double mean = (double) entries / partitions;
    double most = mean + 2 * Math.sqrt(mean);
    return new GrowingSizes(
        (int) Math.min(Integer.MAX_VALUE / 4.0, Math.max(SMALLEST, most / MAX_LOAD + 1)));
  }

  /** Returns the size at a step, counted from 0. */
  public int at(int step) {
    return sizes[step];
  }
}
