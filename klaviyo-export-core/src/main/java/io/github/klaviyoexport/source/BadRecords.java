package io.github.klaviyoexport.source;

/**
 * What a source does about a record that it cannot read: a line of a file that is cut short, for
 * example.
 *
 * <p>Either way it is told where the record stands and what is wrong with it, and nothing of what
 * it holds.
 */
public enum BadRecords {
  /** The export stops, and what is wrong can be mended before it is run again. */
  STOP,
  /**
   * The record is set aside: it counts as read, and is rejected with {@link
   * io.github.klaviyoexport.profile.Rejection.Reason#UNREADABLE_IN_SOURCE}. Where only a value
   * cannot be read, only that is left out. With too many of them the export stops all the same, as
   * it does for all rejections.
   */
  SET_ASIDE
}
