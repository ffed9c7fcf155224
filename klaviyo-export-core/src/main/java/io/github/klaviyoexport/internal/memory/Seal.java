package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.memory.DamagedMemoryException;
import io.github.klaviyoexport.memory.MemoryKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The sealing of the blocks of one log with AES-256 in Galois counter mode.
 *
 * <p>Each time that a log is written anew begins a generation with a key of its own, derived from
 * the memory's key. The log, the generation and the number of a block are part of what its seal
 * vouches for, so that no block can be taken for another.
 *
 * <p>Belongs to one thread.
 */
final class Seal {
  /** The version of the format of blocks and of what is in them. */
  static final int VERSION = 1;

  /** How many bytes a sealed block has more than its content. */
  static final int OVERHEAD;

  private static final byte[] MAGIC = {'K', 'X', 'M'};
  private static final int KEY_ID_BYTES = 8;
  private static final int GENERATION_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int VERSION_AT = MAGIC.length;
  private static final int KEY_ID_AT = VERSION_AT + 1;
  private static final int GENERATION_AT = KEY_ID_AT + KEY_ID_BYTES;
  private static final int NONCE_AT = GENERATION_AT + GENERATION_BYTES;
  private static final int HEADER_BYTES = NONCE_AT + NONCE_BYTES;
  private static final String CIPHER = "AES/GCM/NoPadding";

  static {
    OVERHEAD = HEADER_BYTES + TAG_BYTES;
  }

  private final MemoryKey key;
  private final String log;
  private final byte[] keyId;
  private final SecureRandom random = new SecureRandom();

  Seal(MemoryKey key, String log) {
    this.key = key;
    this.log = log;
    this.keyId = Arrays.copyOf(key.derive("key id"), KEY_ID_BYTES);
  }

  /** One writing of a log. */
  static final class Generation {
    private final byte[] id;
    private final SecretKeySpec secret;

    Generation(byte[] id, SecretKeySpec secret) {
      this.id = id;
      this.secret = secret;
    }
  }

  /** Begins a generation. */
  Generation newGeneration() {
    byte[] id = new byte[GENERATION_BYTES];
    random.nextBytes(id);
    return generation(id);
  }

  private Generation generation(byte[] id) {
    byte[] secret = key.derive("blocks of " + log + " " + HexFormat.of().formatHex(id));
    return new Generation(id, new SecretKeySpec(secret, "AES"));
  }

  /** Returns the generation that a log's first block says it is of. */
  Generation generationOf(byte[] first) throws DamagedMemoryException {
    if (first.length < OVERHEAD) {
      throw damaged(0);
    }
    return generation(Arrays.copyOfRange(first, GENERATION_AT, NONCE_AT));
  }

  /** Returns the content of a block, sealed. */
  byte[] seal(Generation generation, long number, MemoryBytes content) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] block = new byte[OVERHEAD + content.length()];
    ByteBuffer.wrap(block).put(MAGIC).put((byte) VERSION).put(keyId).put(generation.id).put(nonce);
    try {
      cipher(Cipher.ENCRYPT_MODE, generation, number, nonce)
          .doFinal(content.array(), 0, content.length(), block, HEADER_BYTES);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
    return block;
  }

  /**
   * Opens a block.
   *
   * @throws DamagedMemoryException if it is not as it was sealed, or not in its place
   * @throws IOException if it was sealed with another key or by a newer version
   */
  byte[] open(Generation generation, long number, byte[] block) throws IOException {
    if (block.length < OVERHEAD) {
      throw damaged(number);
    }
    byte[] content;
    try {
      byte[] nonce = Arrays.copyOfRange(block, NONCE_AT, HEADER_BYTES);
      content =
          cipher(Cipher.DECRYPT_MODE, generation, number, nonce)
              .doFinal(block, HEADER_BYTES, block.length - HEADER_BYTES);
    } catch (AEADBadTagException e) {
      throw refusal(number, block);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
    if (!hasMagic(block)
        || block[VERSION_AT] != VERSION
        || !hasKeyId(block)
        || !Arrays.equals(block, GENERATION_AT, NONCE_AT, generation.id, 0, GENERATION_BYTES)) {
      throw damaged(number);
    }
    return content;
  }

  /** Returns why a block cannot be opened, by what its header says. */
  private IOException refusal(long number, byte[] block) {
    if (number > 0 || !hasMagic(block)) {
      return damaged(number);
    }
    if (block[VERSION_AT] > VERSION) {
      return new IOException(
          "The memory "
              + log
              + " was written by a newer version of the library (format "
              + block[VERSION_AT]
              + ", this one knows "
              + VERSION
              + "): use that version, or delete this memory, and the next run sends everything.");
    }
    if (!hasKeyId(block)) {
      return new IOException(
          "The memory "
              + log
              + " was sealed with another memory key than the one given: give the one it was"
              + " written with. If that is lost, delete this memory, and the next run sends"
              + " everything.");
    }
    return damaged(number);
  }

  private static boolean hasMagic(byte[] block) {
    return Arrays.equals(block, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private boolean hasKeyId(byte[] block) {
    return Arrays.equals(block, KEY_ID_AT, GENERATION_AT, keyId, 0, KEY_ID_BYTES);
  }

  private Cipher cipher(int mode, Generation generation, long number, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, generation.secret, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    byte[] name = log.getBytes(StandardCharsets.UTF_8);
    cipher.updateAAD(
        ByteBuffer.allocate(1 + Long.BYTES + name.length)
            .put((byte) VERSION)
            .putLong(number)
            .put(name)
            .array());
    return cipher;
  }

  /** Returns the failure to read a block that is not as it was written. */
  DamagedMemoryException damaged(long number) {
    return new DamagedMemoryException(
        "Block " + number + " of the memory " + log + " is not as it was written.");
  }

  private static IllegalStateException unusable(GeneralSecurityException e) {
    return new IllegalStateException("Every Java has " + CIPHER + "; this one fails.", e);
  }
}
