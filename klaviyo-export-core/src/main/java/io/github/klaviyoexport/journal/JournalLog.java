package io.github.klaviyoexport.journal;

import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Lines that were written one after the other, and stay written.
 *
 * <p>A line is text without line breaks, up to a few megabytes. A log is used by one thread, and by
 * nobody else until it is {@linkplain #close() closed}.
 */
public interface JournalLog extends Closeable {
  /**
   * Hands over all lines, one at a time, in the order they were written. A line whose writing was
   * cut off by a crash is not among them.
   *
   * @throws IOException if the store fails, or the log is damaged otherwise than at its end
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
   * @throws IOException if the store fails, or the log is no longer held
   */
  void restart(String line) throws IOException;

  /**
   * Says that the holder is alive. Called at least every half minute while an export runs; a store
   * that tells the dead by their silence takes two minutes of it.
   *
   * @throws IOException if the store fails, or the log is no longer held
   */
  default void keepAlive() throws IOException {}

  /** Lets go of the log; the lines stay. */
  @Override
  void close() throws IOException;
}
