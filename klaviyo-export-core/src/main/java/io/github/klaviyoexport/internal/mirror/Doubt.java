package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.Collection;

/**
 * The count of customers that cannot be told from members of a list: how many of them a member may
 * be, by the kinds of identifiers that it is known by.
 *
 * <p>One customer is one member at most. So among members that may be any of d customers, at most d
 * are customers, and the others have left the segment.
 */
final class Doubt {
  /** How many different sets of kinds there are. */
  static final int KIND_SETS = 1 << Identifier.KINDS.size();

  /** The set of all kinds. */
  static final int EVERY_KIND = KIND_SETS - 1;

  /** Customers by the kinds that tell them from members. */
  private final long[] customers = new long[KIND_SETS];

  /** Returns kinds of identifiers as a set of bits. */
  static int kinds(Collection<ProfileField> kinds) {
    int set = 0;
    for (ProfileField kind : kinds) {
      set |= 1 << Identifier.KINDS.indexOf(kind);
    }
    return set;
  }

  /** Returns the kinds of identifiers that a member is known by. */
  static int kindsOf(ListMember member) {
    int set = 0;
    for (Identifier identifier : member.identifiers()) {
      set |= 1 << Identifier.KINDS.indexOf(identifier.kind());
    }
    return set;
  }

  /** Adds a customer, by the kinds that tell it from members that are known by one of them. */
  void add(Collection<ProfileField> telling) {
    if (telling.size() < Identifier.KINDS.size()) {
      customers[kinds(telling)]++;
    }
  }

  /** Returns how many customers a member may be that is known by those kinds. */
  long about(int known) {
    long all = 0;
    for (int telling = 0; telling < EVERY_KIND; telling++) {
      all += (telling & known) == 0 ? customers[telling] : 0;
    }
    return all;
  }

  /** Returns how many customers there are that one or another of those members may be. */
  long about(boolean[] known) {
    long all = 0;
    for (int telling = 0; telling < EVERY_KIND; telling++) {
      boolean some = false;
      for (int kinds = 0; kinds < known.length; kinds++) {
        some |= known[kinds] && (telling & kinds) == 0;
      }
      all += some ? customers[telling] : 0;
    }
    return all;
  }
}
