package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.internal.text.InWords;
import org.jspecify.annotations.Nullable;

/** The counts of a mirror's leavers, as a value. */
public record LeaversData(
    long members,
    long found,
    long removed,
    long undecided,
    long unreadable,
    long notOurs,
    @Nullable Kept kept)
    implements Leavers {
  /** The counts of an export that is no mirror. */
  public static final LeaversData NONE = new LeaversData(0, 0, 0, 0, null);

  /** Creates the counts of a mirror whose segment has no customer that cannot be read. */
  public LeaversData(long members, long found, long removed, long undecided, @Nullable Kept kept) {
    this(members, found, removed, undecided, 0, kept);
  }

  /** Creates the counts of a mirror to which all members belong. */
  public LeaversData(
      long members,
      long found,
      long removed,
      long undecided,
      long unreadable,
      @Nullable Kept kept) {
    this(members, found, removed, undecided, unreadable, 0, kept);
  }

  /**
   * Checks that no more were removed than there are.
   *
   * @throws IllegalArgumentException if there are not so many
   */
  public LeaversData {
    if (removed < 0 || removed > found) {
      throw new IllegalArgumentException(
          "Of " + InWords.count(found, "leaver") + " " + removed + " cannot have been removed.");
    }
  }
}
