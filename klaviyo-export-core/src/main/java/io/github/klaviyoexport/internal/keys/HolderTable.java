package io.github.klaviyoexport.internal.keys;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The table in memory that tells in which blocks the holder of an identifier may be.
 *
 * <p>It is an open hash table of 4 bytes for each: 14 bits of a fingerprint's second lane choose
 * one of 16,384 partitions, 18 more are kept there, and with them the number of a block modulo
 * {@value #BLOCKS}. A partition that is 85 % full grows by two fifths.
 *
 * <p>Identifiers are looked up many at once: the processor then fetches side by side what that
 * takes from memory. The free slot where each search ended is remembered. As long as it is free,
 * the identifier is still missing; and it is put there without another search.
 *
 * <p>Belongs to one thread.
 */
final class HolderTable {
  /** What {@link #next} returns behind the last. */
  static final int NO_SLOT = -1;

  private static final int PARTITION_BITS = 14;
  private static final int PARTITIONS = 1 << PARTITION_BITS;
  private static final int TAG_BITS = 18;
  private static final int BLOCK_BITS = 14;

  /** So many numbers of blocks can be told apart. */
  static final int BLOCKS = 1 << BLOCK_BITS;

  /** The step of any partition while there is none. */
  private static final byte NO_STEP = -1;

  private static final int ARRAY_HEADER_BYTES = 16;

  /** In each slot a tag, and the number of a block modulo {@link #BLOCKS}; 0 in a free one. */
  private int[] @Nullable [] partitions = {};

  private char[] sizes = {};

  /** For each partition which of the sizes it has. */
  private byte[] steps = {};

  private GrowingSizes room = GrowingSizes.fromSmall();

  /** The identifiers that were looked up last. */
  private long[] looked = {};

  /** For each of them the slot where its search ended: a free one, or one with its tag. */
  private int[] ends = {};

  /** For each of them the step that its partition had then, or {@link #NO_STEP}. */
  private byte[] steppedAt = {};

  /** What the last look has fetched: to the compiler, a look for nothing would be none. */
  @SuppressWarnings("UnusedVariable")
  private int fetched;

  /** Makes room at once for so many identifiers; see {@link SeenIdentifiers#expect}. */
  void expect(long identifiers) {
    if (partitions.length == 0) {
      room = GrowingSizes.expecting(identifiers, PARTITIONS);
    }
  }

  /**
   * Looks identifiers up, all together.
   *
   * @param lanes those identifiers, by the second lanes of their fingerprints; not to be changed
   *     before the next look
   * @param count how many of them are to be looked up
   */
  void look(long[] lanes, int count) {
    looked = lanes;
    if (ends.length < count) {
      ends = new int[count];
      steppedAt = new byte[count];
    }
    if (partitions.length == 0) {
      Arrays.fill(steppedAt, NO_STEP);
      return;
    }
    int found = 0;
    for (int i = 0; i < count; i++) {
      long lane1 = lanes[i];
      int partition = partition(lane1);
      byte step = steps[partition];
      int slot = home(tag(lane1), room.at(step));
      steppedAt[i] = step;
      ends[i] = slot;
      int[] slots = partitions[partition];
      found |= slots == null ? 0 : slots[slot];
    }
    fetched = found;
    for (int i = 0; i < count; i++) {
      int[] slots = partitions[partition(lanes[i])];
      if (slots != null && lanes[i] != RowKeys.NONE) {
        ends[i] = end(slots, room.at(steppedAt[i]), ends[i], tag(lanes[i]));
      }
    }
  }

  /** Returns the slot where a search for a tag ends: a free one, or one with that tag. */
  private static int end(int[] slots, int size, int from, int tag) {
    int slot = from;
    while (slots[slot] != 0 && slots[slot] >>> BLOCK_BITS != tag) {
      slot = behind(slot, size);
    }
    return slot;
  }

  /**
   * Returns whether one of the identifiers that were looked up last has certainly no holder, though
   * others have been put here since.
   *
   * @param index its place among them
   */
  boolean isMissing(int index) {
    long lane1 = looked[index];
    if (lane1 == RowKeys.NONE) {
      return true;
    }
    int partition = partition(lane1);
    int[] slots = partition < partitions.length ? partitions[partition] : null;
    return slots == null || hasFreeEnd(index, partition, slots);
  }

  /**
   * Returns whether a search ended at a slot that is still free, and its partition is as it was.
   */
  private boolean hasFreeEnd(int index, int partition, int[] slots) {
    return steps[partition] == steppedAt[index] && slots[ends[index]] == 0;
  }

  /**
   * Returns the next slot that may be of an identifier, or {@link #NO_SLOT}.
   *
   * @param after the slot that was returned before, or {@link #NO_SLOT}
   */
  int next(long lane1, int after) {
    int partition = partition(lane1);
    int[] slots = partition < partitions.length ? partitions[partition] : null;
    if (slots == null) {
      return NO_SLOT;
    }
    int size = room.at(steps[partition]);
    int tag = tag(lane1);
    int slot = after == NO_SLOT ? home(tag, size) : behind(after, size);
    while (slots[slot] != 0) {
      if (slots[slot] >>> BLOCK_BITS == tag) {
        return slot;
      }
      slot = behind(slot, size);
    }
    return NO_SLOT;
  }

  /** Returns the number of the block, modulo {@link #BLOCKS}, that is kept in such a slot. */
  int block(long lane1, int slot) {
    int[] slots = partitions[partition(lane1)];
    return slots == null ? 0 : slots[slot] & (BLOCKS - 1);
  }

  /** Puts an identifier here, with the number of the block that its holder is in. */
  void put(long lane1, int block) {
    int partition = partition(lane1);
    int[] slots = slotsFor(partition);
    put(slots, room.at(steps[partition]), tag(lane1) << BLOCK_BITS | block % BLOCKS);
    sizes[partition]++;
  }

  /**
   * Puts one of the identifiers here that were looked up last, if it is the one that was.
   *
   * @param index its place among them
   */
  void put(long lane1, int block, int index) {
    int partition = partition(lane1);
    int[] slots = slotsFor(partition);
    int size = room.at(steps[partition]);
    int kept = tag(lane1) << BLOCK_BITS | block % BLOCKS;
    if (looked[index] == lane1 && hasFreeEnd(index, partition, slots)) {
      slots[ends[index]] = kept;
    } else {
      put(slots, size, kept);
    }
    sizes[partition]++;
  }

  /** Returns a partition with room for one more. */
  private int[] slotsFor(int partition) {
    if (partitions.length == 0) {
      partitions = new int[PARTITIONS][];
      sizes = new char[PARTITIONS];
      steps = new byte[PARTITIONS];
    }
    int[] slots = partitions[partition];
    int size = room.at(steps[partition]);
    if (slots == null) {
      slots = new int[size];
    } else if (sizes[partition] >= (int) (size * GrowingSizes.MAX_LOAD)) {
      slots = grown(slots, room.at(++steps[partition]));
    } else {
      return slots;
    }
    partitions[partition] = slots;
    return slots;
  }

  private static int[] grown(int[] slots, int size) {
    int[] more = new int[size];
    for (int kept : slots) {
      if (kept != 0) {
        put(more, size, kept);
      }
    }
    return more;
  }

  private static void put(int[] slots, int size, int kept) {
    int slot = home(kept >>> BLOCK_BITS, size);
    while (slots[slot] != 0) {
      slot = behind(slot, size);
    }
    slots[slot] = kept;
  }

  private static int partition(long lane1) {
    return (int) (lane1 >>> (Long.SIZE - PARTITION_BITS));
  }

  /** Returns the bits after those of the partition; never 0, so that no slot looks free. */
  private static int tag(long lane1) {
    return Math.max(1, (int) (lane1 << PARTITION_BITS >>> (Long.SIZE - TAG_BITS)));
  }

  private static int home(int tag, int size) {
    return (int) ((long) tag * size >>> TAG_BITS);
  }

  private static int behind(int slot, int size) {
    return slot + 1 == size ? 0 : slot + 1;
  }

  /** Lets go of everything. */
  void drop() {
    partitions = new int[0][];
    sizes = new char[0];
    steps = new byte[0];
    Arrays.fill(steppedAt, NO_STEP);
  }

  /** Returns how much memory the table takes. */
  long memoryBytes() {
    long bytes = (long) partitions.length * (Integer.BYTES + Character.BYTES + Byte.BYTES);
    for (int[] slots : partitions) {
      bytes += slots == null ? 0 : ARRAY_HEADER_BYTES + (long) slots.length * Integer.BYTES;
    }
    return bytes;
  }
}
