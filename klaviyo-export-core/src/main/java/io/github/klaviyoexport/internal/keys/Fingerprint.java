package io.github.klaviyoexport.internal.keys;

import io.github.klaviyoexport.profile.ProfileField;

/**
 * A keyed 128-bit hash of an identifier: SipHash-1-3 with 128 bits of output.
 *
 * <p>The key is drawn anew for every run, so identifiers that collide cannot be prepared, and a
 * fingerprint that is found in a heap dump says nothing. The kind of identifier is part of what is
 * hashed: a phone number and an external id of the same text differ.
 *
 * <p>An instance belongs to one thread. It is the fingerprint that it computed last, so that
 * computing one allocates nothing: {@code seen.add(fingerprint.of(kind, identifier))}.
 */
public final class Fingerprint {
  private static final int BITS_PER_CHAR = 16;

  private final long key0;
  private final long key1;

  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private long lane0;
  private long lane1;

  /** Creates the fingerprints of a key: the same key gives the same ones. */
  public Fingerprint(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** Computes the fingerprint of an identifier, and returns this, which is it until the next. */
  public Fingerprint of(ProfileField kind, String identifier) {
    v0 = key0 ^ 0x736f6d6570736575L;
    v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
    v2 = key0 ^ 0x6c7967656e657261L;
    v3 = key1 ^ 0x7465646279746573L;

    // The message is the kind's number and the characters, 16 bits each, lowest byte first.
    int length = identifier.length();
    long word = kind.ordinal();
    int filled = BITS_PER_CHAR;
    for (int i = 0; i < length; i++) {
      word |= (long) identifier.charAt(i) << filled;
      filled += BITS_PER_CHAR;
      if (filled == Long.SIZE) {
        absorb(word);
        word = 0;
        filled = 0;
      }
    }
    long lengthBytes = (length + 1L) * Character.BYTES;
    absorb(word | lengthBytes << 56);

    v2 ^= 0xee;
    lane0 = squeeze();
    v1 ^= 0xdd;
    lane1 = squeeze();
    return this;
  }

  /** Returns the first 64 bits. */
  public long lane0() {
    return lane0;
  }

  /** Returns the last 64 bits. */
  public long lane1() {
    return lane1;
  }

  private void absorb(long word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }

  private long squeeze() {
    round();
    round();
    round();
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void round() {
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
}
