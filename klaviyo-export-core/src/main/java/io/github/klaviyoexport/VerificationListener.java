package io.github.klaviyoexport;

/**
 * A listener that hears of everybody whom a {@linkplain SegmentExporter#verify verification} finds
 * missing, unexpected or undecided, also of those beyond the {@value ListVerification#MAX_IDS} of
 * each that its result keeps.
 *
 * <p>It is called on the thread that verifies, one call at a time. What it throws does not disturb
 * the verification: its first exception is logged, by its type.
 */
public interface VerificationListener {
  /** Hears of a customer that can be a member and is not. */
  default void missing(String customerId) {}

  /**
   * Hears of a member that is not in the segment, by Klaviyo's id of the profile; of none where the
   * source gives a part of the segment only.
   */
  default void unexpected(String profileId) {}

  /**
   * Hears of a member that may be in the segment, by Klaviyo's id of the profile; of none where the
   * source gives a part of the segment only.
   */
  default void undecided(String profileId) {}
}
