package io.github.klaviyoexport.journal;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Lines that were written one after the other, and stay written.
 *
 * <p>A line is text of at least one character, without control characters below U+0020 (line breaks
 * are some of them) and without halves of surrogate pairs, up to a few megabytes.
 *
 * <p>A log is used by one thread at a time, and opened nowhere else until it is {@linkplain
 * #close() closed}. Once a write has failed it takes no more lines, because it is not known what
 * became of that one: close the log and open it again, and {@link #replay} tells.
 */
public interface JournalLog extends Closeable {
  /**
   * Hands over all lines, one at a time, in the order they were written. A line that a crash cut
   * off while it was written is not among them.
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
   * Replaces all lines by one. A crash in the midst of it leaves either all the old lines or the
   * new one.
   *
   * @throws IOException if the store fails, or the log is no longer held; then either the old lines
   *     are there or the new one
   */
  void restart(String line) throws IOException;

  /**
   * Tells the store that the holder is alive. It is called every ten seconds while an export runs;
   * a store that has no other sign of life takes a holder for dead after the silence {@linkplain
   * ExportJournal#open(String, Duration) that it was opened with}, two minutes by default.
   *
   * @throws IOException if the store fails, or the log is no longer held
   */
  default void keepAlive() throws IOException {}

  /** Lets go of the log; the lines stay. Closing it again does nothing. */
  @Override
  void close() throws IOException;
}
