package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A customer made up for a test, said in few words.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="customer"}
 *
 * <p>The fields are named as those of {@link GeneratedProfiles}, and stand in the order in which
 * they were first given. Instances are immutable; every method returns a new one.
 */
public final class Customer {
  private final String id;
  private final Map<String, @Nullable Object> values;

  private Customer(String id, Map<String, @Nullable Object> values) {
    this.id = Objects.requireNonNull(id, "id");
    this.values = Collections.unmodifiableMap(values);
  }

  /** Creates a customer of whom nothing is known but what reports call them. */
  public static Customer of(String id) {
    return new Customer(id, new LinkedHashMap<>());
  }

  /** Returns a customer with the same values and another id. */
  public Customer as(String id) {
    return new Customer(id, values);
  }

  /** Returns what {@link #as} does, which is a keyword in Kotlin. */
  public Customer withId(String id) {
    return as(id);
  }

  /** Sets the field {@code EMailAddress}. */
  public Customer email(String email) {
    return field("EMailAddress", email);
  }

  /** Sets the field {@code FirstName}. */
  public Customer firstName(String name) {
    return field("FirstName", name);
  }

  /** Sets the field {@code LastName}. */
  public Customer lastName(String name) {
    return field("LastName", name);
  }

  /** Sets the field {@code Telephone1}. */
  public Customer phone(String number) {
    return field("Telephone1", number);
  }

  /** Sets a field of your own; {@code null} has the field be there without a value. */
  public Customer field(String name, @Nullable Object value) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new Customer(id, more);
  }

  /** Leaves a field out. */
  public Customer without(String name) {
    Map<String, @Nullable Object> fewer = new LinkedHashMap<>(values);
    fewer.remove(name);
    return new Customer(id, fewer);
  }

  /** Returns the customer as a source yields them. */
  public CustomerProfile profile() {
    List<@Nullable Object> all = new ArrayList<>(values.values());
    return CustomerProfile.of(
        id, FieldNames.of(List.copyOf(values.keySet())), all.toArray(new @Nullable Object[0]));
  }

  /** Returns the id and how many fields there are; never a value. */
  @Override
  public String toString() {
    return "Customer[id=" + id + ", fields=" + values.size() + "]";
  }
}
