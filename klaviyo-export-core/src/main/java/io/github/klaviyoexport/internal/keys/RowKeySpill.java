package io.github.klaviyoexport.internal.keys;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The place where the {@link RowKeys} of batches wait for their jobs to end, and {@link
 * IdentifierHolders} for another customer who shares an identifier: in memory up to a bound for
 * each, beyond that in a temporary file that only its owner may read and that is gone when the
 * export ends.
 *
 * <p>So memory stays flat however many jobs Klaviyo has open, and nothing is written to disk for
 * exports of ordinary size. Where no file can be made, memory is used on.
 */
public final class RowKeySpill implements Closeable {
  static final int MAX_BYTES_IN_MEMORY = 2_000_000;

  private final Memory forJobs = new Memory();
  private final Memory forHolders = new Memory();
  private @Nullable RandomAccessFile file;
  private @Nullable Path path;
  private boolean noFile;

  /** What is kept in memory of one kind, so that neither kind takes the other's place. */
  private static final class Memory {
    private long bytes;
  }

  /** Bytes that were put away. */
  public final class Kept {
    private final Memory memory;
    private final int length;
    private final long position;
    private byte @Nullable [] bytes;

    private Kept(Memory memory, int length, byte @Nullable [] bytes, long position) {
      this.memory = memory;
      this.length = length;
      this.bytes = bytes;
      this.position = position;
    }

    /** Reads the bytes again. */
    public byte[] read() {
      return bytes == null ? read(0, length) : bytes;
    }

    /** Reads some of the bytes again. */
    byte[] read(int from, int count) {
      if (bytes != null) {
        return Arrays.copyOfRange(bytes, from, from + count);
      }
      byte[] read = new byte[count];
      try {
        if (file == null) {
          throw new IOException("it is closed");
        }
        file.seek(position + from);
        file.readFully(read);
      } catch (IOException failure) {
        throw new UncheckedIOException("The export's temporary file cannot be read.", failure);
      }
      return read;
    }

    /** Lets go of memory; the file's space is freed at the end. */
    public void drop() {
      if (bytes != null) {
        memory.bytes -= length;
        bytes = null;
      }
    }
  }

  /** Puts the keys of a job's rows away. */
  public Kept keep(byte[] bytes) {
    return keep(bytes, forJobs);
  }

  /** Puts the holders of identifiers away. */
  Kept keepHolders(byte[] bytes) {
    return keep(bytes, forHolders);
  }

  private Kept keep(byte[] bytes, Memory memory) {
    if (memory.bytes + bytes.length > MAX_BYTES_IN_MEMORY && !noFile) {
      try {
        return new Kept(memory, bytes.length, null, append(bytes));
      } catch (IOException | SecurityException noRoom) {
        noFile = true;
        System.getLogger("io.github.klaviyoexport")
            .log(
                System.Logger.Level.WARNING,
                "No temporary file can be written ({0}), so the export keeps the ids of its"
                    + " customers in memory: some 40 bytes and the id for each. Make room in"
                    + " java.io.tmpdir to avoid that.",
                noRoom.getClass().getSimpleName());
      }
    }
    memory.bytes += bytes.length;
    return new Kept(memory, bytes.length, bytes, -1);
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
    // In a directory of its own, which only its owner may change: so no other process can put a
    // link
    // in the file's place before it is open.
    Path directory = Files.createTempDirectory("klaviyo-export-");
    path = directory.resolve("rows.keys");
    RandomAccessFile opened = new RandomAccessFile(path.toFile(), "rw");
    delete();
    return opened;
  }

  /** Deletes the file, at once where the system allows it: so not even a crash leaves it behind. */
  private void delete() {
    try {
      if (path != null) {
        Files.deleteIfExists(path);
        Files.deleteIfExists(Objects.requireNonNull(path.getParent()));
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
