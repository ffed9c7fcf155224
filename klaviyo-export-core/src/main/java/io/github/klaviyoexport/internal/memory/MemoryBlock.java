package io.github.klaviyoexport.internal.memory;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The form of what is in blocks. A block begins with what it is of.
 *
 * <p>A memory begins with what is known of all customers: {@link #BEGIN}, {@link #WINDOWS}, {@link
 * #CUSTOMERS} and {@link #END}. Behind that stands what has happened since, in its order.
 */
final class MemoryBlock {
  /** The setup, how many customers follow, and the last run. */
  static final byte BEGIN = 1;

  /** Windows, by their numbers. */
  static final byte WINDOWS = 2;

  /** Customers, and what is known of each. */
  static final byte CUSTOMERS = 3;

  /** How many customers there were. */
  static final byte END = 4;

  /** Rows that are about to be sent. */
  static final byte HANDED = 5;

  /** What Klaviyo has confirmed of a batch. */
  static final byte CONFIRMED = 6;

  /** What a look at the list has shown. */
  static final byte SHOWN = 7;

  /** Another setup: no digest before it holds any more. */
  static final byte SETUP = 8;

  /** The clean end of a run. */
  static final byte RUN_END = 9;

  /** How many bytes a setup is told by. */
  static final int SETUP_BYTES = 16;

  private MemoryBlock() {}

  static void put(MemoryBytes to, @Nullable LastRun last) {
    to.putByte(last == null ? 0 : 1);
    if (last != null) {
      Instant ended = last.ended();
      to.putLong(last.customers())
          .putLong(ended.getEpochSecond())
          .putInt(ended.getNano())
          .putInt(last.runsSinceEverything())
          .putInt(last.runsSinceListRead())
          .putLong(last.others());
    }
  }

  static @Nullable LastRun lastRun(ByteBuffer from) {
    return from.get() == 0
        ? null
        : new LastRun(
            from.getLong(),
            Instant.ofEpochSecond(from.getLong(), from.getInt()),
            from.getInt(),
            from.getInt(),
            from.getLong());
  }

  static void put(MemoryBytes to, BitSet bits) {
    byte[] bytes = bits.toByteArray();
    to.putInt(bytes.length).put(bytes, 0, bytes.length);
  }

  static BitSet bits(ByteBuffer from) {
    return BitSet.valueOf(bytes(from, from.getInt()));
  }

  static String text(ByteBuffer from) {
    return new String(bytes(from, from.getInt()), StandardCharsets.UTF_8);
  }

  static byte[] bytes(ByteBuffer from, int length) {
    if (length < 0 || length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  /** Moves on behind the identifiers of a customer. */
  static void skipIdentifiers(ByteBuffer from) {
    for (int kind = 0; kind < 3; kind++) {
      int length = from.getShort() & 0xffff;
      from.position(from.position() + length);
    }
  }

  /** Reads an identifier; {@code null} if the customer has none of that kind. */
  static @Nullable String identifier(ByteBuffer from) {
    int length = from.getShort() & 0xffff;
    return length == 0 ? null : new String(bytes(from, length), StandardCharsets.UTF_8);
  }
}
