package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.memory.MemoryLog;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the blocks of a memory say, one after the other. A run that writes a block has it read here
 * too, so that a memory that is opened again knows the same.
 *
 * <p>Belongs to one thread.
 */
final class MemoryState {
  /** The bytes of a customer of a {@link MemoryBlock#CUSTOMERS} block before the identifiers. */
  private static final int KNOWN_BYTES = 2 * Long.BYTES + 1 + 2 * Integer.BYTES;

  private static final int MOST_A_BLOCK = MemoryLog.MAX_BLOCK_BYTES / KNOWN_BYTES;

  final CustomerIndex index = new CustomerIndex();
  private final SealedBlocks blocks;

  /** The blocks of rows of each batch of the run that has handed on rows last. */
  private final Map<Integer, long[]> handed = new HashMap<>();

  private @Nullable String run;
  private Windows windows = new Windows();
  private byte @Nullable [] setup;
  private @Nullable LastRun last;
  private boolean whole;
  private long expected;
  private long read;
  private long baseBytes;
  private long tailBytes;

  /** The number of the first block whose digests hold. */
  private long digestsFrom;

  MemoryState(SealedBlocks blocks) {
    this.blocks = blocks;
  }

  /** Reads all blocks. */
  void readAll() throws IOException {
    for (long number = 0; number < blocks.count(); number++) {
      take(number, blocks.read(number));
    }
    if (blocks.count() > 0 && !whole) {
      throw blocks.damaged(blocks.count() - 1);
    }
  }

  /** Reads a block. */
  void take(long number, ByteBuffer content) throws IOException {
    try {
      int bytes = content.remaining();
      byte type = content.get();
      if ((type <= MemoryBlock.END) == whole || (type == MemoryBlock.BEGIN) != (number == 0)) {
        throw blocks.damaged(number);
      }
      if (whole) {
        tailBytes += bytes;
      } else {
        baseBytes += bytes;
      }
      take(type, number, content);
    } catch (BufferUnderflowException | IllegalArgumentException | DateTimeException e) {
      IOException damaged = blocks.damaged(number);
      damaged.initCause(e);
      throw damaged;
    }
  }

  private void take(byte type, long number, ByteBuffer content) throws IOException {
    switch (type) {
      case MemoryBlock.BEGIN -> {
        setup = MemoryBlock.bytes(content, MemoryBlock.SETUP_BYTES);
        expected = content.getLong();
        if (expected < 0 || expected / MOST_A_BLOCK > blocks.count()) {
          throw blocks.damaged(number);
        }
        last = MemoryBlock.lastRun(content);
        index.expect(expected);
      }
      case MemoryBlock.WINDOWS -> {
        for (int left = content.getInt(); left > 0; left--) {
          windows.number(new Window(content.getLong(), content.getLong()));
        }
      }
      case MemoryBlock.CUSTOMERS -> {
        for (int left = content.getInt(); left > 0; left--) {
          takeCustomer(content);
        }
      }
      case MemoryBlock.END -> {
        if (content.getLong() != read || read != expected) {
          throw blocks.damaged(number);
        }
        whole = true;
      }
      case MemoryBlock.HANDED -> takeHanded(number, content);
      case MemoryBlock.CONFIRMED -> takeConfirmed(content);
      case MemoryBlock.SHOWN -> takeShown(content);
      case MemoryBlock.SETUP -> {
        setup = MemoryBlock.bytes(content, MemoryBlock.SETUP_BYTES);
        forgetDigests(number);
      }
      case MemoryBlock.RUN_END -> {
        last = MemoryBlock.lastRun(content);
        endRun();
      }
      default -> throw blocks.damaged(number);
    }
  }

  private void takeCustomer(ByteBuffer content) {
    long fingerprint = content.getLong();
    if (index.find(fingerprint) != CustomerIndex.NOWHERE) {
      throw new IllegalArgumentException("A customer is there twice.");
    }
    long place = index.add(fingerprint);
    index.setDigest(place, content.getLong());
    if (content.get() != 0) {
      index.mark(place, CustomerIndex.MEMBER);
    }
    index.setWindows(place, windowNumber(content), windowNumber(content));
    MemoryBlock.skipIdentifiers(content);
    read++;
  }

  private int windowNumber(ByteBuffer content) {
    int number = content.getInt();
    if (number < Windows.NONE || number > windows.count()) {
      throw new IllegalArgumentException("A window is none.");
    }
    return number;
  }

  /** Adds what is known of a customer to a block, whose identifiers are put behind it. */
  void putKnown(MemoryBytes to, long place, int[] windowNumbers) {
    to.putLong(index.fingerprint(place))
        .putLong(index.digestOf(place))
        .putByte(index.is(place, CustomerIndex.MEMBER) ? 1 : 0)
        .putInt(windowNumbers[index.firstWindow(place)])
        .putInt(windowNumbers[index.lastWindow(place)]);
  }

  private void takeHanded(long number, ByteBuffer content) {
    String by = MemoryBlock.text(content);
    int batch = content.getInt();
    int firstRow = content.getInt();
    if (!by.equals(run)) {
      handed.clear();
      run = by;
    }
    long[] before = firstRow == 0 ? null : handed.get(batch);
    long[] all = before == null ? new long[1] : Arrays.copyOf(before, before.length + 1);
    all[all.length - 1] = number;
    handed.put(batch, all);
    for (int left = content.getInt(); left > 0; left--) {
      long fingerprint = content.getLong();
      content.getLong();
      MemoryBlock.skipIdentifiers(content);
      long place = index.find(fingerprint);
      if (place == CustomerIndex.NOWHERE) {
        index.add(fingerprint);
      } else {
        index.setDigest(place, 0);
      }
    }
  }

