package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.profile.FieldNames;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a customer profile is made of an object.
 *
 * @param id returns the customer's id; {@code null} to call customers by their number
 * @param fields the names of the fields
 * @param values returns the value of a field, in the order of their names
 * @param setsAside whether an object of which no profile can be made is set aside rather than the
 *     end
 */
public record ObjectFormat<T>(
    @Nullable Function<? super T, ? extends @Nullable Object> id,
    FieldNames fields,
    List<Function<? super T, ? extends @Nullable Object>> values,
    boolean setsAside) {
  /** Returns the format without an id and a field. */
  public static <T> ObjectFormat<T> none() {
    return new ObjectFormat<>(null, FieldNames.of(), List.of(), false);
  }

  /** Returns the same format with another id. */
  public ObjectFormat<T> withId(Function<? super T, ? extends @Nullable Object> id) {
    return new ObjectFormat<>(id, fields, values, setsAside);
  }

  /**
   * Returns the same format with one more field.
   *
   * @throws IllegalArgumentException if the name is blank or stands there already
   */
  public ObjectFormat<T> with(String field, Function<? super T, ? extends @Nullable Object> value) {
    List<String> names = new ArrayList<>(fields.names());
    names.add(field);
    List<Function<? super T, ? extends @Nullable Object>> more = new ArrayList<>(values);
    more.add(value);
    return new ObjectFormat<>(id, FieldNames.of(names), List.copyOf(more), setsAside);
  }

  /** Returns the same format with another word on bad objects. */
  public ObjectFormat<T> withSetsAside(boolean setsAside) {
    return new ObjectFormat<>(id, fields, values, setsAside);
  }
}
