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
 * The customers of a segment, as far as it takes to recognise them among the members of a list.
 *
 * <p>A member is a customer if any of its identifiers is one of theirs. Whether it is none can only
 * be told while every customer can be recognised: one whose email address cannot be read may be any
 * member, unless the two differ in an identifier of another kind that both have; and one whose
 * phone number cannot be read may be a member who is known by a phone number only.
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
    /** Perhaps one of those customers who cannot be recognised. */
    UNDECIDED
  }

  MemberMatcher(FieldMapping mapping, Fingerprint fingerprint) {
    this.identifiers = new CustomerIdentifiers(mapping);
    this.fingerprint = fingerprint;
  }

  /** Adds a customer of the segment. */
  void add(CustomerProfile customer) {
    identifiers.look(customer);
    for (Identifier identifier : identifiers.found()) {
      fingerprint.compute(identifier.kind(), identifier.value());
      known.add(fingerprint.lane0(), fingerprint.lane1());
    }
    if (identifiers.isInDoubt()) {
      inDoubt++;
    }
    identifiers.narrow(telling);
    recognizable += identifiers.readable().isEmpty() ? 0 : 1;
  }

  /** How many customers have an identifier that is one. */
  long recognizable() {
    return recognizable;
  }

  /** How many customers may be members of any name, since they cannot be recognised. */
  long inDoubt() {
    return inDoubt;
  }

  /** The kinds of identifiers by which a member can be told from every customer. */
  Set<ProfileField> telling() {
    return telling;
  }

  /** What a member of the list is. */
  Verdict of(ListMember member) {
    boolean told = false;
    for (Identifier identifier : member.identifiers()) {
      fingerprint.compute(identifier.kind(), identifier.value());
      if (known.contains(fingerprint.lane0(), fingerprint.lane1())) {
        return Verdict.CUSTOMER;
      }
      told |= telling.contains(identifier.kind());
    }
    return told ? Verdict.LEAVER : Verdict.UNDECIDED;
  }
}
