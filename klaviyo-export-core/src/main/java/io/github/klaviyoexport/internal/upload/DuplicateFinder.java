package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.profile.ProfileField.EMAIL;
import static io.github.klaviyoexport.profile.ProfileField.EXTERNAL_ID;
import static io.github.klaviyoexport.profile.ProfileField.PHONE_NUMBER;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.IdentifierHolders;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.keys.SortedEmails;
import io.github.klaviyoexport.internal.row.ProfileWriter;
import io.github.klaviyoexport.internal.row.Row;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The finder of duplicates, and of phone numbers and external ids that two customers share.
 *
 * <p>A customer whose email address came before is a duplicate. With another address, or without
 * one, a customer is another one, and Klaviyo must not take the two for one: so a phone number or
 * external id that came before stays with the first, and the other is sent without it. A customer
 * of whom nothing is left then to be known by is a duplicate if all of it is one customer's, and
 * else set aside.
 *
 * <p>Of {@linkplain #sorted sorted} customers the last one alone is held, in place of all.
 */
final class DuplicateFinder {
  private final ProfileWriter writer;
  private final SeenIdentifiers seen;
  private final IdentifierHolders holders;
  private final boolean namesOriginals;
  private final boolean keepsHolders;
  private final RowKeys alone = new RowKeys();

  /** The identifiers that were looked up last, in their kinds' order for each candidate. */
  private final @Nullable String[] texts;

  private final long[] lanes;

  private @Nullable SortedEmails sorted;
  private Predicate<Fingerprint> mayBeFirst = first -> true;

  /** Whether the customer who was judged last has a place in the order. */
  private boolean isInOrder;

  /** The last who was new and has one. */
  private @Nullable String neighbour;

  private @Nullable String original;
  private Set<ProfileField> leftOut = Set.of();

  /** What the last look has fetched: to the compiler, a look for nothing would be none. */
  @SuppressWarnings("UnusedVariable")
  private int fetched;

  /** What a customer is. */
  enum Verdict {
    /** One that did not come before; its row may have changed. */
    NEW,
    /** One that came before. */
    DUPLICATE,
    /** One that cannot be told from several that came before. */
    SET_ASIDE,
    /** One that should have come before another, in what is said to be sorted. */
    OUT_OF_ORDER
  }

  /**
   * Creates a finder.
   *
   * @param writer has written the rows
   * @param seen the first identifiers before those that it is asked about; it adds to them if email
   *     addresses are all there is
   * @param holders the holders of identifiers so far; {@link #sent} and {@link #skipped} add to
   *     them if there is more than email addresses, or duplicates are to be told of whom they are
   * @param namesOriginals whether it is to be known whose duplicate a customer is
   * @param atOnce how many customers may be looked up together
   */
  DuplicateFinder(
      ProfileWriter writer,
      SeenIdentifiers seen,
      IdentifierHolders holders,
      boolean namesOriginals,
      int atOnce) {
    this.writer = writer;
    this.seen = seen;
    this.holders = holders;
    this.namesOriginals = namesOriginals;
    this.keepsHolders = namesOriginals || writer.secondaries() > 0;
    this.texts = new @Nullable String[atOnce * IdentifierHolders.KINDS];
    this.lanes = new long[atOnce * IdentifierHolders.KINDS];
  }

  /**
   * Takes in that the customers are sorted by their email address, which is all that they are known
   * by.
   *
   * @param first whether a customer may be the first of them who did not come before
   */
  void sorted(Predicate<Fingerprint> first) {
    sorted = new SortedEmails();
    mayBeFirst = first;
  }

  /** Makes room for so many customers. */
  void expect(long customers) {
    if (sorted != null) {
      return;
    }
    if (keepsHolders) {
      holders.expect(customers);
    } else {
      seen.expect(customers);
    }
  }

  /**
   * Computes the fingerprints of customers that are going to be judged, one after the other, and
   * looks them all up: the processor fetches from memory side by side what judging them takes.
   */
  void look(Candidate[] candidates, int count) {
    for (int i = 0; i < count; i++) {
      Candidate candidate = candidates[i];
      if (candidate.isWritten()) {
        candidate.identify();
        if (keepsHolders) {
          candidate.identifySecondaries();
        }
      }
    }
    if (keepsHolders) {
      lookUpHolders(candidates, count);
    } else {
      int found = 0;
      for (int i = 0; i < count; i++) {
        found |= seen.peek(candidates[i].fingerprint());
      }
      fetched = found;
    }
  }

  private void lookUpHolders(Candidate[] candidates, int count) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      Candidate candidate = candidates[i];
      if (candidate.isWritten()) {
        Row row = candidate.row();
        boolean hasEmail = row.identifierKind() == EMAIL;
        set(at++, hasEmail ? row.identifier() : null, candidate.fingerprint().lane1());
        set(at++, row.sent(PHONE_NUMBER), candidate.phone);
        set(at++, row.sent(EXTERNAL_ID), candidate.externalId);
      } else {
        for (int kind = 0; kind < IdentifierHolders.KINDS; kind++) {
          set(at++, null, RowKeys.NONE);
        }
      }
    }
    holders.look(texts, lanes, count);
  }

  private void set(int at, @Nullable String text, long lane1) {
    texts[at] = text;
    lanes[at] = text == null ? RowKeys.NONE : lane1;
  }

  /**
   * Judges a customer whose row is written, and leaves out of that row what is shared.
   *
   * <p>What was left out of the row joins what the row says of that; of a customer that is set
   * aside the row says why.
   */
  Verdict judge(Candidate candidate) {
    leftOut = Set.of();
    Fingerprint fingerprint = candidate.fingerprint();
    SortedEmails order = sorted;
    isInOrder = order != null && SortedEmails.hasPlace(candidate.row().identifier());
    if (order != null && isInOrder) {
      return judgeInOrder(candidate, order);
    }
    if (!keepsHolders) {
      return seen.add(fingerprint) ? Verdict.NEW : Verdict.DUPLICATE;
    }
    original = null;
    if (!holders.areMissing(candidate.place())) {
      Verdict verdict = judgeHeld(candidate, candidate.row().identifierKind() == EMAIL);
      if (verdict != Verdict.NEW) {
        return verdict;
      }
    }
    return seen.contains(fingerprint) ? Verdict.DUPLICATE : Verdict.NEW;
  }

  /** Judges a customer of whose identifiers one may have a holder. */
  private Verdict judgeHeld(Candidate candidate, boolean hasEmail) {
    if (hasEmail && holders.hasEmail(candidate.fingerprint())) {
      original = namesOriginals ? holders.holderOfEmail(candidate.fingerprint()) : null;
      return Verdict.DUPLICATE;
    }
    if (hasEmail && seen.contains(candidate.fingerprint())) {
      return Verdict.DUPLICATE;
    }
    String ofPhone = holders.holderOfPhone(candidate.phone);
    String ofExternalId = holders.holderOfExternalId(candidate.externalId);
    if (ofPhone == null && ofExternalId == null) {
      return Verdict.NEW;
    }
    if (!hasEmail && isNothingLeft(candidate, ofPhone, ofExternalId)) {
      return nothingLeft(candidate, ofPhone, ofExternalId);
    }
    leaveOut(candidate, ofPhone, ofExternalId);
    return Verdict.NEW;
  }

  private Verdict judgeInOrder(Candidate candidate, SortedEmails order) {
    String email = candidate.row().identifier();
    int place = order.compareToLast(email);
    if (place == 0 || seen.contains(candidate.fingerprint())) {
      original = place == 0 ? neighbour : null;
      return Verdict.DUPLICATE;
    }
    if (place < 0 || order.isEmpty() && !mayBeFirst.test(candidate.fingerprint())) {
      return Verdict.OUT_OF_ORDER;
    }
    order.take(email);
    return Verdict.NEW;
  }

  /**
   * Returns whether a customer who was {@link Verdict#OUT_OF_ORDER} stands before no other, but is
   * not the one with whom a run that is gone on with has begun there.
   */
  boolean isAtStart() {
    return sorted != null && sorted.isEmpty();
  }

  /**
   * Returns whose duplicate the customer is that was judged last, if it is one; {@code null} if
   * that one was met by an earlier process.
   */
  @Nullable String original() {
    return original;
  }

  private static boolean isNothingLeft(
      Candidate candidate, @Nullable String ofPhone, @Nullable String ofExternalId) {
    return (candidate.phone == RowKeys.NONE || ofPhone != null)
        && (candidate.externalId == RowKeys.NONE || ofExternalId != null);
  }

  private Verdict nothingLeft(
      Candidate candidate, @Nullable String ofPhone, @Nullable String ofExternalId) {
    if (ofPhone == null || ofExternalId == null || ofPhone.equals(ofExternalId)) {
      original = ofPhone == null ? ofExternalId : ofPhone;
      return Verdict.DUPLICATE;
    }
    candidate.setAside(
        Rejection.ofProfile(
                candidate.customer().id(), writer.source(PHONE_NUMBER), Reason.SHARED_WITH_ANOTHER)
            .withOtherCustomer(ofPhone));
    return Verdict.SET_ASIDE;
  }

  private void leaveOut(
      Candidate candidate, @Nullable String ofPhone, @Nullable String ofExternalId) {
    Set<ProfileField> shared = EnumSet.noneOf(ProfileField.class);
    List<Rejection> found = candidate.row().rejections();
    if (ofPhone != null) {
      candidate.phone = RowKeys.NONE;
      shared.add(PHONE_NUMBER);
      found.add(leftOut(candidate.customer(), PHONE_NUMBER, ofPhone));
    }
    if (ofExternalId != null) {
      candidate.externalId = RowKeys.NONE;
      shared.add(EXTERNAL_ID);
      found.add(leftOut(candidate.customer(), EXTERNAL_ID, ofExternalId));
    }
    writer.leaveOut(candidate.row(), shared);
    leftOut = shared;
    candidate.identify();
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
  void sent(Candidate candidate, RowKeys keys) {
    add(candidate, keys);
    if (isInOrder) {
      neighbour = candidate.customer().id();
    } else if (keepsHolders) {
      holders.add(keys, keys.rows() - 1, candidate.place());
    }
  }

  /** Notes that a new customer is not sent again; what is in its row is the customer's now. */
  void skipped(Candidate candidate) {
    if (isInOrder) {
      neighbour = candidate.customer().id();
    } else if (keepsHolders) {
      alone.clear();
      add(candidate, alone);
      holders.add(alone, 0, candidate.place());
    }
  }

  private static void add(Candidate candidate, RowKeys keys) {
    keys.add(
        candidate.customer().id(),
        candidate.fingerprint().lane0(),
        candidate.fingerprint().lane1(),
        candidate.phone,
        candidate.externalId);
  }
}
