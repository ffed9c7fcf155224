package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.report.LeaversData;
import org.jspecify.annotations.Nullable;

/** The count of a list's members and of what becomes of the leavers among them. */
public final class LeaverCounts {
  private long compared;
  private long membersRead;
  private long leaversRead;
  private long members;
  private long undecided;
  private long unreadable;
  private long outstanding;
  private long removed;
  private long notOurs;
  private @Nullable Kept kept;

  /** Takes how far the search for leavers is: customers and members read, and leavers by now. */
  public void searching(long customers, long members, long leavers) {
    compared = customers;
    membersRead = members;
    leaversRead = leavers;
  }

  /** Returns how many customers the search for leavers has read. */
  public long customersCompared() {
    return compared;
  }

  /** Returns how many members the search for leavers has read. */
  public long membersRead() {
    return membersRead;
  }

  /** Returns how many leavers there are, as far as is known. */
  public long leaversFound() {
    return Math.max(removed + outstanding, leaversRead);
  }

  /** Returns how many leavers have been removed. */
  public long leaversRemoved() {
    return removed;
  }

  /** Takes the members of a list that was read. */
  void read(long members, long undecided) {
    leaversRead = 0;
    this.members = members;
    this.undecided = undecided;
  }

  /** Takes how many customers may be members that cannot be told from them. */
  void unreadable(long customers) {
    unreadable = customers;
  }

  /** Takes how many members this export has not added. */
  void notOurs(long members) {
    notOurs = members;
  }

  /** Takes how many leavers are to be removed. */
  void found(long leavers) {
    outstanding = leavers;
  }

  /** Counts leavers that were removed. */
  void removed(long leavers) {
    removed += leavers;
    outstanding = Math.max(0, outstanding - leavers);
  }

  /** Takes back members that turned out to be no leavers, or have left by themselves. */
  void stay(long members) {
    outstanding -= members;
  }

  /** Takes why none is removed. */
  void kept(Kept why) {
    kept = why;
  }

  long outstanding() {
    return outstanding;
  }

  /**
   * Returns how many a run that was cut off has removed without writing it down, when so many are
   * found now. It removes one block at a time, so it cannot be more than one.
   */
  long unrecorded(long found) {
    return Math.min(Math.max(0, outstanding - found), ListMember.MAX_REMOVED_AT_ONCE);
  }

  /** Returns the counts for the report. */
  public Leavers counts() {
    return new LeaversData(
        members, removed + outstanding, removed, undecided, unreadable, notOurs, kept);
  }
}
