package io.github.klaviyoexport.catalog;

/** The state of a run of a saved export. */
public enum RunStatus {
  /** It waits for its turn. */
  QUEUED(false),
  /** It is exporting. */
  RUNNING(false),
  /** It has ended, and Klaviyo has confirmed every profile. */
  SUCCESSFUL(true),
  /**
   * It has ended, and some profiles were rejected or remained unconfirmed. One that leaves some
   * unconfirmed and has none confirmed has failed, and is tried again.
   */
  PARTLY_SUCCESSFUL(true),
  /** It has failed, and will be tried again. */
  FAILED(false),
  /** It has failed, and will not be tried again by itself. */
  FAILED_PERMANENTLY(true),
  /** It was not started; the record says why. */
  SKIPPED(true),
  /** It was stopped by an actor, or with its connection or export. */
  CANCELLED(true),
  /** It stands in a way that a newer version of the library knows and this one does not. */
  UNKNOWN(false);

  private final boolean ended;

  RunStatus(boolean ended) {
    this.ended = ended;
  }

  /** Returns whether it is known that nothing more will happen to the run. */
  public boolean isEnded() {
    return ended;
  }
}
