package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.internal.keys.GrowingSizes;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The customers that a memory remembers, in 20 bytes each: a fingerprint of 64 bits, a digest of
 * 48, marks, and the numbers of two windows.
 *
 * <p>8 bits of a fingerprint choose one of 256 partitions, each an open hash table. Partitions grow
 * one at a time, by two fifths when they are 85 % full, so the old and the new table of one of them
 * is all that ever exists twice. That makes 24.5 bytes a customer where their number is known
 * beforehand, as it is of a memory that is opened, and 24 to 34 where they are added.
 *
 * <p>Two customers are taken for one when all 64 bits agree, which among n happens with a
 * probability of at most n² / 2<sup>65</sup>: 3 × 10<sup>-8</sup> for a million. A changed row is
 * taken for an unchanged one with a probability of 2<sup>-48</sup>.
 *
 * <p>A customer's place is a number that is good until the next is added. Belongs to one thread.
 */
final class CustomerIndex {
  /** The bits of the number of a window. */
  static final int WINDOW_BITS = 20;

  /** The place of a customer who is not there. */
  static final long NOWHERE = -1;

  /** The mark of a customer whom this run has met in the segment. */
  static final int MET = 1;

  /** The mark of a customer whom Klaviyo has confirmed as a member. */
  static final int MEMBER = 2;

  /** The mark of a customer whose newest record was seen in a pass through the records. */
  static final int SEEN = 4;

  /** The mark of a customer who is not remembered any more. */
  private static final int GONE = 8;

  /** The mark of a customer whom this run has met among the list's members. */
  static final int LISTED = 16;

  private static final int PARTITION_BITS = 8;
  private static final int PARTITIONS = 1 << PARTITION_BITS;
  private static final int DIGEST_SHIFT = 16;
  private static final int HIGH_SHIFT = 8;
  private static final int BYTE = 0xff;
  private static final long WINDOW_MASK = (1L << WINDOW_BITS) - 1;

  /**
   * For each slot its fingerprint, 0 in a free one; then the digest, the highest 8 bits of both
   * windows, and the marks.
   */
  private final long[] @Nullable [] partitions = new long[PARTITIONS][];

  /** For each slot the other 32 bits of both windows. */
  private final int[] @Nullable [] windows = new int[PARTITIONS][];

  private final int[] used = new int[PARTITIONS];
  private final byte[] steps = new byte[PARTITIONS];
  private GrowingSizes room = GrowingSizes.fromSmall();
  private long members;
  private long uncertain;

  /** Makes room for so many customers, as long as there are none. */
  void expect(long customers) {
    room = GrowingSizes.expecting(customers, PARTITIONS);
  }

  /** Returns how many customers are confirmed as members. */
  long members() {
    return members;
  }

  /** Returns how many customers may be members. */
  long uncertain() {
    return uncertain;
  }

  /** Returns where a customer is, or {@link #NOWHERE}. */
  long find(long fingerprint) {
    long value = kept(fingerprint);
    int partition = partition(value);
    long[] slots = partitions[partition];
    if (slots == null) {
      return NOWHERE;
    }
    int slot = freeOrEqual(slots, room.at(steps[partition]), value);
    return slots[2 * slot] == 0 || (slots[2 * slot + 1] & GONE) != 0
        ? NOWHERE
        : place(partition, slot);
  }

  /** Adds a customer who is not there, of whom nothing is known yet; returns where. */
  long add(long fingerprint) {
    long value = kept(fingerprint);
    int partition = partition(value);
    long[] slots = roomIn(partition);
    int slot = freeOrEqual(slots, room.at(steps[partition]), value);
    if (slots[2 * slot] == 0) {
      slots[2 * slot] = value;
      used[partition]++;
    }
    slots[2 * slot + 1] = 0;
    windowsOf(partition)[slot] = 0;
    uncertain++;
    return place(partition, slot);
  }

  /** Removes a customer. */
  void remove(long place) {
    if (is(place, MEMBER)) {
      members--;
    } else {
      uncertain--;
    }
    long[] slots = slots(place);
    slots[word(place)] = GONE;
  }

  /** Returns the fingerprint of a customer. */
  long fingerprint(long place) {
    return slots(place)[word(place) - 1];
  }

  /** Returns what an index keeps of a fingerprint, which is never 0. */
  static long kept(long fingerprint) {
    return fingerprint == 0 ? 1 : fingerprint;
  }

  /** Returns what an index keeps of a digest, which is never 0. */
  static long digest(long digest) {
    long kept = digest >>> DIGEST_SHIFT;
    return kept == 0 ? 1 : kept;
  }

  /** Returns the digest of a customer's row; 0 if it is unknown. */
  long digestOf(long place) {
    return slots(place)[word(place)] >>> DIGEST_SHIFT;
  }

  /** Sets the digest of a customer's row; 0 if it is unknown. */
  void setDigest(long place, long kept) {
    long[] slots = slots(place);
    int word = word(place);
    slots[word] = kept << DIGEST_SHIFT | slots[word] & (1L << DIGEST_SHIFT) - 1;
  }

  /** Returns whether a customer has a mark. */
  boolean is(long place, int mark) {
    return (slots(place)[word(place)] & mark) != 0;
  }

