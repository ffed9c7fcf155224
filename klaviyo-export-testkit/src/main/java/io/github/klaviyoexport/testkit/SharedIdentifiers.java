package io.github.klaviyoexport.testkit;

/**
 * What an import to a {@link FakeKlaviyo} does with a profile whose phone number or external id
 * belongs to a profile with another email address.
 */
public enum SharedIdentifiers {
  /**
   * Takes the two for one: within a job the later is dropped without a word, and in a later job it
   * changes the profile that is there, email address included. Where the address has a profile of
   * its own, it is an import error.
   */
  DROPPED,
  /** Merges the two into one profile, which is found by both addresses and shows its first. */
  MERGED,
  /** Makes an import error of it. */
  REFUSED,
  /** Keeps both, each with a profile of its own that has the identifier. */
  KEPT
}
