package io.github.klaviyoexport.catalog;

import java.time.Duration;

/**
 * Hears what somebody may have to look after.
 *
 * <p>Every method has an empty default: implement those you want. They are called on the thread of
 * the run they are about, so they should return quickly; what they throw is logged by its type and
 * disturbs nothing.
 *
 * <p>The runs come with the {@linkplain RunRecord#details() details} that are for administrators
 * only. Show them to nobody else; {@code toString()} leaves them out.
 */
public interface CatalogListener {
  /** A run has begun. */
  default void started(RunRecord run) {}

  /** An attempt of a run has ended, however it did, or the run was skipped. */
  default void ended(RunRecord run) {}

  /** A run has failed and will not be tried again by itself. */
  default void failedPermanently(RunRecord run) {}

  /**
   * A run has ended with more rejected profiles than the catalog was told to take for normal.
   *
   * @param share how many of the profiles read were rejected, from 0 to 1
   */
  default void manyRejected(RunRecord run, double share) {}

  /**
   * A run takes longer than usual; told once, while it runs.
   *
   * @param usual how long the export's successful runs took lately, the middle one of them
   */
  default void slow(RunRecord run, Duration usual) {}

  /**
   * Something in the store could not be read and was set aside.
   *
   * @param advice what it was, where it is now, and what to do
   */
  default void damaged(String advice) {}
}
