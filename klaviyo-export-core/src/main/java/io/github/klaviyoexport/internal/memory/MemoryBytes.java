package io.github.klaviyoexport.internal.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The content of a block while it is written, before it is sealed. */
final class MemoryBytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int length;

  /** Creates an empty content with room for so many bytes. */
  MemoryBytes(int room) {
    bytes = new byte[room];
  }

  /** Writes a number at a place. */
  static void putLong(byte[] bytes, int at, long value) {
    LONG.set(bytes, at, value);
  }

  /** Reads a number at a place. */
  static long getLong(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  MemoryBytes putByte(int value) {
    require(1);
    bytes[length++] = (byte) value;
    return this;
  }

  MemoryBytes putInt(int value) {
    require(Integer.BYTES);
    for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[length++] = (byte) (value >>> shift);
    }
    return this;
  }

  MemoryBytes putLong(long value) {
    require(Long.BYTES);
    putLong(bytes, length, value);
    length += Long.BYTES;
    return this;
  }

  MemoryBytes put(byte[] from, int start, int count) {
    require(count);
    System.arraycopy(from, start, bytes, length, count);
    length += count;
    return this;
  }

  /** Adds a text of up to a few hundred characters. */
  MemoryBytes putText(String text) {
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    return putInt(all.length).put(all, 0, all.length);
  }

  /** Adds a number of numbers, and the numbers. */
  MemoryBytes putLongs(long[] values, int count) {
    putInt(count);
    for (int i = 0; i < count; i++) {
      putLong(values[i]);
    }
    return this;
  }

  private void require(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  int length() {
    return length;
  }

  byte[] array() {
    return bytes;
  }

  void clear() {
    length = 0;
  }
}
