package io.github.klaviyoexport.testkit;

/** What a customer has said to marketing on one channel, as a {@link FakeProfile} tells it. */
public enum Consent {
  /** Nothing yet; where a profile begins, however it comes to be. */
  NEVER_SUBSCRIBED,
  /** The customer has agreed. */
  SUBSCRIBED,
  /** The customer has not agreed, or no longer. */
  UNSUBSCRIBED
}