  /** Returns whether rows of a batch were handed on that may be confirmed. */
  boolean isHanded(String by, int batch) {
    return by.equals(run) && handed.containsKey(batch);
  }

  private void takeConfirmed(ByteBuffer content) throws IOException {
    String by = MemoryBlock.text(content);
    int batch = content.getInt();
    BitSet rows = content.get() == 0 ? null : MemoryBlock.bits(content);
    BitSet except = MemoryBlock.bits(content);
    BitSet inPart = MemoryBlock.bits(content);
    int window =
        content.get() == 0
            ? Windows.NONE
            : windows.number(new Window(content.getLong(), content.getLong()));
    if (!isHanded(by, batch)) {
      return;
    }
    int row = 0;
    for (long number : handed.getOrDefault(batch, new long[0])) {
      ByteBuffer of = blocks.read(number);
      skipToRows(of);
      for (int left = of.getInt(); left > 0; left--, row++) {
        long fingerprint = of.getLong();
        long digest = CustomerIndex.digest(of.getLong());
        MemoryBlock.skipIdentifiers(of);
        if ((rows == null || rows.get(row)) && !except.get(row)) {
          confirm(fingerprint, number < digestsFrom || inPart.get(row) ? 0 : digest, window);
        }
      }
    }
  }

  private static void skipToRows(ByteBuffer content) {
    content.get();
    MemoryBlock.text(content);
    content.getInt();
    content.getInt();
  }

  private void confirm(long fingerprint, long digest, int window) {
    long place = index.find(fingerprint);
    if (place == CustomerIndex.NOWHERE) {
      return;
    }
    boolean inDoubt = !index.is(place, CustomerIndex.MEMBER);
    index.mark(place, CustomerIndex.MEMBER);
    index.setDigest(place, digest);
    if (window != Windows.NONE) {
      int first = index.firstWindow(place);
      if (inDoubt && first != window) {
        // It has joined now, or before if it shows late: the last is what gives way to later ones.
        index.setWindows(place, window, first);
      } else if (first == Windows.NONE) {
        index.setWindows(place, window, Windows.NONE);
      } else if (first != window) {
        index.setWindows(place, first, window);
      }
    }
  }

  private void takeShown(ByteBuffer content) {
    int count = content.getInt();
    BitSet areMembers = MemoryBlock.bits(content);
    BitSet areInDoubt = MemoryBlock.bits(content);
    for (int i = 0; i < count; i++) {
      show(content.getLong(), areMembers.get(i), areInDoubt.get(i));
    }
  }

  /** Takes in what a look at the list has shown of a customer: if nothing, the customer is gone. */
  void show(long fingerprint, boolean isMember, boolean isInDoubt) {
    long place = index.find(fingerprint);
    if (place == CustomerIndex.NOWHERE) {
      return;
    }
    if (isMember) {
      index.mark(place, CustomerIndex.MEMBER);
    } else if (isInDoubt) {
      index.doubt(place);
    } else {
      index.remove(place);
    }
  }

  /** Makes all digests unknown, those too that blocks before a number would confirm. */
  void forgetDigests(long before) {
    index.forgetDigests();
    digestsFrom = before;
  }

  private void endRun() {
    handed.clear();
    run = null;
  }

  /** Returns a pass through what was written of each customer last. */
  NewestRecords newestRecords() {
    index.unmark(CustomerIndex.SEEN);
    return new NewestRecords(blocks, index);
  }

  /** Writes all blocks anew, without what is not known any more. */
  void compact(byte[] newSetup, @Nullable LastRun newLast) throws IOException {
    Compaction compaction = new Compaction(this, newSetup, newLast);
    long bytes = blocks.replace(compaction);
    windows = compaction.windows();
    int[] numbers = compaction.windowNumbers();
    index.each(
        place ->
            index.setWindows(
                place, numbers[index.firstWindow(place)], numbers[index.lastWindow(place)]));
    endRun();
    setup = newSetup;
    last = newLast;
    whole = true;
    digestsFrom = 0;
    baseBytes = bytes;
    tailBytes = 0;
  }

  /** Returns whether what has happened since the last compaction, and will now, is little. */
  boolean isTailShort(long more) {
    return whole && (tailBytes + more) * 4 <= baseBytes;
  }

  boolean isWhole() {
    return whole;
  }

  Windows windows() {
    return windows;
  }

  byte @Nullable [] setup() {
    return setup;
  }

  @Nullable LastRun last() {
    return last;
  }

  /** Returns how many customers are remembered. */
  long customers() {
    return index.members() + index.uncertain();
  }

  /** Moves on behind what is known of a customer, to the identifiers. */
  static void skipKnown(ByteBuffer content) {
    content.position(content.position() + KNOWN_BYTES - Long.BYTES);
  }

  /** Moves on to the rows of a block of rows, behind its type. */
  static void skipToHandedRows(ByteBuffer content) {
    MemoryBlock.text(content);
    content.getInt();
    content.getInt();
  }
}
