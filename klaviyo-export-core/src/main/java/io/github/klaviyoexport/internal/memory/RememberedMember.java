package io.github.klaviyoexport.internal.memory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A customer whom a memory remembers.
 *
 * @param fingerprint that of the first identifier
 * @param email the email address that was sent
 * @param phone the phone number that was sent
 * @param externalId the external id that was sent
 * @param confirmed whether Klaviyo has confirmed that the customer was added; if not, that is not
 *     known
 * @param first when the first job that was confirmed may have added the customer
 * @param last when the last other one may have
 */
public record RememberedMember(
    long fingerprint,
    @Nullable String email,
    @Nullable String phone,
    @Nullable String externalId,
    boolean confirmed,
    @Nullable Window first,
    @Nullable Window last) {
  /**
   * Returns whether a job of this export was at work on the customer at a moment, so that it was
   * this export that added the customer who has joined the list then.
   *
   * @param joined when the customer joined, by Klaviyo's clock
   */
  public boolean wasAddedBy(Instant joined) {
    return first != null && first.contains(joined) || last != null && last.contains(joined);
  }

  /** Returns whether a job of this export was at work on the customer at that time or later. */
  public boolean wasSentSince(Instant time) {
    return first != null && first.endsSince(time) || last != null && last.endsSince(time);
  }

  /** Returns that it is a member: what is known of it is personal data. */
  @Override
  public String toString() {
    return "RememberedMember[" + (confirmed ? "confirmed" : "uncertain") + "]";
  }
}
