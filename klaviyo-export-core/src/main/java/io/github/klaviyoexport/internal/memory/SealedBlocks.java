package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.memory.MemoryLog;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a log as their contents: sealed on their way to the store, opened on their way
 * back.
 *
 * <p>Belongs to one thread.
 */
final class SealedBlocks implements Closeable {
  /** About how many bytes of content a block is filled with. */
  static final int FILL = 256 * 1024;

  private final MemoryLog log;
  private final Seal seal;
  private Seal.@Nullable Generation generation;
  private long count;

  SealedBlocks(MemoryLog log, Seal seal) {
    this.log = log;
    this.seal = seal;
  }

  /** Looks at what the store has. */
  void look() throws IOException {
    count = log.blocks();
    generation = count == 0 ? null : seal.generationOf(log.read(0));
  }

  /** Takes what the store has for nothing; it stays there until it is replaced. */
  void disregard() {
    count = 0;
    generation = null;
  }

  /** Returns how many blocks there are. */
  long count() {
    return count;
  }

  /** Returns the content of a block, which is the whole array behind the buffer. */
  ByteBuffer read(long number) throws IOException {
    return ByteBuffer.wrap(seal.open(generation(), number, log.read(number)));
  }

  /** Returns the failure to read a block whose content is not what was written. */
  IOException damaged(long number) {
    return seal.damaged(number);
  }

  private Seal.Generation generation() {
    if (generation == null) {
      throw new IllegalStateException("There is no block yet.");
    }
    return generation;
  }

  /** Adds a block, durably; returns its number. */
  long append(MemoryBytes content) throws IOException {
    log.append(seal.seal(generation(), count, content));
    return count++;
  }

  /** What blocks are replaced by, one content after the other. */
  interface Contents {
    /** Returns the next content, which is good until the one after it; {@code null} at the end. */
    @Nullable MemoryBytes next() throws IOException;
  }

  /**
   * Replaces all blocks, which can be read until this returns; returns how many bytes there are.
   */
  long replace(Contents contents) throws IOException {
    Seal.Generation fresh = seal.newGeneration();
    long[] written = new long[2];
    log.replace(
        () -> {
          MemoryBytes content = contents.next();
          if (content == null) {
            return null;
          }
          written[1] += content.length();
          return seal.seal(fresh, written[0]++, content);
        });
    generation = fresh;
    count = written[0];
    return written[1];
  }

  void keepAlive() throws IOException {
    log.keepAlive();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
