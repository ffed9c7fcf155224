package io.github.klaviyoexport.internal.memory;

/** What a memory knows of a row that a run has met. */
public enum Known {
  /** Nothing is known of the customer. */
  NEW,

  /** The row differs from the one that was confirmed last, or it is not known what was. */
  CHANGED,

  /** The row is the one that was confirmed last. */
  UNCHANGED
}
