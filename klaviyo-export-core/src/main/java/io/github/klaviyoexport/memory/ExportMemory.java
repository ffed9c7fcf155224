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
 * <p>All that is kept can be listed and deleted. What is deleted is sent again by the next run:
 *
 * {@snippet class="io.github.klaviyoexport.memory.MemoryExamplesTest" region="delete"}
 *
 * <p>{@link FileMemory} keeps logs on a disk, {@link JdbcMemory} in a database that several
 * machines share, {@link HeapMemory} in the heap. Your own is proven by {@code
 * ExportMemoryContract} of the testkit.
 *
 * <p>Implementations are safe for use by many threads.
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
