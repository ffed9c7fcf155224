package io.github.klaviyoexport.journal;

import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Lines that were written one after the other, and stay written.
 *
 * <p>A line is text of at least one character, without control characters below U+0020 (line breaks
 * are some of them) and without halves of surrogate pairs, up to a few megabytes.
 *
 * <p>A log is used by one thread at a time, and by nobody else until it is {@linkplain #close()
 * closed}. Once a write has failed it takes no more lines, because nobody knows what became of that
 * one: close it and open it again, and {@link #replay} tells.
 */
public interface JournalLog extends Closeable {
  /**
   * Hands over all lines, one at a time, in the order they were written. A line whose writing was
   * cut off by a crash is not among them.
   *
   * @param line takes each line; it must not use the log
   * @throws IOException if the store fails, the log is closed, or it is damaged otherwise than at
   *     its end
   */
  void replay(Consumer<String> line) throws IOException;

  /**
   * Adds a line. When this returns, the line survives a crash of the process and of the machine.
   *
   * @throws IOException if the store fails, or the log is no longer held; then the line may or may
   *     not be there
   */
  void append(String line) throws IOException;

  /**
   * Replaces all lines by one: before a crash all the old ones are there, after it the new one.
   *
   * @throws IOException if the store fails, or the log is no longer held; then either the old lines
   *     are there or the new one
   */
  void restart(String line) throws IOException;

  /**
   * Says that the holder is alive. Called at least every half minute while an export runs; a store
   * that tells the dead by their silence takes two minutes of it.
   *
   * @throws IOException if the store fails, or the log is no longer held
   */
  default void keepAlive() throws IOException {}

  /** Lets go of the log; the lines stay. Closing it again does nothing. */
  @Override
  void close() throws IOException;
}
