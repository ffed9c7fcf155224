package io.github.klaviyoexport.internal.keys;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The set of identifiers that a run has met, kept as fingerprints in at most 16 bytes each.
 *
 * <p>12 bits of a fingerprint choose one of 4,096 partitions and 64 more are kept there, in an open
 * hash table. Two identifiers are taken for one when all 76 bits agree: among n identifiers the
 * probability that this happens at all is at most n² / 2<sup>77</sup>, which is 7 ×
 * 10<sup>-12</sup> for a million and 7 × 10<sup>-10</sup> for ten million.
 *
 * <p>A partition that is 85 % full grows by two fifths. Partitions are small and grow one at a
 * time, so the old and the new table of one of them is all that ever exists twice. From 100,000
 * identifiers up that makes 10 to 14 bytes each, at every moment; below, the set takes less than 2
 * MB in all. Where email addresses are all that is mapped, it is the only thing that grows with a
 * segment; else {@link IdentifierHolders} stand in its place, and {@link SortedEmails} where they
 * are sorted.
 *
 * <p>A set belongs to one thread.
 */
public final class SeenIdentifiers {
  private static final int PARTITION_BITS = 12;
  private static final int PARTITIONS = 1 << PARTITION_BITS;

  /** What an array takes beside its elements. */
  private static final int ARRAY_HEADER_BYTES = 16;

  /** The kept 64 bits of each fingerprint; 0 in a free slot. */
  private final long[] @Nullable [] partitions = new long[PARTITIONS][];

  private final int[] sizes = new int[PARTITIONS];

  /** For each partition which of the sizes it has. */
  private final byte[] steps = new byte[PARTITIONS];

  private boolean isEmpty = true;
  private GrowingSizes room = GrowingSizes.fromSmall();

  /** The partitions that hold a fingerprint whose kept bits are all 0, which no slot can show. */
  private final BitSet zeros = new BitSet(PARTITIONS);

  /**
   * Makes room at once for so many identifiers, which spares the set growing step by step; memory
   * is taken as they come. Nothing happens if there are some already.
   */
  public void expect(long identifiers) {
    if (isEmpty) {
      room = GrowingSizes.expecting(identifiers, PARTITIONS);
    }
  }

  /**
   * Returns 0 if a fingerprint has certainly not been added; it costs one look at memory.
   *
   * <p>To be asked of several before more is asked of any: the processor fetches what that takes
   * from memory side by side.
   */
  public int peek(Fingerprint fingerprint) {
    int partition = (int) (fingerprint.lane0() >>> (Long.SIZE - PARTITION_BITS));
    long[] slots = partitions[partition];
    return slots == null || slots[home(fingerprint.lane1(), room.at(steps[partition]))] == 0
        ? fingerprint.lane1() == 0 ? 1 : 0
        : 1;
  }

  /** Returns whether the fingerprint has been added. */
  public boolean contains(Fingerprint fingerprint) {
    return contains(fingerprint.lane0(), fingerprint.lane1());
  }

  /** Adds a fingerprint; returns whether it is new. */
  public boolean add(Fingerprint fingerprint) {
    return add(fingerprint.lane0(), fingerprint.lane1());
  }

  /** Returns whether a fingerprint of these lanes has been added. */
  boolean contains(long lane0, long lane1) {
    int partition = (int) (lane0 >>> (Long.SIZE - PARTITION_BITS));
    long[] slots = partitions[partition];
    return lane1 == 0
        ? zeros.get(partition)
        : slots != null && slots[freeOrEqual(slots, room.at(steps[partition]), lane1)] == lane1;
  }

  /** Adds a fingerprint of these lanes; returns whether it is new. */
  boolean add(long lane0, long lane1) {
    int partition = (int) (lane0 >>> (Long.SIZE - PARTITION_BITS));
    if (lane1 == 0) {
      boolean added = !zeros.get(partition);
      zeros.set(partition);
      return added;
    }
    long[] slots = roomIn(partition);
    int slot = freeOrEqual(slots, room.at(steps[partition]), lane1);
    if (slots[slot] == lane1) {
      return false;
    }
    slots[slot] = lane1;
    sizes[partition]++;
    return true;
  }

  /** Returns how much memory the set takes. */
  long memoryBytes() {
    long bytes =
        3 * ARRAY_HEADER_BYTES
            + PARTITIONS * (Long.BYTES + Integer.BYTES + Byte.BYTES)
            + PARTITIONS / 8;
    for (long[] slots : partitions) {
      bytes += slots == null ? 0 : ARRAY_HEADER_BYTES + (long) slots.length * Long.BYTES;
    }
    return bytes;
  }

  private long[] roomIn(int partition) {
    long[] slots = partitions[partition];
    int size = room.at(steps[partition]);
    if (slots == null) {
      slots = new long[size];
      isEmpty = false;
    } else if (sizes[partition] >= (int) (size * GrowingSizes.MAX_LOAD)) {
      slots = grown(slots, room.at(++steps[partition]));
    } else {
      return slots;
    }
    partitions[partition] = slots;
    return slots;
  }

  private static long[] grown(long[] slots, int size) {
    long[] more = new long[size];
    for (long kept : slots) {
      if (kept != 0) {
        more[freeOrEqual(more, size, kept)] = kept;
      }
    }
    return more;
  }

  /** Returns the slot that holds the value, or else the one where it belongs. */
  private static int freeOrEqual(long[] slots, int size, long value) {
    int slot = home(value, size);
    while (slots[slot] != 0 && slots[slot] != value) {
      slot = slot + 1 == size ? 0 : slot + 1;
    }
    return slot;
  }

  private static int home(long value, int size) {
    return (int) ((value >>> 32) * size >>> 32);
  }
}
