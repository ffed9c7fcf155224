package io.github.klaviyoexport.memory;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.hold.HeldFile;
import io.github.klaviyoexport.internal.text.InWords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A log of a {@link FileMemory}.
 *
 * <p>Its file begins with 8 bytes that are always the same, and the number of blocks that are
 * certainly written. Each block has its length and a checksum before it. The number is written with
 * the next block and when the log is closed. So a block that is missing at the end is either the
 * last one of a process that was killed, which was never known to be written, or it is damage.
 */
final class FileMemoryLog implements MemoryLog {
  private static final long MAGIC = 0x6b78_6d65_6d6f_7231L;
  private static final int HEADER_BYTES = 2 * Long.BYTES;
  private static final int BLOCK_HEADER_BYTES = 2 * Integer.BYTES;

  private final HeldFile held;
  private final Path file;

  /** Where each block ends in the file. */
  private long[] ends = new long[64];

  private int blocks;
  private int certain;
  private @Nullable String damage;
  private boolean closed;

  private FileMemoryLog(HeldFile held) {
    this.held = held;
    this.file = held.file();
  }

  /**
   * Opens a log, and puts away what a crash may have left of it.
   *
   * @param directory the real path of a directory that is there
   * @param silence after how much silence another may take it over; {@code null} for never
   */
  static FileMemoryLog open(Path directory, String key, @Nullable Duration silence)
      throws IOException {
    HeldFile held =
        HeldFile.take(directory, key + ".memory", key + ".memory-lock", "memory file", silence);
    try {
      FileMemoryLog log = new FileMemoryLog(held);
      log.recover();
      return log;
    } catch (IOException | RuntimeException | Error e) {
      try {
        held.close();
      } catch (IOException unclosed) {
        e.addSuppressed(unclosed);
      }
      throw e;
    }
  }

  private void recover() throws IOException {
    held.deleteDraft();
    if (!PrivateFiles.isThere(file)) {
      return;
    }
    PrivateFiles.uninterrupted(
        () -> {
          try (FileChannel in =
              PrivateFiles.openOrdinary(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            recover(in);
          }
          return true;
        });
    if (held.isTakenOver() && damage == null && blocks > 0) {
      // What the process before still writes to the file that it has open is lost so.
      int[] next = {0};
      replace(() -> next[0] == blocks ? null : read(next[0]++));
    }
  }

  private void recover(FileChannel in) throws IOException {
    blocks = 0;
    long size = in.size();
    if (size == 0) {
      return;
    }
    ByteBuffer header = read(in, 0, HEADER_BYTES);
    long known = header == null ? -1 : header.getLong(Long.BYTES);
    if (header == null || header.getLong(0) != MAGIC || known < 0 || known > Integer.MAX_VALUE) {
      damage = "The file " + file + " does not begin like a memory.";
      return;
    }
    certain = (int) known;
    long end = HEADER_BYTES;
    while (end < size) {
      ByteBuffer block = read(in, end, BLOCK_HEADER_BYTES);
      int length = block == null ? 0 : block.getInt(0);
      long next = end + BLOCK_HEADER_BYTES + length;
      boolean isWhole =
          BlockRules.isLength(length)
              && next <= size
              && (blocks < certain || contentOf(in, end, next) != null);
      if (!isWhole) {
        break;
      }
      add(next);
      end = next;
    }
    if (blocks < certain) {
      damage =
          "The file "
              + file
              + " has "
              + InWords.count(blocks, "block")
              + " left of "
              + certain
              + ".";
    } else if (end < size) {
      in.truncate(end);
      in.force(true);
    }
  }

  private void add(long end) {
    if (blocks == ends.length) {
      ends = Arrays.copyOf(ends, blocks * 2);
    }
    ends[blocks++] = end;
  }

  private long start(int block) {
    return block == 0 ? HEADER_BYTES : ends[block - 1];
  }

  private static @Nullable ByteBuffer read(FileChannel in, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (in.read(bytes, at + bytes.position()) < 0) {
        return null;
      }
    }
    return bytes;
  }

