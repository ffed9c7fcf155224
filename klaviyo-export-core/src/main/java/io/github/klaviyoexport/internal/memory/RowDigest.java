package io.github.klaviyoexport.internal.memory;

/**
 * Keyed hashes of rows as they are sent: SipHash-1-3 of their bytes, 64 bits.
 *
 * <p>Immutable, and safe for use by many threads.
 */
public final class RowDigest {
  private final long key0;
  private final long key1;

  RowDigest(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** Returns the digest of the first bytes of an array. */
  public long of(byte[] bytes, int length) {
    // As in Fingerprint, the state is in local variables, so that it stays in registers.
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int words = length / Long.BYTES;
    for (int i = 0; i <= words; i++) {
      long word = i < words ? word(bytes, i * Long.BYTES) : rest(bytes, i * Long.BYTES, length);
      v3 ^= word;
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    v2 ^= 0xff;
    for (int i = 0; i < 3; i++) {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private static long word(byte[] bytes, int at) {
    return Long.reverseBytes(MemoryBytes.getLong(bytes, at));
  }

  /** Returns what is left of the bytes, and their number in the highest byte. */
  private static long rest(byte[] bytes, int at, int length) {
    long word = (long) length << 56;
    for (int i = at; i < length; i++) {
      word |= (bytes[i] & 0xffL) << Byte.SIZE * (i - at);
    }
    return word;
  }
}
