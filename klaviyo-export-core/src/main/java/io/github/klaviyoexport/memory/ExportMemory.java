package io.github.klaviyoexport.memory;

import io.github.klaviyoexport.journal.LogHeldException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A place that remembers, from run to run, what Klaviyo has confirmed of each customer in a list.
 *
 * <p>It keeps one {@link MemoryLog log} for each segment and list. A log is blocks of bytes that
 * mean nothing to the store: they are sealed with {@link #key() the memory's key} before they are
 * handed over. A log is open in one place at a time, in this process and among all others.
 *
 * <p>All that is kept can be listed and deleted. What is deleted is sent again by the next run; and
 * without the log that {@linkplain KeptMemory#holdsErasures() holds erasures}, it brings back who
 * was erased:
 *
 * {@snippet class="io.github.klaviyoexport.memory.MemoryExamplesTest" region="delete"}
 *
 * <p>{@link FileMemory} keeps logs on a disk, {@link JdbcMemory} in a database that several
 * machines share, {@link HeapMemory} in the heap.
 *
 * <p>Implementations are safe for use by many threads.
 *
 * <p>A memory of your own owes an exporter what follows; the testkit's {@code ExportMemoryContract}
 * proves it.
 *
 * <ul>
 *   <li>A memory has always the same key.
 *   <li>A new log is empty.
 *   <li>Blocks come back in the order in which they were written, and a log goes on where it was
 *       left.
 *   <li>Blocks are read in any order and again; one that is not there is out of bounds.
 *   <li>A replacement takes the place of all blocks, with more of them or fewer.
 *   <li>Old blocks are read while they are replaced, and stay when that fails.
 *   <li>Blocks are the same to the byte, up to the longest; one that is empty or longer is refused.
 *   <li>What was handed over and what came back may be changed.
 *   <li>Logs have nothing to do with each other.
 *   <li>A key may have 64 characters, and they all count.
 *   <li>A log that is open can neither be opened nor deleted; the {@code LogHeldException} names
 *       the holder.
 *   <li>A closed log takes and gives nothing.
 *   <li>Closing again does nothing to the next holder.
 *   <li>All logs with a block are listed, with their size and when they were written.
 *   <li>A log that was deleted is gone, and may begin anew.
 * </ul>
 */
public interface ExportMemory {
  /** Returns the secret that seals what is kept here; it is always the same one. */
  MemoryKey key();

  /**
   * Opens a log, making it if there is none.
   *
   * @param key 1 to 64 characters of {@code a-z}, {@code 0-9} and {@code -}
   * @throws LogHeldException if it is open elsewhere; it names the holder
   * @throws IOException if the store fails
   */
  MemoryLog open(String key) throws IOException;

  /**
   * Opens a log, making it if there is none, for a holder that may be taken for dead when it was
   * silent for so long.
   *
   * <p>By default this is {@link #open(String)}, and the store's own rules hold.
   *
   * @param key as for {@link #open(String)}
   * @param silence more than zero
   * @throws LogHeldException if it is open elsewhere; it names the holder
   * @throws IOException if the store fails
   */
  default MemoryLog open(String key, Duration silence) throws IOException {
    return open(key);
  }

  /**
   * Returns all logs that have at least one block, in the order of their keys, those that are open
   * too.
   *
   * @throws IOException if the store fails
   */
  List<KeptMemory> list() throws IOException;

  /**
   * Deletes a log and all that is kept of it.
   *
   * @return whether there was one
   * @throws LogHeldException if it is open
   * @throws IOException if the store fails
   */
  boolean delete(String key) throws IOException;
}
