package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.row.CustomerIdentifiers;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.EnumSet;
import java.util.Set;

/**
 * The judge of a list's members: it knows the customers of a segment by their identifiers, and
 * tells which members are among them.
 *
 * <p>A member is a customer if any of its identifiers is one of theirs. That it is none can only be
 * told while every customer can be recognised: a customer whose email address cannot be read may be
 * any member, unless the two differ in an identifier of another kind that both have; and a customer
 * whose phone number cannot be read may be a member that is known by a phone number only.
 *
 * <p>Identifiers are kept as fingerprints, 10 to 14 bytes each.
 */
final class MemberMatcher {
  private final Fingerprint fingerprint;
  private final CustomerIdentifiers identifiers;
  private final SeenIdentifiers known = new SeenIdentifiers();
  private final Set<ProfileField> telling = EnumSet.copyOf(Identifier.KINDS);
  private long recognizable;
  private long inDoubt;

  /** What a member is. */
  enum Verdict {
    /** A customer of the segment. */
    CUSTOMER,
    /** None of its customers. */
    LEAVER,
    /** Perhaps one of those customers that cannot be recognised. */
    UNDECIDED
  }

  /** Creates a judge that knows no customer yet. */
  MemberMatcher(FieldMapping mapping, Fingerprint fingerprint) {
    this.identifiers = new CustomerIdentifiers(mapping);
    this.fingerprint = fingerprint;
  }

  /** Adds a customer of the segment. */
  void add(CustomerProfile customer) {
    identifiers.look(customer);
    for (Identifier identifier : identifiers.found()) {
      known.add(fingerprint.of(identifier.kind(), identifier.value()));
    }
    if (identifiers.isInDoubt()) {
      inDoubt++;
    }
    identifiers.narrow(telling);
    recognizable += identifiers.readable().isEmpty() ? 0 : 1;
  }

  /** Returns how many customers have an identifier that can be read. */
  long recognizable() {
    return recognizable;
  }

  /** Returns how many customers cannot be recognised, so that they may be any member. */
  long inDoubt() {
    return inDoubt;
  }

  /** Returns the kinds of identifiers by which a member can be told from every customer. */
  Set<ProfileField> telling() {
    return telling;
  }

  /** Returns what a member of the list is. */
  Verdict of(ListMember member) {
    boolean told = false;
    for (Identifier identifier : member.identifiers()) {
      if (known.contains(fingerprint.of(identifier.kind(), identifier.value()))) {
        return Verdict.CUSTOMER;
      }
      told |= telling.contains(identifier.kind());
    }
    return told ? Verdict.LEAVER : Verdict.UNDECIDED;
  }
}
