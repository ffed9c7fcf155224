package io.github.klaviyoexport.catalog;

import java.time.Duration;

/**
 * A listener that hears what may have to be looked after.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="listener"}
 *
 * <p>Every method has an empty default: implement those you want. They are called on the thread of
 * the run they are about, so they should return quickly; what they throw, errors too, is logged by
 * its type and disturbs nothing.
 *
 * <p>The runs come with the {@linkplain RunRecord#details() details} that are for administrators
 * only. Show them to no others; {@code toString()} leaves them out.
 */
public interface CatalogListener {
  /** Hears that an attempt of a run has begun. */
  default void started(RunRecord run) {}

  /** Hears that an attempt of a run has ended, however it did, or that a run was skipped. */
  default void ended(RunRecord run) {}

  /** Hears that a run has failed and will not be tried again by itself. */
  default void failedPermanently(RunRecord run) {}

  /**
   * Hears that a run has ended with more rejected profiles than the catalog was told to take for
   * normal.
   *
   * @param share how many of the profiles read were rejected, from 0 to 1
   */
  default void manyRejected(RunRecord run, double share) {}

  /**
   * Hears that a run takes longer than usual; once, while it runs.
   *
   * @param usual how long the export's successful runs took lately, the middle one of them
   */
  default void slow(RunRecord run, Duration usual) {}

  /**
   * Hears that something in the store is damaged, so that no version of the library can read it,
   * and was set aside.
   *
   * @param advice what it was, where it is now, and what to do
   */
  default void damaged(String advice) {}

  /**
   * Hears that a connection, an export or its state cannot be read by this version of the library
   * or this Java, while others may; it stays where it is, and is left to them. Told once for each
   * by each catalog.
   *
   * @param advice what it is, why it cannot be read, and what to do
   */
  default void notReadableHere(String advice) {}
}
