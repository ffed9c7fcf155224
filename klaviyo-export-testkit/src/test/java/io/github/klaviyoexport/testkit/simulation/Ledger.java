package io.github.klaviyoexport.testkit.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Who added which membership of the list, as the world saw it happen. */
final class Ledger {
  /** Added by others. */
  static final int OTHERS = -1;

  /**
   * Added by others while a job of ours with the same profile was under way: Klaviyo tells when a
   * member joined and not by whom, so this cannot be told from a membership of ours.
   */
  static final int ANYBODY = -2;

  private final Map<Membership, Integer> owners = new HashMap<>();
  private final Set<Membership> forgotten = new HashSet<>();

  /** A membership, which ends when the profile leaves; joining again makes another one. */
  record Membership(String profile, String joined) {}

  /**
   * Takes note of who is in the list by now; what is new was added by that owner.
   *
   * @param proven whether that owner has come to know of it for certain
   */
  void see(Set<Membership> now, int owner, boolean proven) {
    owners.keySet().retainAll(now);
    forgotten.retainAll(now);
    for (Membership membership : now) {
      if (owners.putIfAbsent(membership, owner) == null && !proven) {
        forgotten.add(membership);
      }
    }
  }

  /** Takes note that no export can know any more which memberships are its own. */
  void forget() {
    forgotten.addAll(owners.keySet());
  }

  boolean isForgotten(Membership membership) {
    return forgotten.contains(membership);
  }

  int owner(Membership membership) {
    return owners.getOrDefault(membership, OTHERS);
  }

  Set<Membership> all() {
    return new HashSet<>(owners.keySet());
  }

  Map<Membership, Integer> copy() {
    return Map.copyOf(owners);
  }
}
