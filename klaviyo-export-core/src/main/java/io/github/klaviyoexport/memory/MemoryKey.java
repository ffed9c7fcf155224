package io.github.klaviyoexport.memory;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.text.InWords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The secret of an installation, with which everything that a memory keeps is sealed.
 *
 * {@snippet class="io.github.klaviyoexport.memory.MemoryExamplesTest" region="key"}
 *
 * <p>It has at least {@value #MIN_BYTES} random bytes, written in Base64 where it is text; {@code
 * openssl rand -base64 32} makes one. Keep it like a password, apart from the memory, and give all
 * processes that share a memory the same one. Without it a memory cannot be read: if it is lost,
 * delete the memory, and the next run sends everything. Who was erased is not known any more then:
 * erase them again before that run.
 *
 * <p>Two keys are equal if their bytes are. Instances are immutable; {@link #toString()} never
 * shows the secret.
 */
public final class MemoryKey {
  /** The least bytes of a key. */
  public static final int MIN_BYTES = 32;

  private static final int MAX_BYTES = 1024;
  private static final String MAC = "HmacSHA256";

  private final SecretKeySpec secret;

  private MemoryKey(byte[] secret) {
    this.secret = new SecretKeySpec(secret, MAC);
  }

  /**
   * Returns the key that has these bytes.
   *
   * @throws IllegalArgumentException if they are too few or too many, or all the same
   */
  public static MemoryKey of(byte[] secret) {
    return checked(secret.clone(), "The memory key");
  }

  /**
   * Returns the key whose bytes a text holds in Base64, white space around it left out.
   *
   * @throws IllegalArgumentException if it is not Base64, or the bytes are too few or too many, or
   *     all the same; the message never shows it
   */
  public static MemoryKey of(String base64) {
    return decoded(base64, "The memory key");
  }

  /**
   * Returns the key that an environment variable holds in Base64.
   *
   * @throws IllegalArgumentException if the variable is not set or its content is no key
   */
  public static MemoryKey fromEnvironment(String variable) {
    return fromEnvironment(variable, System::getenv);
  }

  /** Returns the key that a variable of an environment holds. */
  static MemoryKey fromEnvironment(String variable, UnaryOperator<@Nullable String> environment) {
    String value = environment.apply(variable);
    if (value == null) {
      throw new IllegalArgumentException(
          "The environment variable "
              + variable
              + " is not set: set it to the memory key of this installation; for a new one, to what"
              + " openssl rand -base64 32 prints.");
    }
    return decoded(value, "The memory key in the environment variable " + variable);
  }

  /**
   * Returns the key that a file holds in Base64.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if its content is no key
   */
  public static MemoryKey fromFile(Path file) throws IOException {
    byte[] text;
    try (InputStream in = PrivateFiles.readOrdinary(file)) {
      text = in.readNBytes(4 * MAX_BYTES);
    } catch (IOException e) {
      throw new IOException(
          "The file of the memory key cannot be read ("
              + PrivateFiles.reason(e)
              + "): see that it is there and that this user may read it.",
          e);
    }
    return decoded(
        new String(text, StandardCharsets.ISO_8859_1), "The memory key in the file " + file);
  }

  /**
   * Creates a new key of random bytes. What is sealed with it can be read only as long as this
   * object is at hand.
   */
  public static MemoryKey random() {
    byte[] secret = new byte[MIN_BYTES];
    new SecureRandom().nextBytes(secret);
    return new MemoryKey(secret);
  }

  private static MemoryKey decoded(String base64, String what) {
    byte[] secret;
    try {
      secret = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      // The decoder's message quotes a character of the secret.
      throw new IllegalArgumentException(
          what + " is not Base64: give it what openssl rand -base64 32 prints, and nothing else.");
    }
    return checked(secret, what);
  }

  private static MemoryKey checked(byte[] secret, String what) {
    if (secret.length < MIN_BYTES || secret.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          what
              + " has "
              + InWords.count(secret.length, "byte")
              + ", and a key has "
              + MIN_BYTES
              + " to "
              + InWords.number(MAX_BYTES)
              + ": make one with openssl rand -base64 32.");
    }
    boolean same = true;
    for (byte b : secret) {
      same &= b == secret[0];
    }
    if (same) {
      throw new IllegalArgumentException(
          what + " is one byte over and over: make one with openssl rand -base64 32.");
    }
    return new MemoryKey(secret);
  }

  /**
   * Returns a secret of 32 bytes for one purpose, from which neither this key nor the secret of
   * another purpose can be told: HMAC-SHA256 of the label.
   *
   * @param label names the purpose
   */
  public byte[] derive(String label) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(secret);
      return mac.doFinal(label.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + MAC + "; this one fails.", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MemoryKey key && secret.equals(key.secret);
  }

  @Override
  public int hashCode() {
    return secret.hashCode();
  }

  /** Returns that it is a key, and nothing of it. */
  @Override
  public String toString() {
    return "MemoryKey[***]";
  }
}
