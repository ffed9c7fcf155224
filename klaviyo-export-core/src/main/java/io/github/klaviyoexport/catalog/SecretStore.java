package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * A place that secrets are read from, by reference.
 *
 * <p>The {@linkplain #standard() standard} one knows {@code env:} and {@code file:}. A vault is
 * added under a scheme of its own:
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="secrets"}
 *
 * <p>A secret is read anew for each run, so one that was replaced is used from the next run on. A
 * catalog reads it on a thread of its own, and waits up to a minute. What is read goes into the
 * Authorization header and nowhere else. Must be safe for use by many threads.
 */
@FunctionalInterface
public interface SecretStore {
  /**
   * Reads a secret.
   *
   * @throws IOException if it cannot be read; the message should say what to do, and must not hold
   *     the secret
   */
  String read(SecretReference reference) throws IOException;

  /**
   * Returns the store of the environment ({@code env:NAME}) and files ({@code file:PATH}; UTF-8, at
   * most 64 KB). White space, line breaks and a byte order mark at either end are no part of a
   * secret.
   */
  static SecretStore standard() {
    return reference ->
        switch (reference.scheme()) {
          case "env" -> fromEnvironment(reference.place());
          case "file" -> fromFile(reference.place());
          default ->
              throw new IOException(
                  "no secret store knows the scheme '"
                      + reference.scheme()
                      + ":': use env: or file:, or add yours with SecretStore.with(...)");
        };
  }

  /** Returns this store with another for the references of one scheme. */
  default SecretStore with(String scheme, SecretStore other) {
    Objects.requireNonNull(scheme, "scheme");
    Objects.requireNonNull(other, "other");
    return reference -> reference.scheme().equals(scheme) ? other.read(reference) : read(reference);
  }

  private static String fromEnvironment(String variable) throws IOException {
    String value = System.getenv(variable);
    if (value == null) {
      throw new IOException("the environment variable " + variable + " is not set: set it");
    }
    return InvisibleCharacters.strip(value);
  }

  private static String fromFile(String path) throws IOException {
    int most = 64 * 1024;
    byte[] bytes;
    try {
      Path file = Path.of(path);
      // Links are followed, since secrets are mounted by them; a pipe would be waited for.
      if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        throw new FileSystemException(path);
      }
      try (InputStream in = Files.newInputStream(file)) {
        // However large the file says it is.
        bytes = in.readNBytes(most + 1);
      }
    } catch (InvalidPathException noPath) {
      throw new IOException("'" + path + "' is no path of a file: correct the reference", noPath);
    } catch (NoSuchFileException missing) {
      throw new IOException("there is no file " + path + ": put the secret there", missing);
    } catch (IOException other) {
      throw new IOException(
          "the file "
              + path
              + " cannot be read ("
              + other.getClass().getSimpleName()
              + "): see that it is a file that this process may read, and no directory, device or"
              + " pipe",
          other);
    }
    if (bytes.length > most) {
      throw new IOException("the file " + path + " is larger than 64 KB: it is no secret");
    }
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return InvisibleCharacters.strip(text.toString());
    } catch (CharacterCodingException binary) {
      // Without its cause: a decoder's complaint must not travel with what it read.
      throw new IOException("the file " + path + " is not text in UTF-8: save it as such");
    }
  }
}
