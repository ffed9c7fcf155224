package io.github.klaviyoexport.internal.keys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The holders of identifiers: for each email address, phone number and external id that a run has
 * met, the customer who had it first.
 *
 * <p>Memory holds 4 bytes of each, in a {@link HolderTable}: 32 bits of a fingerprint, and with
 * them where the rest is. That rest, all of the lane and the customer's id, waits in the {@link
 * RowKeySpill}, in blocks of {@value #ROWS_PER_BLOCK} customers, and is looked at when the bits in
 * memory agree. So a holder is told exactly: two phone numbers or external ids are taken for one
 * when all 64 bits agree, which among n identifiers happens with a probability of at most n² /
 * 2<sup>65</sup>, 3 × 10<sup>-7</sup> for three million; for email addresses it is 80 bits. Of
 * identifiers that are new, one in 1,400 costs a look at a block when there are three million, and
 * one in 140 when there are thirty.
 *
 * <p>From 300,000 identifiers up 4.5 to 7 bytes are taken for each; below, the table takes less
 * than 2 MB in all, and nothing when there is none. Of a kind that comes in ascending order, memory
 * holds the last alone; when the order ends, those that came before are put into the table out of
 * the blocks. In the spill each customer takes 30 bytes and the id.
 *
 * <p>Belongs to one thread.
 */
public final class IdentifierHolders {
  /** So many identifiers a customer may have that are looked up: one of each kind. */
  public static final int KINDS = 3;

  static final int ROWS_PER_BLOCK = 1024;

  private static final int EMAIL = 0;
  private static final int PHONE = 1;
  private static final int EXTERNAL_ID = 2;

  private final RowKeySpill spill;
  private final HolderTable table = new HolderTable();
  private final List<RowKeySpill.Kept> blocks = new ArrayList<>();
  private final Block open = new Block();
  private final AscendingIdentifiers[] ascending = new AscendingIdentifiers[KINDS];

  /** How many customers there will be, as far as known. */
  private long expected;

  /** The identifiers of the last look that are to be sought in the table. */
  private long[] sought = {};

  /** For each customer of the last look whether an identifier is the last of its order again. */
  private boolean[] again = {};

  /** The lanes that were read last: an identifier that many share has one holder. */
  private ByteBuffer read = ByteBuffer.allocate(0);

  /** Of which block they are, and of which kind. */
  private int readNumber = -1;

  private int readKind;

  /** Creates holders of which there are none yet. */
  public IdentifierHolders(RowKeySpill spill) {
    this.spill = spill;
    beginOrders();
  }

  private void beginOrders() {
    for (int kind = 0; kind < KINDS; kind++) {
      ascending[kind] = new AscendingIdentifiers();
    }
  }

  /** Makes room at once for so many customers; see {@link SeenIdentifiers#expect}. */
  public void expect(long customers) {
    expected = customers;
  }

  /**
   * Looks identifiers of several customers up, all together, which costs less than one after the
   * other.
   *
   * @param texts for each customer the email address, phone number and external id, in the form in
   *     which equal ones are one; {@code null} for those it does not have
   * @param lanes the second lanes of their fingerprints, or {@link RowKeys#NONE}
   * @param customers how many there are
   */
  public void look(@Nullable String[] texts, long[] lanes, int customers) {
    if (again.length < customers) {
      again = new boolean[customers];
      sought = new long[customers * KINDS];
    }
    for (int customer = 0; customer < customers; customer++) {
      again[customer] = false;
      for (int kind = 0; kind < KINDS; kind++) {
        int at = customer * KINDS + kind;
        String text = texts[at];
        boolean inOrder = text != null && takeInOrder(kind, text, customer);
        sought[at] = inOrder ? RowKeys.NONE : lanes[at];
      }
    }
    table.look(sought, customers * KINDS);
  }

  /** Takes an identifier, and returns whether it comes in order, so that it need not be sought. */
  private boolean takeInOrder(int kind, String text, int customer) {
    AscendingIdentifiers order = ascending[kind];
    if (!order.isGoingOn()) {
      return false;
    }
    switch (order.take(text)) {
      case BEHIND -> {
        return true;
      }
      case AGAIN -> {
        again[customer] = true;
        return true;
      }
      default -> {
        hold(kind);
        return false;
      }
    }
  }

  /**
   * Puts all identifiers of a kind into the table, as those will be that come from now on. The
   * table is made anew for that, with room for one kind more.
   */
  private void hold(int kind) {
    ascending[kind].end();
    table.drop();
    int kinds = 0;
    for (AscendingIdentifiers order : ascending) {
      kinds += order.isGoingOn() ? 0 : 1;
    }
    table.expect(expected * kinds);
    for (int held = 0; held < KINDS; held++) {
      if (!ascending[held].isGoingOn()) {
        putAll(held);
      }
    }
  }

  private void putAll(int kind) {
    for (int block = 0; block < blocks.size(); block++) {
      ByteBuffer lanes = Block.view(blocks.get(block).read(Block.start(kind), Block.LANES));
      while (lanes.hasRemaining()) {
        put(lanes.getLong(), block);
      }
    }
    for (int row = 0; row < open.rows; row++) {
      put(open.lanes[kind][row], blocks.size());
    }
  }

  private void put(long lane1, int block) {
    if (lane1 != RowKeys.NONE) {
      table.put(lane1, block);
    }
  }

  /**
   * Returns whether none of a customer's identifiers that were looked up last can have a holder,
   * though those of others have been added since.
   *
   * @param customer its place among those that were looked up
   */
  public boolean areMissing(int customer) {
    int first = customer * KINDS;
    return !again[customer]
        && table.isMissing(first)
        && table.isMissing(first + 1)
        && table.isMissing(first + 2);
  }

  /**
   * Returns the customer who had a phone number first, or {@code null} if it is new.
   *
   * @param lane1 the second lane of its fingerprint; {@link RowKeys#NONE} has no holder
   */
  public @Nullable String holderOfPhone(long lane1) {
    return holderOf(lane1, PHONE);
  }

  /**
   * Returns the customer who had an external id first, or {@code null} if it is new.
   *
   * @param lane1 the second lane of its fingerprint; {@link RowKeys#NONE} has no holder
   */
  public @Nullable String holderOfExternalId(long lane1) {
    return holderOf(lane1, EXTERNAL_ID);
  }

  private @Nullable String holderOf(long lane1, int kind) {
    AscendingIdentifiers order = ascending[kind];
    if (order.isGoingOn()) {
      return order.isLast(lane1) ? customer(order.block(), order.row()) : null;
    }
    if (lane1 == RowKeys.NONE) {
      return null;
    }
    int slot = table.next(lane1, HolderTable.NO_SLOT);
    while (slot != HolderTable.NO_SLOT) {
      String holder = findIn(table.block(lane1, slot), lane1, kind);
      if (holder != null) {
        return holder;
      }
      slot = table.next(lane1, slot);
    }
    return null;
  }

  /** Looks into the block of that number, and into those whose numbers differ by all the bits. */
  private @Nullable String findIn(int number, long lane1, int kind) {
    for (int block = number; block < blocks.size(); block += HolderTable.BLOCKS) {
      RowKeySpill.Kept kept = blocks.get(block);
      if (block != readNumber || kind != readKind) {
        read = Block.view(kept.read(Block.start(kind), Block.LANES));
        readNumber = block;
        readKind = kind;
      }
      int row = Block.find(read, lane1);
      if (row >= 0) {
        return customer(block, row);
      }
    }
    int row = isOpen(number) ? open.find(kind, lane1) : -1;
    return row < 0 ? null : open.customer(row);
  }

  /** Returns whether that is the number of the block that is being filled. */
  private boolean isOpen(int number) {
    return blocks.size() % HolderTable.BLOCKS == number;
  }

  private String customer(int block, int row) {
    if (block == blocks.size()) {
      return open.customer(row);
    }
    RowKeySpill.Kept kept = blocks.get(block);
    int before = Math.max(0, row - 1);
    ByteBuffer ends = Block.view(kept.read(Block.ENDS + before * Integer.BYTES, 2 * Integer.BYTES));
    int start = row == 0 ? 0 : ends.getInt();
    return new String(kept.read(Block.IDS + start, ends.getInt() - start), StandardCharsets.UTF_8);
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
    AscendingIdentifiers order = ascending[EMAIL];
    if (order.isGoingOn()) {
      return order.isLast(email) ? customer(order.block(), order.row()) : null;
    }
    int slot = table.next(email.lane1(), HolderTable.NO_SLOT);
    while (slot != HolderTable.NO_SLOT) {
      String holder = findIn(table.block(email.lane1(), slot), email, named);
      if (holder != null) {
        return holder;
      }
      slot = table.next(email.lane1(), slot);
    }
    return null;
  }

  private @Nullable String findIn(int number, Fingerprint email, boolean named) {
    for (int block = number; block < blocks.size(); block += HolderTable.BLOCKS) {
      int row = Block.rowOf(Block.view(blocks.get(block).read(0, Block.PHONES)), email);
      if (row >= 0) {
        return named ? customer(block, row) : "";
      }
    }
    return isOpen(number) ? open.holderOf(email) : null;
  }

  /**
   * Adds the identifiers of a row, which have no holder yet: they are its customer's now. It was
   * not looked up, so whether they come in order is not known.
   */
  public void add(RowKeys keys, int row) {
    long email = email(keys, row);
    endOrder(EMAIL, email);
    endOrder(PHONE, keys.phone(row));
    endOrder(EXTERNAL_ID, keys.externalId(row));
    put(email, blocks.size());
    put(keys.phone(row), blocks.size());
    put(keys.externalId(row), blocks.size());
    addToBlock(keys, row, email);
  }

  private void endOrder(int kind, long lane1) {
    if (lane1 != RowKeys.NONE && ascending[kind].isGoingOn()) {
      hold(kind);
    }
  }

  /**
   * Adds the identifiers of a row, as {@link #add(RowKeys, int)} does, of a customer that was
   * looked up.
   *
   * @param customer its place among those that were looked up last
   */
  public void add(RowKeys keys, int row, int customer) {
    long email = email(keys, row);
    int first = customer * KINDS;
    short prefix = keys.prefix(row);
    for (int kind = 0; kind < KINDS; kind++) {
      long lane1 = kind == EMAIL ? email : kind == PHONE ? keys.phone(row) : keys.externalId(row);
      add(kind, lane1, prefix, first + kind);
    }
    addToBlock(keys, row, email);
  }

  private void add(int kind, long lane1, short prefix, int looked) {
    if (lane1 == RowKeys.NONE) {
      return;
    }
    if (ascending[kind].isGoingOn()) {
      ascending[kind].added(lane1, prefix, blocks.size(), open.rows);
    } else {
      table.put(lane1, blocks.size(), looked);
    }
  }

  /** Returns the lane of a row's email address, if what it is known by first is one. */
  private static long email(RowKeys keys, int row) {
    long first = keys.lane1(row);
    boolean isOther = first == keys.phone(row) || first == keys.externalId(row);
    return isOther ? RowKeys.NONE : first;
  }

  private void addToBlock(RowKeys keys, int row, long email) {
    open.add(keys, row, email);
    if (open.isFull()) {
      blocks.add(spill.keepHolders(open.takeAll()));
    }
  }

  /** Customers with their identifiers, in the order in which they came. */
  private static final class Block {
    /** What the lanes of one kind take. */
    static final int LANES = ROWS_PER_BLOCK * Long.BYTES;

    /** Where in a packed block what begins: the lanes of email addresses are at its start. */
    static final int PREFIXES = LANES;

    static final int PHONES = PREFIXES + ROWS_PER_BLOCK * Short.BYTES;
    static final int EXTERNAL_IDS = PHONES + LANES;
    static final int ENDS = EXTERNAL_IDS + LANES;
    static final int IDS = ENDS + ROWS_PER_BLOCK * Integer.BYTES;

    /** Of each customer half of each fingerprint, and the rest that is kept of the first. */
    private final long[][] lanes = new long[KINDS][ROWS_PER_BLOCK];

    private final short[] prefixes = new short[ROWS_PER_BLOCK];
    private final int[] ends = new int[ROWS_PER_BLOCK];
    private byte[] ids = new byte[16 * ROWS_PER_BLOCK];
    private int rows;

    /** Returns where in a packed block the lanes of a kind begin. */
    static int start(int kind) {
      return kind == EMAIL ? 0 : kind == PHONE ? PHONES : EXTERNAL_IDS;
    }

    void add(RowKeys keys, int row, long email) {
      int start = rows == 0 ? 0 : ends[rows - 1];
      int end = start + keys.idLength(row);
      if (end > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(end, ids.length * 2));
      }
      keys.copyId(row, ids, start);
      lanes[EMAIL][rows] = email;
      lanes[PHONE][rows] = keys.phone(row);
      lanes[EXTERNAL_ID][rows] = keys.externalId(row);
      prefixes[rows] = keys.prefix(row);
      ends[rows++] = end;
    }

    boolean isFull() {
      return rows == ROWS_PER_BLOCK;
    }

    /** Returns everything as bytes, and is empty. */
    byte[] takeAll() {
      int idBytes = rows == 0 ? 0 : ends[rows - 1];
      byte[] bytes = new byte[IDS + idBytes];
      ByteBuffer packed = view(bytes);
      for (int kind = 0; kind < KINDS; kind++) {
        packed.position(start(kind)).asLongBuffer().put(lanes[kind]);
      }
      packed.position(PREFIXES).asShortBuffer().put(prefixes);
      packed.position(ENDS).asIntBuffer().put(ends);
      packed.position(IDS).put(ids, 0, idBytes);
      rows = 0;
      return bytes;
    }

    /** Returns packed bytes as they are to be read and written: in the machine's own order. */
    static ByteBuffer view(byte[] packed) {
      return ByteBuffer.wrap(packed).order(ByteOrder.nativeOrder());
    }

    @Nullable String holderOf(Fingerprint email) {
      for (int row = 0; row < rows; row++) {
        if (lanes[EMAIL][row] == email.lane1() && prefixes[row] == RowKeys.prefix(email.lane0())) {
          return customer(row);
        }
      }
      return null;
    }

    /** Returns which customer's lane it is, or -1. */
    int find(int kind, long lane1) {
      for (int row = 0; row < rows; row++) {
        if (lanes[kind][row] == lane1) {
          return row;
        }
      }
      return -1;
    }

    private String customer(int row) {
      int start = row == 0 ? 0 : ends[row - 1];
      return new String(ids, start, ends[row] - start, StandardCharsets.UTF_8);
    }

    /** Returns which packed customer has an email address, or -1. */
    static int rowOf(ByteBuffer packed, Fingerprint email) {
      int row = find(packed, email.lane1());
      boolean has =
          row >= 0
              && packed.getShort(PREFIXES + row * Short.BYTES) == RowKeys.prefix(email.lane0());
      return has ? row : -1;
    }

    /** Returns which customer's lane it is of those that are packed, or -1. */
    static int find(ByteBuffer packed, long lane1) {
      for (int row = 0; row < ROWS_PER_BLOCK; row++) {
        if (packed.getLong(row * Long.BYTES) == lane1) {
          return row;
        }
      }
      return -1;
    }
  }

  /** Lets go of everything. */
  public void drop() {
    blocks.forEach(RowKeySpill.Kept::drop);
    blocks.clear();
    open.takeAll();
    readNumber = -1;
    table.drop();
    beginOrders();
  }

  /** Returns how much memory the table takes; what is in the spill is not counted. */
  long memoryBytes() {
    return table.memoryBytes();
  }
}
