package io.github.klaviyoexport.internal.keys;

import io.github.klaviyoexport.profile.ProfileField;
import java.util.Arrays;

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
  private static final int CHARS_PER_WORD = 4;

  private final long key0;
  private final long key1;
  private char[] chars = new char[256];
  private long lane0;
  private long lane1;

  /** Creates the fingerprints of a key: the same key gives the same ones. */
  public Fingerprint(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** Creates another instance of the same key, so that two fingerprints are at hand at once. */
  public Fingerprint another() {
    return new Fingerprint(key0, key1);
  }

  /** Computes the fingerprint of an identifier, and returns this, which is it until the next. */
  public Fingerprint of(ProfileField kind, String identifier) {
    // The state is in local variables, and rounds are written out, so that it stays in registers.
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;

    // The message is the kind's number and the characters, 16 bits each, lowest byte first. Its
    // last word holds what is left of it, and its length in the highest byte.
    int length = identifier.length();
    if (chars.length <= length + CHARS_PER_WORD) {
      chars = new char[2 * (length + CHARS_PER_WORD)];
    }
    identifier.getChars(0, length, chars, 1);
    chars[0] = (char) kind.ordinal();
    Arrays.fill(chars, length + 1, length + 1 + CHARS_PER_WORD, '\0');
    for (int at = 0; at <= length + 1; at += CHARS_PER_WORD) {
      long word =
          chars[at]
              | (long) chars[at + 1] << 16
              | (long) chars[at + 2] << 32
              | (long) chars[at + 3] << 48;
      if (at + CHARS_PER_WORD > length + 1) {
        word |= (length + 1L) * Character.BYTES << 56;
      }
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

    v2 ^= 0xee;
    for (int i = 0; i < 6; i++) {
      if (i == 3) {
        lane0 = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
      }
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
    lane1 = v0 ^ v1 ^ v2 ^ v3;
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
}
