package io.github.klaviyoexport.profile;

import io.github.klaviyoexport.internal.text.NamesToChoose;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of a segment's fields, in order: what a header row is to a table.
 *
 * <p>A source makes one and shares it among all the {@linkplain CustomerProfile profiles} it
 * yields, so that a profile is its values and nothing more, and a field is looked up by name once
 * per segment instead of once per profile.
 *
 * <p>Names are compared exactly, upper and lower case included. Instances are immutable and safe
 * for use by many threads.
 */
public final class FieldNames {
  private final List<String> names;
  private final Map<String, Integer> positions;
  private final NamesToChoose toChoose;

  private FieldNames(List<String> names, Map<String, String> unusable, String advice) {
    this.names = List.copyOf(names);
    this.toChoose = new NamesToChoose(this.names, Map.copyOf(unusable), advice);
    this.positions = new HashMap<>(names.size() * 2);
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isBlank()) {
        throw new IllegalArgumentException(
            "Field " + (i + 1) + " of " + names.size() + " has no name: give every field one.");
      }
      if (positions.put(name, i) != null) {
        throw new IllegalArgumentException(
            "The field name '" + name + "' stands twice: name each field once.");
      }
    }
  }

  /**
   * Names the fields of a segment.
   *
   * @throws IllegalArgumentException if a name is blank or stands twice
   */
  public static FieldNames of(String... names) {
    return new FieldNames(Arrays.asList(names), Map.of(), "");
  }

  /**
   * Names the fields of a segment.
   *
   * @throws IllegalArgumentException if a name is blank or stands twice
   */
  public static FieldNames of(List<String> names) {
    return new FieldNames(names, Map.of(), "");
  }

  /**
   * Returns the same names, with what a reader knows beyond them and tells a mapping that does not
   * fit: a column that cannot be used stops no export that does not need it.
   *
   * @param unusable why a field that may be looked for is not among the names, by its name: a
   *     clause such as {@code columns 2 and 3 are both called so: name each once}
   * @param advice a clause that is said in place of the names, when these are most likely none;
   *     empty to list the names
   */
  public FieldNames withRemarks(Map<String, String> unusable, String advice) {
    return new FieldNames(names, unusable, advice);
  }

  /** Returns the names with what there is to say of those that are missing. */
  NamesToChoose toChoose() {
    return toChoose;
  }

  /** Returns the names, in order; unmodifiable. */
  public List<String> names() {
    return names;
  }

  /** Returns how many fields there are. */
  public int size() {
    return names.size();
  }

  /** Returns where the field stands, counted from 0, or -1 when there is none of that name. */
  public int indexOf(String name) {
    return positions.getOrDefault(name, -1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldNames that && names.equals(that.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  /** Returns the names; they are a schema, not personal data. */
  @Override
  public String toString() {
    return names.toString();
  }
}