  /** Gives a customer a mark. */
  void mark(long place, int mark) {
    if (mark == MEMBER && !is(place, MEMBER)) {
      members++;
      uncertain--;
    }
    slots(place)[word(place)] |= mark;
  }

  /** Takes in that a customer may be a member, and may not. */
  void doubt(long place) {
    if (is(place, MEMBER)) {
      members--;
      uncertain++;
      slots(place)[word(place)] &= ~(long) MEMBER;
    }
    setDigest(place, 0);
  }

  /** Returns the number of the window of the first job that may have added the customer. */
  int firstWindow(long place) {
    return (int) (bothWindows(place) >>> WINDOW_BITS);
  }

  /** Returns the number of the window of the last other job that may have. */
  int lastWindow(long place) {
    return (int) (bothWindows(place) & WINDOW_MASK);
  }

  private long bothWindows(long place) {
    long high = slots(place)[word(place)] >>> HIGH_SHIFT & BYTE;
    int low = windowsOf(partitionAt(place))[slotAt(place)];
    return high << Integer.SIZE | low & 0xffff_ffffL;
  }

  /** Sets the numbers of both windows. */
  void setWindows(long place, int first, int last) {
    long both = (long) first << WINDOW_BITS | last;
    long[] slots = slots(place);
    int word = word(place);
    slots[word] = slots[word] & ~((long) BYTE << HIGH_SHIFT) | both >>> Integer.SIZE << HIGH_SHIFT;
    windowsOf(partitionAt(place))[slotAt(place)] = (int) both;
  }

  /** Passes on the place of each customer; the index must not grow meanwhile. */
  void each(LongConsumer place) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      long[] slots = partitions[partition];
      for (int slot = 0; slots != null && 2 * slot < slots.length; slot++) {
        if (slots[2 * slot] != 0 && (slots[2 * slot + 1] & GONE) == 0) {
          place.accept(place(partition, slot));
        }
      }
    }
  }

  /** Takes a mark from all customers. */
  void unmark(int mark) {
    for (long[] slots : partitions) {
      for (int word = 1; slots != null && word < slots.length; word += 2) {
        slots[word] &= ~(long) mark;
      }
    }
  }

  /** Makes all digests unknown. */
  void forgetDigests() {
    for (long[] slots : partitions) {
      for (int word = 1; slots != null && word < slots.length; word += 2) {
        slots[word] &= (1L << DIGEST_SHIFT) - 1;
      }
    }
  }

  /** Returns how much memory the index takes. */
  long memoryBytes() {
    long bytes = PARTITIONS * (2L * Long.BYTES + Integer.BYTES + Byte.BYTES);
    for (long[] slots : partitions) {
      bytes += slots == null ? 0 : 2 * 16 + slots.length * (Long.BYTES + Integer.BYTES / 2);
    }
    return bytes;
  }

  private static long place(int partition, int slot) {
    return (long) partition << Integer.SIZE | slot;
  }

  private static int partitionAt(long place) {
    return (int) (place >>> Integer.SIZE);
  }

  private static int slotAt(long place) {
    return (int) place;
  }

  private static int word(long place) {
    return 2 * slotAt(place) + 1;
  }

  private long[] slots(long place) {
    return slotsOf(partitionAt(place));
  }

  private long[] slotsOf(int partition) {
    long[] slots = partitions[partition];
    if (slots == null) {
      throw new IllegalStateException("A place is none of this index.");
    }
    return slots;
  }

  private int[] windowsOf(int partition) {
    int[] of = windows[partition];
    if (of == null) {
      throw new IllegalStateException("A place is none of this index.");
    }
    return of;
  }

  private static int partition(long value) {
    return (int) (value >>> (Long.SIZE - PARTITION_BITS));
  }

  private long[] roomIn(int partition) {
    int size = room.at(steps[partition]);
    if (partitions[partition] == null) {
      partitions[partition] = new long[2 * size];
      windows[partition] = new int[size];
    } else if (used[partition] >= (int) (size * GrowingSizes.MAX_LOAD)) {
      grow(partition, room.at(++steps[partition]));
    }
    return slotsOf(partition);
  }

  private void grow(int partition, int size) {
    long[] slots = slotsOf(partition);
    int[] of = windowsOf(partition);
    long[] more = new long[2 * size];
    int[] moreWindows = new int[size];
    int kept = 0;
    for (int slot = 0; slot < of.length; slot++) {
      if (slots[2 * slot] != 0 && (slots[2 * slot + 1] & GONE) == 0) {
        int to = freeOrEqual(more, size, slots[2 * slot]);
        more[2 * to] = slots[2 * slot];
        more[2 * to + 1] = slots[2 * slot + 1];
        moreWindows[to] = of[slot];
        kept++;
      }
    }
    partitions[partition] = more;
    windows[partition] = moreWindows;
    used[partition] = kept;
  }

  /** Returns the slot that holds the fingerprint, or else the one where it belongs. */
  private static int freeOrEqual(long[] slots, int size, long value) {
    int slot = (int) ((value & 0xffff_ffffL) * size >>> Integer.SIZE);
    while (slots[2 * slot] != 0 && slots[2 * slot] != value) {
      slot = slot + 1 == size ? 0 : slot + 1;
    }
    return slot;
  }
}
