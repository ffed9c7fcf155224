package io.github.klaviyoexport.internal.export;

import org.jspecify.annotations.Nullable;

/**
 * What a look at a segment and its list is for, and makes of it.
 *
 * @param <T> what it makes
 */
public interface Look<T> {
  /**
   * Returns what is looked at with what in view, to begin a message: "The preview of segment X".
   */
  String what();

  /** Returns whether it looks at what is remembered of the list, which it does not change. */
  boolean remembers();

  /** Looks; what is returned is of no consequence if the run stopped meanwhile. */
  @Nullable T at(LookRun run);
}
