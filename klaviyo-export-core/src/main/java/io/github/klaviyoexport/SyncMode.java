package io.github.klaviyoexport;

/**
 * What an export does with the members that its list has already.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="mirror"}
 */
public enum SyncMode {
  /** The segment's profiles are added and updated; every member of the list stays there. */
  UPSERT,

  /**
   * The list becomes what the segment is: leavers, which are members of the list who are not in the
   * segment, are removed from it, once Klaviyo has confirmed every profile.
   *
   * <p>Only their membership ends. Profiles stay in Klaviyo, and none is unsubscribed.
   */
  MIRROR
}
