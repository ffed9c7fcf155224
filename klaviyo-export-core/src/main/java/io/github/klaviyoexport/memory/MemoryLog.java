package io.github.klaviyoexport.memory;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of bytes that were written one after the other, and stay written.
 *
 * <p>A block has 1 to {@value #MAX_BLOCK_BYTES} bytes. Blocks are numbered from 0.
 *
 * <p>A log is used by one thread at a time, and opened nowhere else until it is {@linkplain
 * #close() closed}. Once a write has failed it takes no more blocks, because it is not known what
 * became of that one: close the log and open it again.
 *
 * <p>A store that notices that blocks are not as they were written says so by a {@link
 * DamagedMemoryException}. It need not notice, because each block's seal is checked when it is
 * read.
 */
public interface MemoryLog extends Closeable {
  /** The most bytes of a block. */
  int MAX_BLOCK_BYTES = 1024 * 1024;

  /**
   * Returns how many blocks there are. One that a crash cut off while it was written is none.
   *
   * @throws DamagedMemoryException if blocks are known to be missing or damaged
   * @throws IOException if the store fails or the log is closed
   */
  long blocks() throws IOException;

  /**
   * Reads a block.
   *
   * @param number from 0 on, less than {@link #blocks()}
   * @throws IndexOutOfBoundsException if there is no such block
   * @throws DamagedMemoryException if it is known to be missing or damaged
   * @throws IOException if the store fails or the log is closed
   */
  byte[] read(long number) throws IOException;

  /**
   * Adds a block. When this returns, the block survives a crash of the process and of the machine.
   *
   * @throws IllegalArgumentException if it is empty or too long
   * @throws IOException if the store fails, or the log is no longer held; then the block may or may
   *     not be there
   */
  void append(byte[] block) throws IOException;

  /**
   * Replaces all blocks by others. A crash in the midst of it leaves either all the old blocks or
   * all the new ones. While it lasts the old ones can be {@linkplain #read read}; so the new ones
   * can be made from them, one at a time.
   *
   * @param blocks gives the new blocks, of which there is at least one
   * @throws IllegalArgumentException if one of them is empty or too long; then the old blocks are
   *     there
   * @throws IOException if the store fails, the log is no longer held, or {@code blocks} throws it;
   *     then either the old blocks are there or the new ones
   */
  void replace(Blocks blocks) throws IOException;

  /** Blocks, one after the other. */
  @FunctionalInterface
  interface Blocks {
    /** Returns the next block; {@code null} after the last. */
    byte @Nullable [] next() throws IOException;
  }

  /**
   * Tells the store that the holder is alive. It is called every ten seconds while an export runs.
   *
   * @throws IOException if the store fails, or the log is no longer held
   */
  default void keepAlive() throws IOException {}

  /** Lets go of the log; the blocks stay. Closing it again does nothing. */
  @Override
  void close() throws IOException;
}
