package io.github.klaviyoexport.internal.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The customers of a batch's rows: for each row the customer's id, the {@link Fingerprint} of the
 * identifier that Klaviyo knows the profile by, as much of it as {@link SeenIdentifiers} keeps, and
 * the second lanes of those of its phone number and its external id.
 *
 * <p>Klaviyo's import errors name no row; they repeat identifiers. The fingerprints lead from those
 * back to the customer without keeping any personal data. Kept as plain bytes: 14 a row and the id,
 * and where rows have phone numbers or external ids, 8 for each of the two.
 */
public final class RowKeys {
  /** The lane of a phone number or external id that a row does not have. */
  public static final long NONE = 0;

  private static final int BYTES_PER_ROW = Long.BYTES + Short.BYTES + Integer.BYTES;
  private static final int PREFIX_SHIFT = Long.SIZE - Short.SIZE;
  private static final int FIRST_ROWS = 256;

  /** The rows that there are mostly, when there are many: what one import takes. */
  private static final int FULL_BATCH = 10_000;

  private long[] fingerprints = new long[FIRST_ROWS];
  private short[] prefixes = new short[FIRST_ROWS];
  private int[] idEnds = new int[FIRST_ROWS];
  private byte[] ids = new byte[4096];
  private int rows;

  /** Lanes of phone numbers and of external ids; empty while no row has one. */
  private final long[][] secondaries = {{}, {}};

  /** Adds the next row, whose phone number and external id are not asked for. */
  public void add(String customerId, Fingerprint fingerprint) {
    add(customerId, fingerprint, NONE, NONE);
  }

  /**
   * Adds the next row.
   *
   * @param fingerprint that of the identifier which Klaviyo knows the profile by
   * @param phone the second lane of that of its phone number, or {@link #NONE}
   * @param externalId the second lane of that of its external id, or {@link #NONE}
   */
  public void add(String customerId, Fingerprint fingerprint, long phone, long externalId) {
    add(customerId, fingerprint.lane0(), fingerprint.lane1(), phone, externalId);
  }

  /** Adds the next row, by the lanes of its fingerprint. */
  void add(String customerId, long lane0, long lane1) {
    add(customerId, lane0, lane1, NONE, NONE);
  }

  /** Adds the next row, by the lanes of its fingerprints. */
  public void add(String customerId, long lane0, long lane1, long phone, long externalId) {
    byte[] id = customerId.getBytes(StandardCharsets.UTF_8);
    int start = idStart(rows);
    int end = start + id.length;
    if (rows == fingerprints.length || end > ids.length) {
      grow(end);
    }
    System.arraycopy(id, 0, ids, start, id.length);
    fingerprints[rows] = lane1;
    prefixes[rows] = prefix(lane0);
    idEnds[rows] = end;
    addSecondary(0, phone);
    addSecondary(1, externalId);
    rows++;
  }

