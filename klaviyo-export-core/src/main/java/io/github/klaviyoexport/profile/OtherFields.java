package io.github.klaviyoexport.profile;

import io.github.klaviyoexport.internal.convert.MapPath;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FieldMapping} does with the fields that none of its lines names: each becomes a
 * custom property of its own name.
 *
 * <p>Instances are immutable.
 */
public final class OtherFields {
  private final String prefix;
  private final Set<String> except;
  private final @Nullable Conversion conversion;
  private final boolean clearing;
  private final Set<String> sources;
  private final Set<String> properties;

  private OtherFields(
      String prefix,
      Set<String> except,
      @Nullable Conversion conversion,
      boolean clearing,
      Set<String> sources,
      Set<String> properties) {
    this.prefix = prefix;
    this.except = Set.copyOf(except);
    this.conversion = conversion;
    this.clearing = clearing;
    this.sources = sources;
    this.properties = properties;
  }

  static OtherFields of(String prefix, Set<String> except) {
    if (!MappedField.isPropertyName(prefix + "x")) {
      throw new IllegalArgumentException(
          "The prefix '"
              + prefix
              + "' begins with $, which is reserved for Klaviyo's own properties, or is no text:"
              + " choose another.");
    }
    return new OtherFields(prefix, except, null, false, Set.of(), Set.of());
  }

  OtherFields with(Conversion next) {
    Conversion all = conversion == null ? next : conversion.then(next);
    return new OtherFields(prefix, except, all, clearing, sources, properties);
  }

  OtherFields clearingThem() {
    return new OtherFields(prefix, except, conversion, true, sources, properties);
  }

  /** Returns the same beside the lines of a mapping. */
  OtherFields beside(Iterable<MappedField> lines) {
    Set<String> taken = new HashSet<>();
    Set<String> named = new HashSet<>();
    for (MappedField line : lines) {
      if (line.isFromField()) {
        taken.add(line.source());
      }
      if (line.property() != null) {
        named.add(line.property());
      }
    }
    return new OtherFields(prefix, except, conversion, clearing, taken, named);
  }

  /** Returns what is put before the names of the properties; empty for nothing. */
  public String prefix() {
    return prefix;
  }

  /** Returns the fields that are left out. */
  public Set<String> except() {
    return except;
  }

  /** Returns what the values are converted by; {@code null} if they go as they are. */
  public @Nullable Conversion conversion() {
    return conversion;
  }

  /** Returns whether the property of a customer without a value is cleared in Klaviyo. */
  public boolean isClearing() {
    return clearing;
  }

  /**
   * Returns whether a field of a segment is one of the others: no line names it, nor a value in a
   * map of it, and it is not left out.
   */
  public boolean takes(String field, FieldNames segment) {
    return !except.contains(field)
        && !sources.contains(field)
        && sources.stream().noneMatch(source -> leadsInto(field, source, segment));
  }

  private static boolean leadsInto(String field, String source, FieldNames segment) {
    if (!source.startsWith(field + ".")) {
      return false;
    }
    MapPath path = MapPath.of(source, name -> segment.indexOf(name) >= 0);
    return path != null && path.field().equals(field);
  }

  /**
   * Returns the line by which one of the other fields is mapped; {@code null} if none can be,
   * because the name begins with {@code $} or a line fills a property of that name.
   */
  public @Nullable MappedField line(String field) {
    String property = prefix + field;
    if (!MappedField.isPropertyName(property) || properties.contains(property.replace("\0", ""))) {
      return null;
    }
    MappedField line = MappedField.ofProperty(property, field);
    line = conversion == null ? line : line.with(conversion);
    return clearing ? line.clearingIt() : line;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OtherFields that
        && prefix.equals(that.prefix)
        && except.equals(that.except)
        && Objects.equals(conversion, that.conversion)
        && clearing == that.clearing;
  }

  @Override
  public int hashCode() {
    return Objects.hash(prefix, except, conversion, clearing);
  }

  /** Returns what is done; names of fields only. */
  @Override
  public String toString() {
    return "all others"
        + (except.isEmpty() ? "" : " but " + String.join(", ", new TreeSet<>(except)))
        + (conversion == null ? "" : " as " + conversion)
        + " -> properties."
        + prefix
        + "*"
        + (clearing ? " or cleared" : "");
  }
}
