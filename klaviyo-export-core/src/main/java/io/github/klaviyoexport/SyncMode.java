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
  MIRROR,

  /**
   * The segment's profiles are added and updated, and leavers are removed whom this export has
   * added itself: a mirror of our own members, for a list that forms, people or other exports fill
   * too.
   *
   * <p>It takes a {@linkplain SegmentExporter.Builder#memory memory}. A member is removed only if
   * the memory holds that this export has sent the customer and Klaviyo has confirmed it, and if
   * Klaviyo says that the member joined while that import was under way. A member who was in the
   * list before, who has left it and come back by other ways, or of whom Klaviyo does not say when
   * it joined, is not ours and stays.
   *
   * <p>Several such exports may share a list if no customer is in two of their segments. A customer
   * of two is the member of the export that came first, and is removed when it leaves that one's
   * segment, although it is in the other's.
   */
  TRACKED;

  /** Returns whether leavers are removed from the list, all or some of them. */
  public boolean removesLeavers() {
    return this != UPSERT;
  }
}
