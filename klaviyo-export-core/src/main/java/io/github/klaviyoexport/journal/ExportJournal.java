package io.github.klaviyoexport.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A place that remembers exports, so that one which was cut off can be continued.
 *
 * <p>It keeps one {@link JournalLog log} for each segment and list, which is emptied when a new run
 * begins: a journal does not grow with time. Of a list that is a mirror it remembers of which
 * segment, in a log of its own. A log is open in one place at a time, in this process and among all
 * others: that is what keeps two processes from running the same export at once.
 *
 * {@snippet class="io.github.klaviyoexport.journal.JournalExamplesTest" region="exporter"}
 *
 * <p>{@link FileJournal} keeps logs on a disk, {@link JdbcJournal} in a database that several
 * machines share, {@link MemoryJournal} in memory.
 *
 * <p>Implementations are safe for use by many threads.
 *
 * <p>A journal of your own owes an exporter what follows; the testkit's {@code
 * ExportJournalContract} proves it.
 *
 * <ul>
 *   <li>A new log is empty.
 *   <li>Lines come back in the order in which they were written, and a log goes on where it was
 *       left.
 *   <li>A restart replaces all lines by one, whether there were any or none, again and again.
 *   <li>Lines are the same text to the character.
 *   <li>A line may have three megabytes, and so may a restart.
 *   <li>Logs have nothing to do with each other, and many are written at the same time.
 *   <li>A key may have 64 characters, and they all count.
 *   <li>A log that is open is refused to all others with a {@code LogHeldException} that names the
 *       holder, also when it was restarted.
 *   <li>A log that was closed can be opened at once.
 *   <li>A closed log takes no more lines and gives none.
 *   <li>Closing again does nothing to the next holder.
 *   <li>Being told often that the holder is alive does no harm.
 *   <li>What a reader of lines throws comes through, and the log is as it was.
 *   <li>Where logs can be listed and deleted, those that are kept are listed, and one that is open
 *       is not deleted.
 * </ul>
 */
public interface ExportJournal {
  /**
   * Opens a log, making it if there is none.
   *
   * @param key 1 to 64 characters of {@code a-z}, {@code 0-9} and {@code -}
   * @throws LogHeldException if it is open elsewhere; it names the holder
   * @throws IOException if the store fails or the log is damaged
   */
  JournalLog open(String key) throws IOException;

  /**
   * Opens a log, making it if there is none, for a holder that may be taken for dead when it was
   * silent for so long. A {@code Catalog} says here after how long it takes over a run, so that
   * both wait equally long.
   *
   * <p>By default this is {@link #open(String)}, and the store's own rules hold.
   *
   * @param key as for {@link #open(String)}
   * @param silence more than zero
   * @throws LogHeldException if it is open elsewhere; it names the holder
   * @throws IOException if the store fails or the log is damaged
   */
  default JournalLog open(String key, Duration silence) throws IOException {
    return open(key);
  }

  /**
   * Returns the keys of all logs that are kept, in their order, those that are open too.
   *
   * <p>By default this is not supported; the journals of this library do it.
   *
   * @throws UnsupportedOperationException if this journal cannot list its logs
   * @throws IOException if the store fails
   */
  default List<String> list() throws IOException {
    throw new UnsupportedOperationException(
        "This journal does not list its logs: have it implement list() and delete(String).");
  }

  /**
   * Deletes a log: an unfinished run of it cannot be resumed any more, and of a list that is a
   * mirror it is forgotten of which segment.
   *
   * <p>By default this is not supported; the journals of this library do it.
   *
   * @param key as for {@link #open(String)}
   * @return whether there was one
   * @throws UnsupportedOperationException if this journal cannot delete logs
   * @throws LogHeldException if it is open
   * @throws IOException if the store fails
   */
  default boolean delete(String key) throws IOException {
    throw new UnsupportedOperationException(
        "This journal does not delete logs: have it implement list() and delete(String).");
  }
}
