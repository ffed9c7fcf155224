package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.row.CustomerIdentifiers;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The judge of a list's members: it knows the customers of a segment by their identifiers, and
 * tells which members are among them.
 *
 * <p>A member is a customer if any of its identifiers is one of theirs. That it is none is certain
 * while every customer can be recognised: a customer whose email address cannot be read may be any
 * member, unless the two differ in an identifier of another kind that both have; and a customer
 * whose phone number cannot be read may be a member that is known by a phone number only.
 *
 * <p>If there are few such customers, by a share of the segment, a member that may be one of them
 * is taken for a leaver all the same, unless it resembles one: what is left of an address or number
 * that cannot be read would fit. If there are more, it stays.
 *
 * <p>Identifiers are kept as fingerprints, 10 to 14 bytes each, and twice as much if a member has
 * them too.
 */
final class MemberMatcher {
  private final Fingerprint fingerprint;
  private final CustomerIdentifiers identifiers;
  private final double maxUnreadable;
  private final SeenIdentifiers known = new SeenIdentifiers();
  private final SeenIdentifiers recognised = new SeenIdentifiers();
  private final SeenIdentifiers asked = new SeenIdentifiers();
  private final SeenIdentifiers traces = new SeenIdentifiers();
  private final Doubt doubt = new Doubt();
  private final boolean[] doubted = new boolean[Doubt.KIND_SETS];
  private long identified;
  private long recognizable;
  private long inDoubt;
  private long unmetAddresses;

  /** What a member is. */
  enum Verdict {
    /** A customer of the segment. */
    CUSTOMER,
    /** None of its customers, as far as that can be told. */
    LEAVER,
    /** Perhaps one of those customers that cannot be recognised. */
    UNDECIDED
  }

  /**
   * Creates a judge that knows no customer yet.
   *
   * @param maxUnreadable the largest share of the customers that may be one member or another
   *     without keeping such members in the list
   */
  MemberMatcher(FieldMapping mapping, Fingerprint fingerprint, double maxUnreadable) {
    this.identifiers = new CustomerIdentifiers(mapping);
    this.fingerprint = fingerprint;
    this.maxUnreadable = maxUnreadable;
  }

  /** Adds a customer of the segment; returns its email address, if that can be read. */
  @Nullable String add(CustomerProfile customer) {
    identifiers.look(customer);
    boolean any = false;
    for (Identifier identifier : identifiers.found()) {
      boolean isNew = known.add(fingerprint.of(identifier.kind(), identifier.value()));
      unmetAddresses += isNew && identifier.kind() == ProfileField.EMAIL ? 1 : 0;
      any = true;
    }
    Set<ProfileField> telling = identifiers.telling();
    if (telling.size() < Identifier.KINDS.size()) {
      any = true;
      doubt.add(telling);
      Traces.ofCustomer(identifiers, fingerprint, traces::add);
    }
    identified += any ? 1 : 0;
    inDoubt += identifiers.isInDoubt() ? 1 : 0;
    recognizable += identifiers.readable().isEmpty() ? 0 : 1;
    return identifiers.address();
  }

  /** Returns by what the customer that was added last is remembered, if it is. */
  List<Identifier> remembered() {
    Set<ProfileField> readable = identifiers.readable();
    for (Identifier identifier : identifiers.found()) {
      if (readable.contains(identifier.kind())) {
        return List.of(identifier);
      }
    }
    return List.of();
  }

  /** Returns how many customers have an identifier that can be read. */
  long recognizable() {
    return recognizable;
  }

  /** Returns how many customers cannot be recognised, so that they may be any member. */
  long inDoubt() {
    return inDoubt;
  }

  /** Returns how many customers a leaver may be, at most. */
  long mostInDoubt() {
    return BigDecimal.valueOf(maxUnreadable)
        .multiply(BigDecimal.valueOf(identified))
        .setScale(0, RoundingMode.FLOOR)
        .longValue();
  }

  /** Returns whether no member can be a leaver, whatever it is known by. */
  boolean keepsAll() {
    boolean keeps = recognizable == 0 || doubt.about(Doubt.EVERY_KIND) > mostInDoubt();
    doubted[Doubt.EVERY_KIND] |= keeps;
    return keeps;
  }

  /** Returns what a member of the list is. */
  Verdict of(ListMember member) {
    boolean customer = false;
    for (Identifier identifier : member.identifiers()) {
      if (known.contains(fingerprint.of(identifier.kind(), identifier.value()))) {
        customer = true;
        unmetAddresses -=
            recognised.add(fingerprint) && identifier.kind() == ProfileField.EMAIL ? 1 : 0;
      }
    }
    if (customer) {
      return Verdict.CUSTOMER;
    }
    int kinds = Doubt.kindsOf(member);
    if (kinds == 0) {
      return Verdict.UNDECIDED;
    }
    long perhaps = doubt.about(kinds);
    doubted[kinds] |= perhaps > 0;
    return perhaps == 0 || perhaps <= mostInDoubt() && !resembles(member)
        ? Verdict.LEAVER
        : Verdict.UNDECIDED;
  }

  private boolean resembles(ListMember member) {
    boolean[] does = new boolean[1];
    Traces.ofMember(member, fingerprint, trace -> does[0] |= traces.contains(trace));
    return does[0];
  }

  /** Returns how many customers may be one or another of the members that were judged. */
  long unreadable() {
    return doubt.about(doubted);
  }

  /** Returns how many email addresses of customers no member has that was judged. */
  long unmetAddresses() {
    return unmetAddresses;
  }

  /** Returns whether no member that was judged has that address, the first time it is asked for. */
  boolean isUnmet(String address) {
    Identifier email = Identifier.of(ProfileField.EMAIL, address);
    fingerprint.of(email.kind(), email.value());
    return !recognised.contains(fingerprint) && asked.add(fingerprint);
  }

  /**
   * Returns whether a member that was judged has an identifier of that customer, of another kind
   * than these.
   */
  boolean isShown(CustomerProfile customer, Set<ProfileField> leftOut) {
    identifiers.look(customer);
    for (Identifier identifier : identifiers.found()) {
      if (!leftOut.contains(identifier.kind())
          && recognised.contains(fingerprint.of(identifier.kind(), identifier.value()))) {
        return true;
      }
    }
    return false;
  }
}
