package io.github.klaviyoexport.internal.keys;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The place where the {@link RowKeys} of batches wait for their jobs to end: in memory up to a
 * bound, beyond that in a temporary file that only its owner may read and that is gone when the
 * export ends.
 *
 * <p>So memory stays flat however many jobs Klaviyo has open, and nothing is written to disk for
 * exports of ordinary size. Where no file can be made, memory is used on.
 */
public final class RowKeySpill implements Closeable {
  static final int MAX_BYTES_IN_MEMORY = 2_000_000;

  private long inMemory;
  private @Nullable RandomAccessFile file;
  private @Nullable Path path;
  private boolean noFile;

  /** Bytes that were put away. */
  public final class Kept {
    private final int length;
    private final long position;
    private byte @Nullable [] bytes;

    private Kept(int length, byte @Nullable [] bytes, long position) {
      this.length = length;
      this.bytes = bytes;
      this.position = position;
    }

    /** Reads the bytes again. */
    public byte[] read() {
      if (bytes != null) {
        return bytes;
      }
      byte[] read = new byte[length];
      try {
        if (file == null) {
          throw new IOException("it is closed");
        }
        file.seek(position);
        file.readFully(read);
      } catch (IOException failure) {
        throw new UncheckedIOException("The export's temporary file cannot be read.", failure);
      }
      return read;
    }

    /** Lets go of memory; the file's space is freed at the end. */
    public void drop() {
      if (bytes != null) {
        inMemory -= length;
        bytes = null;
      }
    }
  }

  /** Puts bytes away. */
  public Kept keep(byte[] bytes) {
    if (inMemory + bytes.length > MAX_BYTES_IN_MEMORY && !noFile) {
      try {
        return new Kept(bytes.length, null, append(bytes));
      } catch (IOException | SecurityException noRoom) {
        noFile = true;
        System.getLogger("io.github.klaviyoexport")
            .log(
                System.Logger.Level.WARNING,
                "No temporary file can be written ({0}), so the export keeps the ids of its"
                    + " customers in memory: some 20 bytes and the id for each. Make room in"
                    + " java.io.tmpdir to avoid that.",
                noRoom.getClass().getSimpleName());
      }
    }
    inMemory += bytes.length;
    return new Kept(bytes.length, bytes, -1);
  }

  private long append(byte[] bytes) throws IOException {
    if (file == null) {
      file = open();
    }
    long position = file.length();
    file.seek(position);
    file.write(bytes);
    return position;
  }

  /** Opens the file, and no channel: those close for good when their thread is interrupted. */
  private RandomAccessFile open() throws IOException {
    path = Files.createTempFile("klaviyo-export-", ".keys");
    RandomAccessFile opened = new RandomAccessFile(path.toFile(), "rw");
    delete();
    return opened;
  }

  /** Deletes the file, at once where the system allows it: so not even a crash leaves it behind. */
  private void delete() {
    try {
      if (path != null) {
        Files.deleteIfExists(path);
        path = null;
      }
    } catch (IOException open) {
      // It is tried again on closing.
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
        file = null;
      }
    } catch (IOException gone) {
      System.getLogger("io.github.klaviyoexport")
          .log(System.Logger.Level.DEBUG, "The export's temporary file did not close.");
    }
    delete();
  }
}
