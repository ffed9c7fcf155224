package io.github.klaviyoexport;

/**
 * Which of a segment's profiles an export sends.
 *
 * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="changed"}
 */
public enum Sending {
  /** Every profile is sent in every run. */
  EVERYTHING,

  /**
   * A profile is sent only if it is not what Klaviyo has confirmed last. It takes a {@linkplain
   * SegmentExporter.Builder#memory memory}.
   *
   * <p>What is compared is the row as it would be sent: a profile has changed when any mapped value
   * has, or when a value would be cleared. Under a new mapping everything is sent once more. A
   * profile that was rejected or left unconfirmed, or of which Klaviyo has refused a field, is sent
   * again by every run until it is confirmed as it is.
   *
   * <p>What others change at Klaviyo, an export does not see: a profile that was edited or deleted
   * there, or a member taken out of the list, stays so until its customer changes or everything is
   * {@linkplain SegmentExporter.Builder#resendAllEvery sent again}. So does a profile that another
   * export fills with other values.
   */
  CHANGED_ONLY
}
