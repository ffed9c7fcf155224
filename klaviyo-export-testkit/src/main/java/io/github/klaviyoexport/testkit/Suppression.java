package io.github.klaviyoexport.testkit;

/** A reason for which a {@link FakeProfile} gets no mail, whatever its consent. */
public enum Suppression {
  /** Its mailbox is not there. */
  HARD_BOUNCE,
  /** Its address is none. */
  INVALID_EMAIL,
  /** The customer has called a mail spam. */
  SPAM_COMPLAINT,
  /** The customer has unsubscribed from everything. */
  UNSUBSCRIBE,
  /** A user of the account has suppressed it. */
  USER_SUPPRESSED
}
