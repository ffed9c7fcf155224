package io.github.klaviyoexport.internal.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The holders of identifiers: for each email address, phone number and external id that a run has
 * met, the customer who had it first.
 *
 * <p>Memory holds 4 bytes of each, in an open hash table: 14 bits of a fingerprint's second lane
 * choose one of 16,384 partitions, 18 more are kept there, and with them where the rest is. That
 * rest, all of the lane and the customer's id, waits in the {@link RowKeySpill}, in blocks of
 * {@value #ROWS_PER_BLOCK} customers, and is looked at when the bits in memory agree. So a holder
 * is told exactly: two phone numbers or external ids are taken for one when all 64 bits agree,
 * which among n identifiers happens with a probability of at most n² / 2<sup>65</sup>, 3 ×
 * 10<sup>-7</sup> for three million; for email addresses it is 80 bits. Of identifiers that are
 * new, one in 1,400 costs a look at a block when there are three million, and one in 140 when there
 * are thirty.
 *
 * <p>A partition that is 85 % full grows by two fifths, so that from 300,000 identifiers up 4.5 to
 * 7 bytes are taken for each; below, the table takes less than 2 MB in all, and nothing when there
 * is none. In the spill each customer takes 30 bytes and the id.
 *
 * <p>Belongs to one thread.
 */
public final class IdentifierHolders {
  static final int ROWS_PER_BLOCK = 1024;

  private static final int PARTITION_BITS = 14;
  private static final int TAG_BITS = 18;
  private static final int BLOCK_BITS = 14;
  private static final int BLOCKS = 1 << BLOCK_BITS;
  private static final int ARRAY_HEADER_BYTES = 16;

  private final RowKeySpill spill;
  private final List<RowKeySpill.Kept> blocks = new ArrayList<>();
  private final Block open = new Block();

  /** The block that was read last: an identifier that many share has one holder. */
  private ByteBuffer read = ByteBuffer.allocate(0);

  private int readNumber = -1;

  /** What {@link #add} adds. */
  private final long[] added = new long[3];

  /** In each slot a tag, and the number of a block modulo {@link #BLOCKS}; 0 in a free one. */
  private int[] @Nullable [] partitions = {};

  private char[] sizes = {};

  /** For each partition which of the sizes it has. */
  private byte[] steps = {};

  private GrowingSizes room = GrowingSizes.fromSmall();

  /** Creates holders of which there are none yet. */
  public IdentifierHolders(RowKeySpill spill) {
    this.spill = spill;
  }

  /** Makes room at once for so many identifiers; see {@link SeenIdentifiers#expect}. */
  public void expect(long identifiers) {
    if (partitions.length == 0) {
      room = GrowingSizes.expecting(identifiers, 1 << PARTITION_BITS);
    }
  }

  /**
   * Returns 0 if an identifier certainly has no holder; it costs one look at memory.
   *
   * <p>To be asked of several identifiers before more is asked of any: the processor fetches what
   * that takes from memory side by side.
   */
  public int peek(long lane1) {
    int partition = partition(lane1);
    int[] slots = partition < partitions.length ? partitions[partition] : null;
    return slots == null ? 0 : slots[home(tag(lane1), room.at(steps[partition]))];
  }

  /**
   * Returns the customer who had an identifier first, or {@code null} if it is new.
   *
   * @param lane1 the second lane of its fingerprint; {@link RowKeys#NONE} has no holder
   */
  public @Nullable String holderOf(long lane1) {
    int partition = partition(lane1);
    int[] slots = partition < partitions.length ? partitions[partition] : null;
    if (slots == null || lane1 == RowKeys.NONE) {
      return null;
    }
    int size = room.at(steps[partition]);
    int tag = tag(lane1);
    int slot = home(tag, size);
    while (slots[slot] != 0) {
      if (slots[slot] >>> BLOCK_BITS == tag) {
        String holder = findIn(slots[slot] & (BLOCKS - 1), lane1);
        if (holder != null) {
          return holder;
        }
      }
      slot = next(slot, size);
    }
    return null;
  }

  /** Looks into the block of that number, and into those whose numbers differ by all the bits. */
  private @Nullable String findIn(int number, long lane1) {
    for (int block = number; block < blocks.size(); block += BLOCKS) {
      RowKeySpill.Kept kept = blocks.get(block);
      if (block != readNumber) {
        read = ByteBuffer.wrap(kept.read(Block.PHONES, Block.IDS - Block.PHONES));
        readNumber = block;
      }
      int row = Block.find(read, 2 * ROWS_PER_BLOCK, lane1) % ROWS_PER_BLOCK;
      if (row >= 0) {
        int ends = Block.ENDS - Block.PHONES;
        int start = row == 0 ? 0 : read.getInt(ends + (row - 1) * Integer.BYTES);
        int end = read.getInt(ends + row * Integer.BYTES);
        return new String(kept.read(Block.IDS + start, end - start), StandardCharsets.UTF_8);
      }
    }
    return blocks.size() % BLOCKS == number ? open.holderOf(lane1) : null;
  }

  /** Returns whether an email address has a holder. */
  public boolean hasEmail(Fingerprint email) {
    return find(email, false) != null;
  }

  /** Returns the customer who had an email address first, or {@code null} if it is new. */
  public @Nullable String holderOfEmail(Fingerprint email) {
    return find(email, true);
  }

  /** Returns the holder of an email address, or any text in place of the name if not asked for. */
  private @Nullable String find(Fingerprint email, boolean named) {
    long lane1 = email.lane1();
    int partition = partition(lane1);
    int[] slots = partition < partitions.length ? partitions[partition] : null;
    if (slots == null) {
      return null;
    }
    int size = room.at(steps[partition]);
    int tag = tag(lane1);
    for (int slot = home(tag, size); slots[slot] != 0; slot = next(slot, size)) {
      if (slots[slot] >>> BLOCK_BITS == tag) {
        String holder = findIn(slots[slot] & (BLOCKS - 1), email, named);
        if (holder != null) {
          return holder;
        }
      }
    }
    return null;
  }

  private @Nullable String findIn(int number, Fingerprint email, boolean named) {
    for (int block = number; block < blocks.size(); block += BLOCKS) {
      RowKeySpill.Kept kept = blocks.get(block);
      int row = Block.rowOf(ByteBuffer.wrap(kept.read(0, Block.PHONES)), email);
      if (row >= 0) {
        return named ? holder(kept, row) : "";
      }
    }
    return blocks.size() % BLOCKS == number ? open.holderOf(email) : null;
  }

  private static String holder(RowKeySpill.Kept kept, int row) {
    int before = Math.max(0, row - 1);
    ByteBuffer ends =
        ByteBuffer.wrap(kept.read(Block.ENDS + before * Integer.BYTES, 2 * Integer.BYTES));
    int start = row == 0 ? 0 : ends.getInt();
    return new String(kept.read(Block.IDS + start, ends.getInt() - start), StandardCharsets.UTF_8);
  }

  /** Adds the identifiers of a row, which have no holder yet: they are its customer's now. */
  public void add(RowKeys keys, int row) {
    long phone = keys.phone(row);
    long externalId = keys.externalId(row);
    long first = keys.lane1(row);
    long email = first == phone || first == externalId ? RowKeys.NONE : first;
    open.add(keys, row, email);
    added[0] = email;
    added[1] = phone;
    added[2] = externalId;
    for (long lane1 : added) {
      put(lane1);
    }
    if (open.isFull()) {
      blocks.add(spill.keepHolders(open.takeAll()));
    }
  }

  /** Customers with their identifiers, in the order in which they came. */
  private static final class Block {
    /** Where in a packed block what begins: email addresses are at its start. */
    static final int PREFIXES = ROWS_PER_BLOCK * Long.BYTES;

    static final int PHONES = PREFIXES + ROWS_PER_BLOCK * Short.BYTES;
    static final int ENDS = PHONES + 2 * ROWS_PER_BLOCK * Long.BYTES;
    static final int IDS = ENDS + ROWS_PER_BLOCK * Integer.BYTES;

    /** Of each customer half the fingerprint of the email address, and the rest that is kept. */
    private final long[] emails = new long[ROWS_PER_BLOCK];

    private final short[] prefixes = new short[ROWS_PER_BLOCK];

    /** The phone numbers of all, and behind them their external ids. */
    private final long[] secondaries = new long[2 * ROWS_PER_BLOCK];

    private final int[] ends = new int[ROWS_PER_BLOCK];
    private byte[] ids = new byte[16 * ROWS_PER_BLOCK];
    private int rows;

    void add(RowKeys keys, int row, long email) {
      int start = rows == 0 ? 0 : ends[rows - 1];
      int end = start + keys.idLength(row);
      if (end > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(end, ids.length * 2));
      }
      keys.copyId(row, ids, start);
      emails[rows] = email;
      prefixes[rows] = keys.prefix(row);
      secondaries[rows] = keys.phone(row);
      secondaries[ROWS_PER_BLOCK + rows] = keys.externalId(row);
      ends[rows++] = end;
    }

    boolean isFull() {
      return rows == ROWS_PER_BLOCK;
    }

    /** Returns everything as bytes, and is empty. */
    byte[] takeAll() {
      int idBytes = rows == 0 ? 0 : ends[rows - 1];
      ByteBuffer packed = ByteBuffer.allocate(IDS + idBytes);
      packed.asLongBuffer().put(emails);
      packed.position(PREFIXES).asShortBuffer().put(prefixes);
      packed.position(PHONES).asLongBuffer().put(secondaries);
      packed.position(ENDS).asIntBuffer().put(ends);
      packed.position(IDS).put(ids, 0, idBytes);
      rows = 0;
      return packed.array();
    }

    @Nullable String holderOf(Fingerprint email) {
      for (int row = 0; row < rows; row++) {
        if (emails[row] == email.lane1() && prefixes[row] == RowKeys.prefix(email.lane0())) {
          return customer(row);
        }
      }
      return null;
    }

    @Nullable String holderOf(long lane1) {
      for (int row = 0; row < rows; row++) {
        if (secondaries[row] == lane1 || secondaries[ROWS_PER_BLOCK + row] == lane1) {
          return customer(row);
        }
      }
      return null;
    }

    private String customer(int row) {
      int start = row == 0 ? 0 : ends[row - 1];
      return new String(ids, start, ends[row] - start, StandardCharsets.UTF_8);
    }

    /** Returns which packed customer has an email address, or -1. */
    static int rowOf(ByteBuffer packed, Fingerprint email) {
      int row = find(packed, ROWS_PER_BLOCK, email.lane1());
      boolean has =
          row >= 0
              && packed.getShort(PREFIXES + row * Short.BYTES) == RowKeys.prefix(email.lane0());
      return has ? row : -1;
    }

    /** Returns which of so many packed lanes it is, or -1. */
    static int find(ByteBuffer packed, int lanes, long lane1) {
      for (int i = 0; i < lanes; i++) {
        if (packed.getLong(i * Long.BYTES) == lane1) {
          return i;
        }
      }
      return -1;
    }
  }

  private void put(long lane1) {
    if (lane1 == RowKeys.NONE) {
      return;
    }
    if (partitions.length == 0) {
      partitions = new int[1 << PARTITION_BITS][];
      sizes = new char[1 << PARTITION_BITS];
      steps = new byte[1 << PARTITION_BITS];
    }
    int partition = partition(lane1);
    int size = room.at(steps[partition]);
    int[] slots = partitions[partition];
    if (slots == null) {
      slots = new int[size];
      partitions[partition] = slots;
    } else if (sizes[partition] >= (int) (size * GrowingSizes.MAX_LOAD)) {
      size = room.at(++steps[partition]);
      slots = grown(slots, size);
      partitions[partition] = slots;
    }
    put(slots, size, tag(lane1) << BLOCK_BITS | blocks.size() % BLOCKS);
    sizes[partition]++;
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
      slot = next(slot, size);
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

  private static int next(int slot, int size) {
    return slot + 1 == size ? 0 : slot + 1;
  }

  /** Lets go of everything. */
  public void drop() {
    blocks.forEach(RowKeySpill.Kept::drop);
    blocks.clear();
    open.takeAll();
    readNumber = -1;
    partitions = new int[0][];
    sizes = new char[0];
    steps = new byte[0];
  }

  /** Returns how much memory the table takes; what is in the spill is not counted. */
  long memoryBytes() {
    long bytes = (long) partitions.length * (Integer.BYTES + Character.BYTES + Byte.BYTES);
    for (int[] slots : partitions) {
      bytes += slots == null ? 0 : ARRAY_HEADER_BYTES + (long) slots.length * Integer.BYTES;
    }
    return bytes;
  }
}
