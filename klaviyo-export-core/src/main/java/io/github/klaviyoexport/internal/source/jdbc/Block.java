package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.profile.CustomerProfile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Customers that have been read and are still to be given. */
final class Block {
  private final List<CustomerProfile> customers = new ArrayList<>();
  private final List<RowPosition> positions = new ArrayList<>();
  private int given;

  /** Adds a customer; either all have a position or none has. */
  void add(CustomerProfile customer, @Nullable RowPosition position) {
    customers.add(customer);
    if (position != null) {
      positions.add(position);
    }
  }

  /** Lets go of all that were given. */
  void clear() {
    customers.clear();
    positions.clear();
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

  /** Returns where the reading stands behind the customer that was given last, if that is told. */
  @Nullable RowPosition lastPosition() {
    return given == 0 || positions.isEmpty() ? null : positions.get(given - 1);
  }
}
