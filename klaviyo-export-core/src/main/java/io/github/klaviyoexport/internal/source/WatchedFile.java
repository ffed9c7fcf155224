package io.github.klaviyoexport.internal.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file that must stay as it is until they have been read: what is written in its
 * place meanwhile would be read as its end, or as the rest of a customer.
 *
 * <p>A file that another is put in the place of does not change; it is read to its end.
 */
final class WatchedFile extends InputStream {
  private final Path path;
  private final BasicFileAttributes opened;
  private final InputStream in;
  private long count;

  private WatchedFile(Path path, BasicFileAttributes opened, InputStream in) {
    this.path = path;
    this.opened = opened;
    this.in = in;
  }

  /** The failure of a file that changed; its message is a sentence. */
  static final class Changed extends IOException {
    private static final long serialVersionUID = 1L;

    private Changed(Path path) {
      super(
          "The file "
              + path
              + " changed while its segment was read, so that customers may be missing or mixed up:"
              + " write it elsewhere, rename it when it is whole, and try again.");
    }
  }

  /**
   * Opens a file, which must be what it was when it was opened for the first time.
   *
   * @throws Changed if it is not
   */
  static InputStream open(SourceFile file) throws IOException {
    InputStream in = Files.newInputStream(file.path());
    try {
      BasicFileAttributes now = attributes(file.path());
      // A pipe has no end before it is read.
      if (now == null || !now.isRegularFile()) {
        return in;
      }
      if (!file.opensAsBefore(now)) {
        throw new Changed(file.path());
      }
      return new WatchedFile(file.path(), now, in);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Returns what is known of the file at a path; {@code null} if none is there any more. */
  private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException removed) {
      return null;
    }
  }

  /** Returns whether a file is the same, and was not written to in between, as far as is known. */
  static boolean isSame(BasicFileAttributes one, BasicFileAttributes other) {
    return isSameFile(one, other)
        && one.size() == other.size()
        && one.lastModifiedTime().equals(other.lastModifiedTime());
  }

  private static boolean isSameFile(BasicFileAttributes one, BasicFileAttributes other) {
    return Objects.equals(one.fileKey(), other.fileKey());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, length);
    count += Math.max(0, read);
    // What is read whole may change before its end is asked for.
    if (read < 0 ? count != opened.size() : count == opened.size()) {
      requireUnchanged();
    }
    return read;
  }

  private void requireUnchanged() throws IOException {
    BasicFileAttributes now = attributes(path);
    boolean unchanged =
        now != null && isSameFile(opened, now) ? isSame(opened, now) : count == opened.size();
    if (!unchanged) {
      throw new Changed(path);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
