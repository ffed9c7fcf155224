package io.github.klaviyoexport.internal.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The owners of phone numbers and external ids: for each one that a run has met, the customer who
 * had it first.
 *
 * <p>Memory holds 4 bytes of each, in an open hash table: 14 bits of a fingerprint's second lane
 * choose one of 16,384 partitions, 18 more are kept there, and with them where the rest is. That
 * rest, all 64 bits and the customer's id, waits in the {@link RowKeySpill}, in blocks of {@value
 * #ROWS_PER_BLOCK} customers, and is looked at when the bits in memory agree. So an owner is told
 * exactly: two identifiers are taken for one when all 64 bits agree, which among n of them happens
 * with a probability of at most n² / 2<sup>65</sup>, 10<sup>-7</sup> for two million. Of
 * identifiers that are new, one in 2,000 costs a look at a block when there are two million, and
 * one in 200 when there are twenty.
 *
 * <p>A partition that is 85 % full grows by 30 %, so that from 300,000 identifiers up 4 to 7 bytes
 * are taken for each; below, the table takes at most 2.1 MB in all, and nothing when there is none.
 * In the spill each customer takes 20 bytes and the id.
 *
 * <p>Belongs to one thread.
 */
public final class IdentifierOwners {
  static final int ROWS_PER_BLOCK = 1024;

  private static final int PARTITION_BITS = 14;
  private static final int TAG_BITS = 18;
  private static final int BLOCK_BITS = 14;
  private static final int BLOCKS = 1 << BLOCK_BITS;
  private static final int ARRAY_HEADER_BYTES = 16;

  private final RowKeySpill spill;
  private final List<RowKeySpill.Kept> blocks = new ArrayList<>();
  private final Block open = new Block();

  /** The block that was read last: an identifier that many share has one owner. */
  private byte[] read = {};

  private int readNumber = -1;

  /** In each slot a tag, and the number of a block modulo {@link #BLOCKS}; 0 in a free one. */
  private int[] @Nullable [] partitions = {};

  private char[] sizes = {};

  /** For each partition which of the sizes it has. */
  private byte[] steps = {};

  private GrowingSizes room = GrowingSizes.fromSmall();

  /** Creates owners of which there are none yet. */
  public IdentifierOwners(RowKeySpill spill) {
    this.spill = spill;
  }

  /** Makes room at once for so many identifiers; see {@link SeenIdentifiers#expect}. */
  public void expect(long identifiers) {
    if (partitions.length == 0) {
      room = GrowingSizes.expecting(identifiers, 1 << PARTITION_BITS);
    }
  }

  /** Returns whether an identifier may have an owner; see {@link SeenIdentifiers#mayContain}. */
  public boolean mayKnow(long lane1) {
    int partition = partition(lane1);
    int[] slots = partition < partitions.length ? partitions[partition] : null;
    return slots != null && slots[home(tag(lane1), room.at(steps[partition]))] != 0;
  }

  /**
   * Returns the customer who had an identifier first, or {@code null} if it is new.
   *
   * @param lane1 the second lane of its fingerprint; {@link RowKeys#NONE} has no owner
   */
  public @Nullable String ownerOf(long lane1) {
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
        String owner = findIn(slots[slot] & (BLOCKS - 1), lane1);
        if (owner != null) {
          return owner;
        }
      }
      slot = next(slot, size);
    }
    return null;
  }

  /** Looks into the block of that number, and into those whose numbers differ by all the bits. */
  private @Nullable String findIn(int number, long lane1) {
    for (int block = number; block < blocks.size(); block += BLOCKS) {
      if (block != readNumber) {
        read = blocks.get(block).read();
        readNumber = block;
      }
      String owner = Block.find(ByteBuffer.wrap(read), ROWS_PER_BLOCK, lane1);
      if (owner != null) {
        return owner;
      }
    }
    return blocks.size() % BLOCKS == number ? open.find(lane1) : null;
  }

  /** Adds the identifiers of a row, which have no owner yet: they are its customer's now. */
  public void add(RowKeys keys, int row) {
    long phone = keys.phone(row);
    long externalId = keys.externalId(row);
    if (phone != RowKeys.NONE || externalId != RowKeys.NONE) {
      open.add(keys, row);
      put(phone);
      put(externalId);
      if (open.isFull()) {
        blocks.add(spill.keepOwners(open.takeAll()));
      }
    }
  }

  /** Customers with their identifiers, in the order in which they came. */
  private static final class Block {
    private static final int LANES_BYTES = 2 * ROWS_PER_BLOCK * Long.BYTES;
    private static final int ENDS_BYTES = ROWS_PER_BLOCK * Integer.BYTES;

    /** The phone numbers of all, and behind them their external ids. */
    private final long[] lanes = new long[2 * ROWS_PER_BLOCK];

    private final int[] ends = new int[ROWS_PER_BLOCK];
    private byte[] ids = new byte[16 * ROWS_PER_BLOCK];
    private int rows;

    void add(RowKeys keys, int row) {
      int start = rows == 0 ? 0 : ends[rows - 1];
      int end = start + keys.idLength(row);
      if (end > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(end, ids.length * 2));
      }
      keys.copyId(row, ids, start);
      lanes[rows] = keys.phone(row);
      lanes[ROWS_PER_BLOCK + rows] = keys.externalId(row);
      ends[rows++] = end;
    }

    boolean isFull() {
      return rows == ROWS_PER_BLOCK;
    }

    /** Returns everything as bytes, and is empty. */
    byte[] takeAll() {
      byte[] all = packed();
      rows = 0;
      return all;
    }

    private byte[] packed() {
      int idBytes = rows == 0 ? 0 : ends[rows - 1];
      ByteBuffer packed = ByteBuffer.allocate(LANES_BYTES + ENDS_BYTES + idBytes);
      packed.asLongBuffer().put(lanes);
      packed.slice(LANES_BYTES, ENDS_BYTES).asIntBuffer().put(ends);
      packed.position(LANES_BYTES + ENDS_BYTES).put(ids, 0, idBytes);
      return packed.array();
    }

    @Nullable String find(long lane1) {
      return find(ByteBuffer.wrap(packed()), rows, lane1);
    }

    /** Returns the customer with that identifier among so many of packed ones. */
    static @Nullable String find(ByteBuffer packed, int rows, long lane1) {
      for (int row = 0; row < rows; row++) {
        if (packed.getLong(row * Long.BYTES) == lane1
            || packed.getLong((ROWS_PER_BLOCK + row) * Long.BYTES) == lane1) {
          int end = packed.getInt(LANES_BYTES + row * Integer.BYTES);
          int start = row == 0 ? 0 : packed.getInt(LANES_BYTES + (row - 1) * Integer.BYTES);
          byte[] id = new byte[end - start];
          packed.get(LANES_BYTES + ENDS_BYTES + start, id);
          return new String(id, StandardCharsets.UTF_8);
        }
      }
      return null;
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
