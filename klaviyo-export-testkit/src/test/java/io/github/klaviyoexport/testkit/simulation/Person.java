package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.Customer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A customer of a history's world, and how it is known in the segment by now. */
final class Person {
  final int number;
  final boolean hasPhone;
  int address;
  int version;
  boolean readable = true;

  /** Whether a rename, a twin or a shared number may have Klaviyo take it for somebody else. */
  boolean disputed;

  Person twinOf = this;
  Person phoneOf = this;
  final Set<Integer> refused = new HashSet<>();

  Person(int number, boolean hasPhone) {
    this.number = number;
    this.hasPhone = hasPhone;
  }

  String id() {
    return "c-" + number;
  }

  /** Its address as it stands in the segment. */
  String email() {
    if (!readable) {
      return Customers.CANARY + " unreadable " + number;
    }
    return twinOf == this
        ? ownEmail(address)
        : twinOf.ownEmail(twinOf.address).toUpperCase(Locale.ROOT);
  }

  /** Its address as it would stand in the segment if it could be read. */
  String meant() {
    return twinOf.ownEmail(twinOf.address);
  }

  String ownEmail(int which) {
    return Customers.CANARY + number + "." + which + "@shop.example";
  }

  /** All that it was or will be found by. */
  Set<String> all() {
    Set<String> all = new HashSet<>();
    for (int i = 0; i <= Math.max(address, 9); i++) {
      all.add(ownEmail(i));
    }
    all.add(key());
    if (phone() != null) {
      all.add(phone());
    }
    return all;
  }

  @Nullable String phone() {
    return phoneOf.hasPhone ? "+35840" + (1_000_000 + phoneOf.number) : null;
  }

  String key() {
    return Customers.CANARY + "-key-" + number;
  }

  String name() {
    return Customers.CANARY + "-name-" + number + "-" + version / 2;
  }

  /** Whether Klaviyo takes it under the address that it has now. */
  boolean isRefused() {
    return twinOf.refused.contains(twinOf.address);
  }

  CustomerProfile profile() {
    return Customer.of(id())
        .email(email())
        .firstName(name())
        .field("Telephone1", phone())
        .field("Key", key())
        .field("Version", version)
        .field("Tier", "tier-" + version % 2)
        .profile();
  }

  @Override
  public String toString() {
    return id();
  }
}
