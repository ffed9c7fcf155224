package io.github.klaviyoexport.testkit.internal.account;

import java.util.function.IntPredicate;

/**
 * Finds a profile's number by an identifier, in 8 to 16 bytes a profile.
 *
 * <p>An open-addressing table of longs: the upper half of a slot holds half of the identifier's
 * hash, the lower half the number plus one. Equal halves are settled by looking at the profile.
 */
final class IdentifierIndex {
  private static final long EMPTY = 0;
  private static final long REMOVED = 0xFFFF_FFFFL;
  private static final long UPPER = 0xFFFF_FFFF_0000_0000L;

  private long[] slots = new long[64];
  private int filled;

  /** Returns the number of the profile with that identifier, or -1. */
  int find(String identifier, IntPredicate isIt) {
    long hash = hash(identifier);
    for (int at = start(hash); slots[at] != EMPTY; at = next(at)) {
      if ((slots[at] & UPPER) == (hash & UPPER) && slots[at] != REMOVED) {
        int number = (int) slots[at] - 1;
        if (isIt.test(number)) {
          return number;
        }
      }
    }
    return -1;
  }

  void add(String identifier, int number) {
    if (++filled > slots.length / 4 * 3) {
      grow();
    }
    long hash = hash(identifier);
    put((hash & UPPER) | (number + 1), start(hash));
  }

  void remove(String identifier, int number) {
    long hash = hash(identifier);
    long wanted = (hash & UPPER) | (number + 1);
    for (int at = start(hash); slots[at] != EMPTY; at = next(at)) {
      if (slots[at] == wanted) {
        slots[at] = REMOVED;
        return;
      }
    }
  }

  private void put(long slot, int start) {
    int at = start;
    while (slots[at] != EMPTY) {
      at = next(at);
    }
    slots[at] = slot;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    filled = 1;
    for (long slot : old) {
      if (slot != EMPTY && slot != REMOVED) {
        put(slot, start(slot));
        filled++;
      }
    }
  }

  // The upper half says where a slot belongs, so that the table can grow without the identifiers.
  private int start(long hash) {
    return (((int) (hash >>> 32) * 0x9E3779B9) >>> 1) & (slots.length - 1);
  }

  private int next(int at) {
    return (at + 1) & (slots.length - 1);
  }

  private static long hash(String identifier) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < identifier.length(); i++) {
      hash = (hash ^ identifier.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
    return hash ^ (hash >>> 32);
  }
}
