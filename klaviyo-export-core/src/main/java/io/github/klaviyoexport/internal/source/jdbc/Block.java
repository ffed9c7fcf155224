package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.profile.CustomerProfile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Customers that have been read and are still to be given. */
final class Block {
  private final List<CustomerProfile> customers = new ArrayList<>();
  private final List<RowKey> keys = new ArrayList<>();
  private int given;

  /** Adds a customer; either all have a key or none has. */
  void add(CustomerProfile customer, @Nullable RowKey key) {
    customers.add(customer);
    if (key != null) {
      keys.add(key);
    }
  }

  /** Lets go of all that were given. */
  void clear() {
    customers.clear();
    keys.clear();
    given = 0;
  }

  /** Returns how many were added since it was cleared. */
  int size() {
    return customers.size();
  }

  boolean isEmpty() {
    return given == customers.size();
  }

  CustomerProfile next() {
    return customers.get(given++);
  }

  /** Returns the key of the customer that was given last, if it has one. */
  @Nullable RowKey lastKey() {
    return given == 0 || keys.isEmpty() ? null : keys.get(given - 1);
  }
}