  /** Returns the content of a block; {@code null} if it is not as it was written. */
  private static byte @Nullable [] contentOf(FileChannel in, long start, long end)
      throws IOException {
    ByteBuffer all = read(in, start, (int) (end - start));
    if (all == null || all.getInt(0) != all.capacity() - BLOCK_HEADER_BYTES) {
      return null;
    }
    byte[] content = new byte[all.capacity() - BLOCK_HEADER_BYTES];
    all.get(BLOCK_HEADER_BYTES, content);
    return checksum(content) == all.getInt(Integer.BYTES) ? content : null;
  }

  private static int checksum(byte[] content) {
    CRC32C sum = new CRC32C();
    sum.update(content);
    return (int) sum.getValue();
  }

  @Override
  public long blocks() throws IOException {
    requireUndamaged();
    return blocks;
  }

  private void requireUndamaged() throws IOException {
    held.requireOpen();
    if (damage != null) {
      throw new DamagedMemoryException(damage);
    }
  }

  @Override
  public byte[] read(long number) throws IOException {
    requireUndamaged();
    if (number < 0 || number >= blocks) {
      throw new IndexOutOfBoundsException("There is no block " + number + " of " + blocks + ".");
    }
    int block = (int) number;
    return PrivateFiles.uninterrupted(
        () -> {
          try (FileChannel in = PrivateFiles.openOrdinary(file, StandardOpenOption.READ)) {
            byte[] content = contentOf(in, start(block), ends[block]);
            if (content == null) {
              throw new DamagedMemoryException(
                  "Block " + number + " in the file " + file + " is not as it was written.");
            }
            return content;
          }
        });
  }

  @Override
  public void append(byte[] block) throws IOException {
    BlockRules.require(block);
    requireUndamaged();
    if (blocks == 0) {
      Iterator<byte[]> only = List.of(block).iterator();
      replace(() -> only.hasNext() ? only.next() : null);
      return;
    }
    long at = start(blocks);
    byte[] bytes = withHeader(block);
    held.write(
        out -> {
          out.truncate(at);
          PrivateFiles.write(out, bytes, at);
          PrivateFiles.write(out, number(blocks), Long.BYTES);
        });
    certain = blocks;
    add(at + bytes.length);
  }

  private static byte[] withHeader(byte[] block) {
    return ByteBuffer.allocate(BLOCK_HEADER_BYTES + block.length)
        .putInt(block.length)
        .putInt(checksum(block))
        .put(block)
        .array();
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  @Override
  public void replace(Blocks next) throws IOException {
    held.beginDraft();
    FileMemoryLog fresh = new FileMemoryLog(held);
    for (byte[] block = next.next(); block != null; block = next.next()) {
      BlockRules.require(block);
      byte[] bytes = withHeader(block);
      long at = fresh.start(fresh.blocks);
      held.writeDraft(out -> PrivateFiles.write(out, bytes, at));
      fresh.add(at + bytes.length);
    }
    BlockRules.requireSome(fresh.blocks);
    held.putInPlace(
        out -> {
          PrivateFiles.write(out, number(MAGIC), 0);
          PrivateFiles.write(out, number(fresh.blocks), Long.BYTES);
        });
    ends = fresh.ends;
    blocks = fresh.blocks;
    certain = blocks;
    damage = null;
  }

  /** Deletes all blocks; returns whether there were any. */
  boolean delete() throws IOException {
    boolean deleted = held.delete();
    blocks = 0;
    certain = 0;
    return deleted;
  }

  @Override
  public void keepAlive() throws IOException {
    held.keepAlive();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (certain < blocks && damage == null && !held.isUnusable()) {
        held.write(out -> PrivateFiles.write(out, number(blocks), Long.BYTES));
      }
    } finally {
      held.close();
    }
  }
}
