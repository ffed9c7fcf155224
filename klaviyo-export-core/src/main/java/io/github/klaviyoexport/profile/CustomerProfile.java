package io.github.klaviyoexport.profile;

import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.VisibleText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A unified customer as the source knows them: an id and named values.
 *
 * <p>The id is how reports speak of this customer, so it should say nothing about the person: a
 * number or key of your own system, never an email address. The values are what a {@link
 * FieldMapping} picks from; they may be of any type it can write (see there), or {@code null}.
 *
 * {@snippet class="io.github.klaviyoexport.profile.ProfileExamplesTest" region="profiles"}
 *
 * <p>Instances are immutable as far as their values are. {@link #toString()} shows the id only.
 */
public final class CustomerProfile {
  private final String id;
  private final FieldNames fields;
  private final @Nullable Object[] values;
  private final @Nullable Unreadable unreadable;

  private CustomerProfile(String id, FieldNames fields, @Nullable Object[] values) {
    this(id, fields, values, null);
  }

  private CustomerProfile(
      String id, FieldNames fields, @Nullable Object[] values, @Nullable Unreadable unreadable) {
    this.id = Objects.requireNonNull(id, "id");
    this.fields = fields;
    this.values = values;
    this.unreadable = unreadable;
  }

  /**
   * Creates a profile with its values in the order of {@code fields}.
   *
   * @param values one per field; copied; a {@code null} says that the customer has none
   * @throws IllegalArgumentException if there are not as many values as fields
   */
  public static CustomerProfile of(String id, FieldNames fields, @Nullable Object... values) {
    if (values.length != fields.size()) {
      throw new IllegalArgumentException(
          "Customer "
              + idAsText(id)
              + " has "
              + InWords.count(values.length, "value")
              + " for "
              + InWords.count(fields.size(), "field")
              + ": pass one value per field, null where there is none.");
    }
    return new CustomerProfile(id, fields, values.clone());
  }

  /** Creates a profile of a few named values: handy for single ones, in tests for example. */
  public static CustomerProfile of(String id, Map<String, ?> values) {
    List<String> names = new ArrayList<>(values.size());
    @Nullable Object[] copy = new @Nullable Object[values.size()];
    values.forEach(
        (name, value) -> {
          copy[names.size()] = value;
          names.add(name);
        });
    return new CustomerProfile(id, FieldNames.of(names), copy);
  }

  /**
   * Creates a customer of whom the source could read nothing but, perhaps, the id: it is counted
   * among those read, and rejected with the source's reason.
   *
   * @param id the customer's id, or where the source came upon it, such as {@code line 17}
   */
  public static CustomerProfile unreadable(String id, Unreadable why) {
    Objects.requireNonNull(why, "why");
    return new CustomerProfile(id, FieldNames.of(), new @Nullable Object[0], why);
  }

  /**
   * Returns how logs and messages speak of a customer: by the id, unless it is an email address,
   * which is not shown. It stands in one line: line breaks and other characters that cannot be seen
   * are named. Use it where your own code prints ids.
   */
  public static String idAsText(String id) {
    return VisibleText.shown(EmailShape.shown(id));
  }

  /** Returns what reports call this customer. */
  public String id() {
    return id;
  }

  /** Returns the names of this profile's fields. */
  public FieldNames fields() {
    return fields;
  }

  /** Returns why nothing of the customer could be read; {@code null} if it could. */
  public @Nullable Unreadable unreadable() {
    return unreadable;
  }

  /** Returns the value at a position of {@link #fields()}, counted from 0. */
  public @Nullable Object value(int index) {
    return values[index];
  }

  /** Returns the value of a field; {@code null} when it is empty or there is no such field. */
  public @Nullable Object value(String field) {
    int index = fields.indexOf(field);
    return index < 0 ? null : values[index];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CustomerProfile that
        && id.equals(that.id)
        && fields.equals(that.fields)
        && Arrays.deepEquals(values, that.values)
        && Objects.equals(unreadable, that.unreadable);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, fields, Arrays.deepHashCode(values), unreadable);
  }

  /**
   * Returns the {@linkplain #idAsText id} and how many fields there are; never a value, nor an id
   * that is an email address.
   */
  @Override
  public String toString() {
    return "CustomerProfile[id=" + idAsText(id) + ", fields=" + fields.size() + "]";
  }
}
