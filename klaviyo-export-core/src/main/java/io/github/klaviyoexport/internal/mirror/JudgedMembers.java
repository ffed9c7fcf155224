package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.mirror.MemberMatcher.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The members of a list by Klaviyo's id: each counts once and is one thing, however often the
 * listing shows it and with whatever addresses.
 *
 * <p>A member that was shown as a customer once is one; else one that may have been a customer once
 * is undecided. Ids are kept as fingerprints, 10 to 14 bytes each.
 */
final class JudgedMembers {
  private final SeenIdentifiers customers = new SeenIdentifiers();
  private final SeenIdentifiers undecided = new SeenIdentifiers();
  private final SeenIdentifiers leavers = new SeenIdentifiers();
  private long members;
  private long undecidedMembers;

  /**
   * Takes what a member was judged as it is shown now; returns what it is by all that was shown.
   */
  Verdict take(Fingerprint id, Verdict shown) {
    Verdict before = before(id);
    if (before == null) {
      members++;
      add(id, shown);
      return shown;
    }
    if (before == Verdict.CUSTOMER || shown == Verdict.LEAVER) {
      return before;
    }
    if (before == Verdict.LEAVER || shown == Verdict.CUSTOMER) {
      undecidedMembers -= before == Verdict.UNDECIDED ? 1 : 0;
      add(id, shown);
    }
    return shown;
  }

  /** Returns whether that is the id of a member. */
  boolean has(Fingerprint id) {
    return before(id) != null;
  }

  private @Nullable Verdict before(Fingerprint id) {
    if (customers.contains(id)) {
      return Verdict.CUSTOMER;
    }
    if (undecided.contains(id)) {
      return Verdict.UNDECIDED;
    }
    return leavers.contains(id) ? Verdict.LEAVER : null;
  }

  private void add(Fingerprint id, Verdict verdict) {
    switch (verdict) {
      case CUSTOMER -> customers.add(id);
      case UNDECIDED -> {
        undecided.add(id);
        undecidedMembers++;
      }
      case LEAVER -> leavers.add(id);
    }
  }

  /** Returns how many members there are. */
  long members() {
    return members;
  }

  /** Returns how many of them are undecided. */
  long undecided() {
    return undecidedMembers;
  }
}
