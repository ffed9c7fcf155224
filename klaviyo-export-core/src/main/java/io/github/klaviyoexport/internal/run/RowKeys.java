package io.github.klaviyoexport.internal.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whose the rows of a batch are: for each row the customer's id, and a fingerprint of the
 * identifier that Klaviyo knows the profile by.
 *
 * <p>Klaviyo's import errors name no row; they repeat identifiers. The fingerprint leads from those
 * back to the customer without keeping any personal data. Kept as plain bytes, some 20 a row.
 */
final class RowKeys {
  private long[] fingerprints = new long[256];
  private int[] idEnds = new int[256];
  private byte[] ids = new byte[4096];
  private int rows;

  /** Adds the next row. */
  void add(String customerId, long fingerprint) {
    if (rows == fingerprints.length) {
      fingerprints = Arrays.copyOf(fingerprints, rows * 2);
      idEnds = Arrays.copyOf(idEnds, rows * 2);
    }
    byte[] id = customerId.getBytes(StandardCharsets.UTF_8);
    int start = idStart(rows);
    if (start + id.length > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(ids.length * 2, start + id.length));
    }
    System.arraycopy(id, 0, ids, start, id.length);
    fingerprints[rows] = fingerprint;
    idEnds[rows++] = start + id.length;
  }

  private int idStart(int row) {
    return row == 0 ? 0 : idEnds[row - 1];
  }

  /** The customer of a row. */
  String customerId(int row) {
    int start = idStart(row);
    return new String(ids, start, idEnds[row] - start, StandardCharsets.UTF_8);
  }

  /** The row with that fingerprint, or -1. */
  int find(long fingerprint) {
    for (int row = 0; row < rows; row++) {
      if (fingerprints[row] == fingerprint) {
        return row;
      }
    }
    return -1;
  }

  /** The keys of some of the rows, packed, in the order given. */
  byte[] pack(int[] included) {
    int idBytes = 0;
    for (int row : included) {
      idBytes += idEnds[row] - idStart(row);
    }
    ByteBuffer packed = ByteBuffer.allocate(4 + included.length * 12 + idBytes);
    packed.putInt(included.length);
    for (int row : included) {
      packed.putLong(fingerprints[row]);
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

  /** The keys that were packed. */
  static RowKeys unpack(byte[] packed) {
    ByteBuffer from = ByteBuffer.wrap(packed);
    RowKeys keys = new RowKeys();
    keys.rows = from.getInt();
    keys.fingerprints = new long[keys.rows];
    keys.idEnds = new int[keys.rows];
    from.asLongBuffer().get(keys.fingerprints);
    from.position(from.position() + keys.rows * 8);
    from.asIntBuffer().get(keys.idEnds);
    from.position(from.position() + keys.rows * 4);
    keys.ids = new byte[from.remaining()];
    from.get(keys.ids);
    return keys;
  }
}