  /** Makes room for one more row, whose id ends there. */
  private void grow(int idEnd) {
    if (rows == fingerprints.length) {
      int room = rows < FULL_BATCH ? Math.min(rows * 4, FULL_BATCH) : rows * 2;
      fingerprints = Arrays.copyOf(fingerprints, room);
      prefixes = Arrays.copyOf(prefixes, room);
      idEnds = Arrays.copyOf(idEnds, room);
    }
    if (idEnd > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(ids.length * 2, idEnd));
    }
  }

  /** Gives the row that is being added a phone number or an external id. */
  private void addSecondary(int kind, long lane1) {
    if (lane1 != NONE) {
      if (secondaries[kind].length <= rows) {
        secondaries[kind] = Arrays.copyOf(secondaries[kind], fingerprints.length);
      }
      secondaries[kind][rows] = lane1;
    }
  }

  private int idStart(int row) {
    return row == 0 ? 0 : idEnds[row - 1];
  }

  /** Forgets all rows, and keeps the room for them. */
  public void clear() {
    rows = 0;
    for (long[] kind : secondaries) {
      Arrays.fill(kind, NONE);
    }
  }

  /** Returns how many rows there are. */
  public int rows() {
    return rows;
  }

  /** Passes on the customer of each row. */
  public void eachCustomer(Consumer<String> customer) {
    for (int row = 0; row < rows; row++) {
      customer.accept(customerId(row));
    }
  }

  /** Returns what is kept of a fingerprint's first lane. */
  static short prefix(long lane0) {
    return (short) (lane0 >>> PREFIX_SHIFT);
  }

  /** Returns what is kept of the first lane of a row's fingerprint. */
  short prefix(int row) {
    return prefixes[row];
  }

  /** Returns whether a row has a phone number or an external id. */
  public boolean hasSecondary(int row) {
    return phone(row) != NONE || externalId(row) != NONE;
  }

  /** Returns how many bytes the id of a row's customer has. */
  int idLength(int row) {
    return idEnds[row] - idStart(row);
  }

  /** Copies the id of a row's customer, as UTF-8. */
  void copyId(int row, byte[] to, int at) {
    System.arraycopy(ids, idStart(row), to, at, idLength(row));
  }

  /** Returns the customer of a row. */
  public String customerId(int row) {
    int start = idStart(row);
    return new String(ids, start, idEnds[row] - start, StandardCharsets.UTF_8);
  }

  /** Adds a row's fingerprint to a set; returns whether it is new there. */
  public boolean addTo(SeenIdentifiers set, int row) {
    return set.add(lane0(row), lane1(row));
  }

  /** Returns whether a set holds a row's fingerprint. */
  public boolean isIn(SeenIdentifiers set, int row) {
    return set.contains(lane0(row), lane1(row));
  }

  /** Returns the first lane of a row's fingerprint, of which only the leading bits are kept. */
  long lane0(int row) {
    return (long) prefixes[row] << PREFIX_SHIFT;
  }

  /** Returns the second lane of a row's fingerprint. */
  public long lane1(int row) {
    return fingerprints[row];
  }

  /** Returns the second lane of the fingerprint of a row's phone number, or {@link #NONE}. */
  long phone(int row) {
    return secondary(0, row);
  }

  /** Returns the second lane of the fingerprint of a row's external id, or {@link #NONE}. */
  long externalId(int row) {
    return secondary(1, row);
  }

  private long secondary(int kind, int row) {
    return row < secondaries[kind].length ? secondaries[kind][row] : NONE;
  }

  /** Returns the row that has an identifier of that fingerprint, or -1. */
  public int find(Fingerprint fingerprint) {
    return find(fingerprint.lane1());
  }

  /** Returns the row that has an identifier whose fingerprint has that second lane, or -1. */
  int find(long lane1) {
    int row = find(fingerprints, lane1);
    for (long[] kind : secondaries) {
      row = row < 0 && lane1 != NONE ? find(kind, lane1) : row;
    }
    return row;
  }

  private int find(long[] lanes, long lane1) {
    for (int row = 0; row < Math.min(rows, lanes.length); row++) {
      if (lanes[row] == lane1) {
        return row;
      }
    }
    return -1;
  }

  /** Packs the keys of some of the rows, in the order given. */
  public byte[] pack(int[] included) {
    return isAll(included) ? pack() : some(included).pack();
  }

  private boolean isAll(int[] included) {
    for (int i = 0; i < rows; i++) {
      if (included.length != rows || included[i] != i) {
        return false;
      }
    }
    return true;
  }

  private RowKeys some(int[] included) {
    RowKeys some = new RowKeys();
    for (int row : included) {
      some.add(customerId(row), lane0(row), lane1(row), phone(row), externalId(row));
    }
    return some;
  }

  /**
   * Packs the keys of all rows.
   *
   * <p>The first number is how many there are. It is written as its complement where phone numbers
   * or external ids follow, and then the next byte says which; so rows without any are packed as
   * they were before those were kept.
   */
  public byte[] pack() {
    int kinds = 0;
    for (int kind = 0; kind < secondaries.length; kind++) {
      kinds |= secondaries[kind].length == 0 ? 0 : 1 << kind;
    }
    int bytes = rows * (BYTES_PER_ROW + Integer.bitCount(kinds) * Long.BYTES) + idStart(rows);
    ByteBuffer packed = ByteBuffer.allocate(Integer.BYTES + (kinds == 0 ? 0 : Byte.BYTES) + bytes);
    if (kinds == 0) {
      packed.putInt(rows);
    } else {
      packed.putInt(~rows).put((byte) kinds);
    }
    for (long[] kind : secondaries) {
      if (kind.length > 0) {
        put(packed, kind);
      }
    }
    put(packed, fingerprints);
    packed.asShortBuffer().put(prefixes, 0, rows);
    packed.position(packed.position() + rows * Short.BYTES);
    packed.asIntBuffer().put(idEnds, 0, rows);
    packed.position(packed.position() + rows * Integer.BYTES);
    return packed.put(ids, 0, idStart(rows)).array();
  }

  /** Puts a lane of each row; those that the last rows do not have are {@link #NONE}. */
  private void put(ByteBuffer packed, long[] lanes) {
    packed.asLongBuffer().put(lanes, 0, Math.min(rows, lanes.length));
    packed.position(packed.position() + rows * Long.BYTES);
  }

  /**
   * Unpacks keys.
   *
   * @throws IllegalArgumentException if the bytes are not what {@link #pack} makes
   */
  public static RowKeys unpack(byte[] packed) {
    ByteBuffer from = ByteBuffer.wrap(packed);
    int rows = packed.length < Integer.BYTES ? 0 : from.getInt();
    int kinds = 0;
    if (rows < 0 && from.hasRemaining()) {
      kinds = from.get();
      rows = kinds == 0 ? rows : ~rows;
    }
    RowKeys keys = new RowKeys();
    int perRow = BYTES_PER_ROW + Integer.bitCount(kinds) * Long.BYTES;
    if (packed.length < Integer.BYTES
        || rows < 0
        || kinds < 0
        || kinds >= 1 << keys.secondaries.length
        || from.remaining() < (long) rows * perRow) {
      throw new IllegalArgumentException("These are no packed row keys.");
    }
    keys.rows = rows;
    for (int kind = 0; kind < keys.secondaries.length; kind++) {
      if ((kinds & 1 << kind) != 0) {
        keys.secondaries[kind] = longs(from, rows);
      }
    }
    keys.fingerprints = longs(from, rows);
    keys.prefixes = new short[Math.max(1, rows)];
    keys.idEnds = new int[Math.max(1, rows)];
    for (int row = 0; row < rows; row++) {
      keys.prefixes[row] = from.getShort();
    }
    int end = 0;
    for (int row = 0; row < rows; row++) {
      int next = from.getInt();
      if (next < end) {
        throw new IllegalArgumentException("These are no packed row keys.");
      }
      keys.idEnds[row] = end = next;
    }
    if (end != from.remaining()) {
      throw new IllegalArgumentException("These are no packed row keys.");
    }
    keys.ids = new byte[end];
    from.get(keys.ids);
    return keys;
  }

  private static long[] longs(ByteBuffer from, int count) {
    long[] longs = new long[Math.max(1, count)];
    from.asLongBuffer().get(longs, 0, count);
    from.position(from.position() + count * Long.BYTES);
    return longs;
  }
}
