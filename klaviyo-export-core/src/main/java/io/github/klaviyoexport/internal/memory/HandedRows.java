package io.github.klaviyoexport.internal.memory;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one batch, as a memory keeps them: fingerprint, digest and identifiers of each, some
 * 50 bytes.
 *
 * <p>Belongs to one thread.
 */
public final class HandedRows {
  /** Far above what Klaviyo takes; what is longer is left out, as if it were not there. */
  static final int LONGEST_IDENTIFIER = 4096;

  /** The bytes of a row without identifiers. */
  static final int FIXED_BYTES = 2 * Long.BYTES;

  private byte[] bytes = new byte[1024];
  private int[] ends = new int[64];
  private int rows;
  private int end;

  /** Creates a collection of rows that has none yet. */
  HandedRows() {}

  /**
   * Adds the next row of the batch.
   *
   * @param fingerprint of its first identifier
   * @param digest of the row as it is sent
   */
  public void add(
      long fingerprint,
      long digest,
      @Nullable String email,
      @Nullable String phone,
      @Nullable String externalId) {
    if (rows == ends.length) {
      ends = Arrays.copyOf(ends, rows * 2);
    }
    require(FIXED_BYTES);
    MemoryBytes.putLong(bytes, end, fingerprint);
    MemoryBytes.putLong(bytes, end + Long.BYTES, digest);
    end += FIXED_BYTES;
    put(email);
    put(phone);
    put(externalId);
    ends[rows++] = end;
  }

  private void put(@Nullable String identifier) {
    if (identifier == null || identifier.length() > LONGEST_IDENTIFIER / 3) {
      putShort(0);
      return;
    }
    int length = identifier.length();
    require(Short.BYTES + length);
    int at = end + Short.BYTES;
    for (int i = 0; i < length; i++) {
      char c = identifier.charAt(i);
      if (c >= 0x80) {
        byte[] all = identifier.getBytes(StandardCharsets.UTF_8);
        putShort(all.length);
        require(all.length);
        System.arraycopy(all, 0, bytes, end, all.length);
        end += all.length;
        return;
      }
      bytes[at + i] = (byte) c;
    }
    putShort(length);
    end += length;
  }

  private void putShort(int value) {
    require(Short.BYTES);
    bytes[end++] = (byte) (value >>> Byte.SIZE);
    bytes[end++] = (byte) value;
  }

  private void require(int more) {
    if (end + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + more));
    }
  }

  /** Returns how many rows there are. */
  public int rows() {
    return rows;
  }

  /** Forgets all rows, and keeps the room for them. */
  public void clear() {
    rows = 0;
    end = 0;
  }

  /** Returns the first row after those that fit into so many bytes, at least one. */
  int rowsWithin(int first, int most) {
    int start = start(first);
    int next = first + 1;
    while (next < rows && ends[next] - start <= most) {
      next++;
    }
    return next;
  }

  private int start(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  /** Adds the bytes of some of the rows to a block. */
  void copyTo(MemoryBytes block, int first, int next) {
    block.put(bytes, start(first), ends[next - 1] - start(first));
  }

  /** Returns the fingerprint of a row. */
  long fingerprint(int row) {
    return MemoryBytes.getLong(bytes, start(row));
  }
}
