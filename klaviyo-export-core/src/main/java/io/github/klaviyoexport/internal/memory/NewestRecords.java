package io.github.klaviyoexport.internal.memory;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A pass through what was written of each customer last, one block after the other, from the newest
 * to the oldest.
 *
 * <p>Belongs to one thread. The index must not grow meanwhile, and only one pass is made at a time.
 */
final class NewestRecords {
  private final SealedBlocks blocks;
  private final CustomerIndex index;
  private ByteBuffer content = ByteBuffer.allocate(0);
  private long number;
  private int left;
  private boolean known;
  private long place;
  private int start;

  NewestRecords(SealedBlocks blocks, CustomerIndex index) {
    this.blocks = blocks;
    this.index = index;
    this.number = blocks.count();
  }

  /** Moves on to the next customer; returns whether there is one. */
  boolean next() throws IOException {
    while (true) {
      while (left == 0) {
        if (number == 0) {
          return false;
        }
        open(--number);
      }
      left--;
      long fingerprint = content.getLong();
      if (known) {
        MemoryState.skipKnown(content);
      } else {
        content.getLong();
      }
      start = content.position();
      MemoryBlock.skipIdentifiers(content);
      place = index.find(fingerprint);
      if (place != CustomerIndex.NOWHERE && !index.is(place, CustomerIndex.SEEN)) {
        index.mark(place, CustomerIndex.SEEN);
        return true;
      }
    }
  }

  private void open(long block) throws IOException {
    content = blocks.read(block);
    byte type = content.get();
    known = type == MemoryBlock.CUSTOMERS;
    if (type == MemoryBlock.HANDED) {
      MemoryState.skipToHandedRows(content);
    }
    left = known || type == MemoryBlock.HANDED ? content.getInt() : 0;
  }

  /** Returns where the index has the customer. */
  long place() {
    return place;
  }

  /** Adds the customer's identifiers to a block. */
  void copyIdentifiers(MemoryBytes to) {
    to.put(content.array(), start, content.position() - start);
  }

  /** Returns the customer. */
  RememberedMember member(Windows windows) {
    ByteBuffer identifiers = content.duplicate().position(start);
    return new RememberedMember(
        index.fingerprint(place),
        MemoryBlock.identifier(identifiers),
        MemoryBlock.identifier(identifiers),
        MemoryBlock.identifier(identifiers),
        index.is(place, CustomerIndex.MEMBER),
        windows.of(index.firstWindow(place)),
        windows.of(index.lastWindow(place)));
  }
}
