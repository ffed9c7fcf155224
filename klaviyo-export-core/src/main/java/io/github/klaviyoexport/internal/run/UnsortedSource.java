package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;

/** Why an export stops whose source is not sorted by email address, or may not be. */
public final class UnsortedSource {
  private UnsortedSource() {}

  /**
   * Returns the cause for a customer who is out of the order.
   *
   * @param read how many profiles were read before
   */
  public static StopCause outOfOrder(String customer, long read) {
    return new StopCause(
        Reason.SOURCE_FAILED,
        "its source says that it is sorted by email address, and "
            + named(customer, read)
            + ", has an address that belongs before the last one. Whether it came already cannot be"
            + " told then, so nothing was sent from that customer on; what was sent before is right."
            + " Most likely the addresses were sorted as they are written, capitals first. They are"
            + " compared in lower case, without white space around them, by the codes of their"
            + " characters, as ORDER BY lower(trim(email)) COLLATE \"C\" does. Sort the source so, or"
            + " take sortedByEmail() away, and try again",
        null);
  }

  /**
   * Returns the cause for a customer who was not there when the run before read on from where this
   * one begins.
   *
   * @param read how many profiles were read before
   */
  public static StopCause changed(String customer, long read) {
    return new StopCause(
        Reason.NOT_RESUMABLE,
        named(customer, read)
            + ", was not there when the unfinished run had come so far, so it cannot be told whether"
            + " the segment is still sorted by email address: start the export over",
        null);
  }

  private static String named(String customer, long read) {
    return "customer "
        + CustomerProfile.idAsText(customer)
        + ", who comes after "
        + InWords.count(read, "profile");
  }

  /** Returns the cause for a source that is to be read on and does not say any more that it is. */
  public static StopCause noLongerSorted() {
    return new StopCause(
        Reason.NOT_RESUMABLE,
        "the unfinished run has read a source that was sorted by email address and could be opened"
            + " in the middle, and has kept no more than the last of what came before. The source"
            + " of now is not both. Resume with the source that it was begun with, or start the"
            + " export over",
        null);
  }
}
