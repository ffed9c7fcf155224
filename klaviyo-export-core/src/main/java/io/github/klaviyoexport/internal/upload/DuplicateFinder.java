package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.profile.ProfileField.EMAIL;
import static io.github.klaviyoexport.profile.ProfileField.EXTERNAL_ID;
import static io.github.klaviyoexport.profile.ProfileField.PHONE_NUMBER;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.IdentifierHolders;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.row.ProfileWriter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The finder of duplicates, and of phone numbers and external ids that two customers share.
 *
 * <p>A customer whose email address came before is a duplicate. With another address, or without
 * one, a customer is another one, and Klaviyo must not take the two for one: so a phone number or
 * external id that came before stays with the first, and the other is sent without it. A customer
 * of whom nothing is left then to be known by is a duplicate if all of it is one customer's, and
 * else set aside.
 */
final class DuplicateFinder {
  private final ProfileWriter writer;
  private final Fingerprint fingerprint;
  private final Fingerprint secondary;
  private final SeenIdentifiers seen;
  private final IdentifierHolders holders;
  private final boolean namesOriginals;
  private final boolean keepsHolders;
  private final RowKeys alone = new RowKeys();
  private @Nullable String original;
  private long phone;
  private long externalId;
  private Set<ProfileField> leftOut = Set.of();

  /** What a customer is. */
  enum Verdict {
    /** One that did not come before; its row may have changed. */
    NEW,
    /** One that came before. */
    DUPLICATE,
    /** One that cannot be told from several that came before. */
    SET_ASIDE
  }

  /**
   * Creates a finder.
   *
   * @param writer writes the rows
   * @param fingerprint is, after each {@link Verdict#NEW}, that of the row's first identifier
   * @param seen the first identifiers before those that it is asked about; it adds to them if email
   *     addresses are all there is
   * @param holders the holders of identifiers so far; {@link #sent} and {@link #skipped} add to
   *     them if there is more than email addresses, or duplicates are to be told of whom they are
   * @param namesOriginals whether it is to be known whose duplicate a customer is
   */
  DuplicateFinder(
      ProfileWriter writer,
      Fingerprint fingerprint,
      SeenIdentifiers seen,
      IdentifierHolders holders,
      boolean namesOriginals) {
    this.writer = writer;
    this.fingerprint = fingerprint;
    this.secondary = fingerprint.another();
    this.seen = seen;
    this.holders = holders;
    this.namesOriginals = namesOriginals;
    this.keepsHolders = namesOriginals || writer.secondaries() > 0;
  }

  /** Makes room for so many customers. */
  void expect(long customers) {
    if (keepsHolders) {
      holders.expect(customers * (1 + writer.secondaries()));
    } else {
      seen.expect(customers);
    }
  }

  /**
   * Judges the customer whose row was written last, and leaves out of that row what is shared.
   *
   * @param found what was left out of the row when it was written; takes what is left out now, or
   *     is changed to why the customer is set aside
   */
  Verdict judge(CustomerProfile customer, List<Rejection> found) {
    leftOut = Set.of();
    fingerprint.of(writer.identifierKind(), writer.identifier());
    if (!keepsHolders) {
      return seen.add(fingerprint) ? Verdict.NEW : Verdict.DUPLICATE;
    }
    phone = lane(PHONE_NUMBER);
    externalId = lane(EXTERNAL_ID);
    // All at once, so that the processor fetches them from memory side by side.
    boolean mayBeHeld =
        (holders.peek(fingerprint.lane1()) | holders.peek(phone) | holders.peek(externalId)) != 0;
    boolean hasEmail = writer.identifierKind() == EMAIL;
    if (hasEmail && mayBeHeld && holders.hasEmail(fingerprint)) {
      original = namesOriginals ? holders.holderOfEmail(fingerprint) : null;
      return Verdict.DUPLICATE;
    }
    if (hasEmail && seen.contains(fingerprint)) {
      original = null;
      return Verdict.DUPLICATE;
    }
    String ofPhone = mayBeHeld ? holders.holderOf(phone) : null;
    String ofExternalId = mayBeHeld ? holders.holderOf(externalId) : null;
    if (ofPhone != null || ofExternalId != null) {
      if (!hasEmail && isNothingLeft(ofPhone, ofExternalId)) {
        return nothingLeft(customer, ofPhone, ofExternalId, found);
      }
      leaveOut(customer, ofPhone, ofExternalId, found);
    }
    original = null;
    return hasEmail || !seen.contains(fingerprint) ? Verdict.NEW : Verdict.DUPLICATE;
  }

  /**
   * Returns whose duplicate the customer is that was judged last, if it is one; {@code null} if
   * that one was met by an earlier process.
   */
  @Nullable String original() {
    return original;
  }

  private long lane(ProfileField kind) {
    String text = writer.secondary(kind);
    return text == null ? RowKeys.NONE : secondary.of(kind, text).lane1();
  }

  private boolean isNothingLeft(@Nullable String ofPhone, @Nullable String ofExternalId) {
    return (phone == RowKeys.NONE || ofPhone != null)
        && (externalId == RowKeys.NONE || ofExternalId != null);
  }

  private Verdict nothingLeft(
      CustomerProfile customer,
      @Nullable String ofPhone,
      @Nullable String ofExternalId,
      List<Rejection> found) {
    if (ofPhone == null || ofExternalId == null || ofPhone.equals(ofExternalId)) {
      original = ofPhone == null ? ofExternalId : ofPhone;
      return Verdict.DUPLICATE;
    }
    found.clear();
    found.add(
        Rejection.ofProfile(customer.id(), writer.source(PHONE_NUMBER), Reason.SHARED_WITH_ANOTHER)
            .withOtherCustomer(ofPhone));
    return Verdict.SET_ASIDE;
  }

  private void leaveOut(
      CustomerProfile customer,
      @Nullable String ofPhone,
      @Nullable String ofExternalId,
      List<Rejection> found) {
    Set<ProfileField> shared = EnumSet.noneOf(ProfileField.class);
    if (ofPhone != null) {
      phone = RowKeys.NONE;
      shared.add(PHONE_NUMBER);
      found.add(leftOut(customer, PHONE_NUMBER, ofPhone));
    }
    if (ofExternalId != null) {
      externalId = RowKeys.NONE;
      shared.add(EXTERNAL_ID);
      found.add(leftOut(customer, EXTERNAL_ID, ofExternalId));
    }
    writer.leaveOut(shared);
    leftOut = shared;
    fingerprint.of(writer.identifierKind(), writer.identifier());
  }

  /** Returns the kinds of identifiers that were left out of the row that was judged last. */
  Set<ProfileField> leftOut() {
    return leftOut;
  }

  private Rejection leftOut(CustomerProfile customer, ProfileField kind, String holder) {
    return Rejection.ofField(customer.id(), writer.source(kind), Reason.SHARED_WITH_ANOTHER)
        .withOtherCustomer(holder);
  }

  /** Adds the row of a new customer to those of its batch; what is in it is the customer's now. */
  void sent(String customerId, RowKeys keys) {
    keys.add(customerId, fingerprint, phone, externalId);
    if (keepsHolders) {
      holders.add(keys, keys.rows() - 1);
    }
  }

  /** Notes that a new customer is not sent again; what is in its row is the customer's now. */
  void skipped(String customerId) {
    if (keepsHolders) {
      alone.clear();
      alone.add(customerId, fingerprint, phone, externalId);
      holders.add(alone, 0);
    }
  }
}
