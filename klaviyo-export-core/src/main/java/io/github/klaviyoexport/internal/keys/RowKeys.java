package io.github.klaviyoexport.internal.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The customers of a batch's rows: for each row the customer's id, and the {@link Fingerprint} of
 * the identifier that Klaviyo knows the profile by, as much of it as {@link SeenIdentifiers} keeps.
 *
 * <p>Klaviyo's import errors name no row; they repeat identifiers. The fingerprint leads from those
 * back to the customer without keeping any personal data. Kept as plain bytes, 14 a row and the id.
 */
public final class RowKeys {
  private static final int BYTES_PER_ROW = Long.BYTES + Short.BYTES + Integer.BYTES;
  private static final int PREFIX_SHIFT = Long.SIZE - Short.SIZE;

  private long[] fingerprints = new long[256];
  private short[] prefixes = new short[256];
  private int[] idEnds = new int[256];
  private byte[] ids = new byte[4096];
  private int rows;

  /** Adds the next row. */
  public void add(String customerId, Fingerprint fingerprint) {
    add(customerId, fingerprint.lane0(), fingerprint.lane1());
  }

  /** Adds the next row, by the lanes of its fingerprint. */
  void add(String customerId, long lane0, long lane1) {
    if (rows == fingerprints.length) {
      fingerprints = Arrays.copyOf(fingerprints, rows * 2);
      prefixes = Arrays.copyOf(prefixes, rows * 2);
      idEnds = Arrays.copyOf(idEnds, rows * 2);
    }
    byte[] id = customerId.getBytes(StandardCharsets.UTF_8);
    int start = idStart(rows);
    if (start + id.length > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(ids.length * 2, start + id.length));
    }
    System.arraycopy(id, 0, ids, start, id.length);
    fingerprints[rows] = lane1;
    prefixes[rows] = (short) (lane0 >>> PREFIX_SHIFT);
    idEnds[rows++] = start + id.length;
  }

  private int idStart(int row) {
    return row == 0 ? 0 : idEnds[row - 1];
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

  /** Returns the row with that fingerprint, or -1. */
  public int find(Fingerprint fingerprint) {
    return find(fingerprint.lane1());
  }

  /** Returns the row with that second lane, or -1. */
  int find(long lane1) {
    for (int row = 0; row < rows; row++) {
      if (fingerprints[row] == lane1) {
        return row;
      }
    }
    return -1;
  }

  /** Packs the keys of all rows. */
  public byte[] pack() {
    int[] all = new int[rows];
    Arrays.setAll(all, row -> row);
    return pack(all);
  }

  /** Packs the keys of some of the rows, in the order given. */
  public byte[] pack(int[] included) {
    int idBytes = 0;
    for (int row : included) {
      idBytes += idEnds[row] - idStart(row);
    }
    ByteBuffer packed =
        ByteBuffer.allocate(Integer.BYTES + included.length * BYTES_PER_ROW + idBytes);
    packed.putInt(included.length);
    for (int row : included) {
      packed.putLong(fingerprints[row]);
    }
    for (int row : included) {
      packed.putShort(prefixes[row]);
    }
    int end = 0;
    for (int row : included) {
      end += idEnds[row] - idStart(row);
      packed.putInt(end);
    }
    for (int row : included) {
      packed.put(ids, idStart(row), idEnds[row] - idStart(row));
    }
    return packed.array();
  }

  /**
   * Unpacks keys.
   *
   * @throws IllegalArgumentException if the bytes are not what {@link #pack} makes
   */
  public static RowKeys unpack(byte[] packed) {
    ByteBuffer from = ByteBuffer.wrap(packed);
    int rows = packed.length < Integer.BYTES ? -1 : from.getInt();
    if (rows < 0 || from.remaining() < (long) rows * BYTES_PER_ROW) {
      throw new IllegalArgumentException("These are no packed row keys.");
    }
    RowKeys keys = new RowKeys();
    keys.rows = rows;
    keys.fingerprints = new long[Math.max(1, rows)];
    keys.prefixes = new short[Math.max(1, rows)];
    keys.idEnds = new int[Math.max(1, rows)];
    for (int row = 0; row < rows; row++) {
      keys.fingerprints[row] = from.getLong();
    }
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
}
