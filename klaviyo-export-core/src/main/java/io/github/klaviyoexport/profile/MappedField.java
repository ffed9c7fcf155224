package io.github.klaviyoexport.profile;

import io.github.klaviyoexport.internal.convert.MapPath;
import io.github.klaviyoexport.internal.text.UnicodeText;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One line of a {@link FieldMapping}: where a value comes from, what is made of it, and which field
 * of Klaviyo's it fills.
 *
 * <p>Instances are immutable.
 */
public final class MappedField {
  /** A value that contains itself ends somewhere; what is so deep is refused later. */
  private static final int DEEPER_THAN_IS_SENT = 16;

  private final String source;
  private final ProfileField target;
  private final @Nullable String property;
  private final Change change;
  private final @Nullable Function<CustomerProfile, ? extends @Nullable Object> function;
  private final @Nullable Object constant;
  private final @Nullable Conversion conversion;
  private final boolean clearing;
  private final @Nullable String phoneRegion;
  private final @Nullable String phoneRegionField;

  /** What a line does to the field that it fills. */
  public enum Change {
    /** The value takes the place of what Klaviyo has. */
    SET,
    /** The value, or each value of a list, is added to the list that Klaviyo has. */
    APPEND,
    /** The value, or each value of a list, is taken out of the list that Klaviyo has. */
    REMOVE
  }

  private MappedField(Parts parts) {
    this.source = parts.source;
    this.target = parts.target;
    this.property = parts.property;
    this.change = parts.change;
    this.function = parts.function;
    this.constant = parts.constant;
    this.conversion = parts.conversion;
    this.clearing = parts.clearing;
    this.phoneRegion = parts.phoneRegion;
    this.phoneRegionField = parts.phoneRegionField;
  }

  /** The parts of a line that is being made of another. */
  private static final class Parts {
    private String source;
    private ProfileField target;
    private @Nullable String property;
    private Change change = Change.SET;
    private @Nullable Function<CustomerProfile, ? extends @Nullable Object> function;
    private @Nullable Object constant;
    private @Nullable Conversion conversion;
    private boolean clearing;
    private @Nullable String phoneRegion;
    private @Nullable String phoneRegionField;

    Parts(String source, ProfileField target, @Nullable String property) {
      this.source = source;
      this.target = target;
      this.property = property;
    }

    Parts(MappedField line) {
      this(line.source, line.target, line.property);
      change = line.change;
      function = line.function;
      constant = line.constant;
      conversion = line.conversion;
      clearing = line.clearing;
      phoneRegion = line.phoneRegion;
      phoneRegionField = line.phoneRegionField;
    }
  }

  /** Creates the line that fills one of Klaviyo's own fields. */
  static MappedField of(ProfileField target, String source) {
    if (target == ProfileField.PROPERTY) {
      throw new IllegalArgumentException(
          "A custom property needs a name, and only a custom property has one (field '"
              + source
              + "').");
    }
    return new MappedField(new Parts(checkedSource(source, target), target, null));
  }

  /** Creates the line that fills a custom property. */
  static MappedField ofProperty(String property, String source) {
    return new MappedField(
        new Parts(
            checkedSource(source, ProfileField.PROPERTY),
            ProfileField.PROPERTY,
            checkedProperty(property, source)));
  }

  private static String checkedSource(String source, ProfileField target) {
    if (source == null || source.isBlank()) {
      throw new IllegalArgumentException(
          "The mapping of "
              + target.path()
              + " names no source field: pass the name of the field that holds it.");
    }
    if (!UnicodeText.fits(source)) {
      throw new IllegalArgumentException(
          "The mapping of "
              + target.path()
              + " names a source field with half a surrogate pair, which no file or database keeps:"
              + " repair the name.");
    }
    return source;
  }

  private static String checkedProperty(String given, String source) {
    // Receivers that keep text in a database fail on U+0000.
    String property = given.replace("\0", "");
    if (property.isBlank()) {
      throw new IllegalArgumentException(
          "The custom property filled from '" + source + "' has no name: give it one.");
    }
    if (!UnicodeText.fits(property)) {
      throw new IllegalArgumentException(
          "The name of the custom property filled from '"
              + source
              + "' holds half a surrogate pair, which UTF-8 cannot write: repair the name.");
    }
    if (property.startsWith("$")) {
      throw new IllegalArgumentException(
          "The property name '"
              + property
              + "' begins with $, which is reserved for Klaviyo's own properties: choose another"
              + " name.");
    }
    return property;
  }

  /** Returns whether a custom property can have that name. */
  static boolean isPropertyName(String name) {
    String plain = name.replace("\0", "");
    return !plain.isBlank() && !plain.startsWith("$") && UnicodeText.fits(plain);
  }

  MappedField computedBy(Function<CustomerProfile, ? extends @Nullable Object> function) {
    Parts parts = new Parts(this);
    parts.function = Objects.requireNonNull(function, "function");
    return new MappedField(parts);
  }

  MappedField constant(Object value) {
    Parts parts = new Parts(this);
    parts.constant = copyOf(Objects.requireNonNull(value, "value"), 0);
    return new MappedField(parts);
  }

  /** Returns a value that stays as it is, whatever its owner does with the containers in it. */
  @SuppressWarnings("JavaUtilDate") // It is what sources and databases give, and can be changed.
  private static @Nullable Object copyOf(@Nullable Object value, int depth) {
    if (depth > DEEPER_THAN_IS_SENT) {
      return value;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, each) -> copy.put(key, copyOf(each, depth + 1)));
      return Collections.unmodifiableMap(copy);
    }
    if (value instanceof Collection<?> collection) {
      List<@Nullable Object> copy = new ArrayList<>();
      collection.forEach(each -> copy.add(copyOf(each, depth + 1)));
      return Collections.unmodifiableList(copy);
    }
    if (value instanceof byte[] bytes) {
      return bytes.clone();
    }
    if (value instanceof char[] text) {
      return text.clone();
    }
    if (value != null && value.getClass().isArray()) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        copy.add(copyOf(Array.get(value, i), depth + 1));
      }
      return Collections.unmodifiableList(copy);
    }
    return value instanceof Date date ? date.clone() : value;
  }

  MappedField with(Change change) {
    Parts parts = new Parts(this);
    parts.change = change;
    return new MappedField(parts);
  }

  MappedField with(Conversion next) {
    Parts parts = new Parts(this);
    parts.conversion = conversion == null ? next : conversion.then(next);
    return new MappedField(parts);
  }

  MappedField withPhoneRegion(@Nullable String region, @Nullable String field) {
    Parts parts = new Parts(this);
    parts.phoneRegion = region;
    parts.phoneRegionField = field;
    return new MappedField(parts);
  }

  MappedField clearingIt() {
    if (change != Change.SET) {
      throw new IllegalArgumentException(
          "What is added to or taken out of the list '"
              + property
              + "' says nothing of customers without a value: map the property itself to clear it.");
    }
    if (property == null) {
      throw new IllegalArgumentException(
          "Klaviyo's bulk import cannot clear "
              + target.path()
              + ", only custom properties: leave orClear() out, and Klaviyo keeps what it has, or map"
              + " '"
              + source
              + "' to a custom property. Klaviyo clears its own fields one profile at a time, with a"
              + " null in POST /api/profile-import, which an export does not send.");
    }
    Parts parts = new Parts(this);
    parts.clearing = true;
    return new MappedField(parts);
  }

  /**
   * Returns the name of the source's field, or the path of a value in maps; for a value that comes
   * from no field, what reports call it.
   */
  public String source() {
    return source;
  }

  /** Returns the Klaviyo field that the line fills. */
  public ProfileField target() {
    return target;
  }

  /**
   * Returns the name of the custom property when the target is {@link ProfileField#PROPERTY}, else
   * {@code null}.
   */
  public @Nullable String property() {
    return property;
  }

  /** Returns where the value goes, {@code first_name} or {@code properties.LTV} for example. */
  public String path() {
    return property == null ? target.path() : target.path() + "." + property;
  }

  /** Returns what the line does to the field that it fills. */
  public Change change() {
    return change;
  }

  /** Returns whether the value comes from a field, so that a segment must have it. */
  public boolean isFromField() {
    return function == null && constant == null;
  }

  /** Returns whether the value is a function of the customer. */
  public boolean isComputed() {
    return function != null;
  }

  /** Returns the value if it is the same for every customer; else {@code null}. */
  public @Nullable Object constant() {
    return constant;
  }

  /** Returns what values are converted by; {@code null} if they go as they are. */
  public @Nullable Conversion conversion() {
    return conversion;
  }

  /** Returns whether the property of a customer without a value is cleared in Klaviyo. */
  public boolean isClearing() {
    return clearing;
  }

  /** Returns the region of phone numbers without a country code; {@code null} if there is none. */
  public @Nullable String phoneRegion() {
    return phoneRegion;
  }

  /** Returns the field with the customer's region; {@code null} if there is none. */
  public @Nullable String phoneRegionField() {
    return phoneRegionField;
  }

  /**
   * Returns the value of a customer before it is converted; {@code null} if there is none, and an
   * {@link Unreadable} if it cannot be had.
   */
  public @Nullable Object valueIn(CustomerProfile customer) {
    if (function != null) {
      try {
        return function.apply(customer);
      } catch (RuntimeException failed) {
        // Its message may quote a value.
        return Unreadable.because("its function failed with " + failed.getClass().getName());
      }
    }
    if (constant != null) {
      return constant;
    }
    MapPath path = MapPath.of(source, name -> customer.fields().indexOf(name) >= 0);
    return path == null ? null : path.valueIn(customer.value(path.field()));
  }

  /** Returns whether both fill one field, other than one adding to a list that one takes out of. */
  boolean fillsTheSameAs(MappedField other) {
    return path().equals(other.path())
        && (change == Change.SET || other.change == Change.SET || change == other.change);
  }

  /** Returns whether two fixed values are one: of numbers what they count, whatever their types. */
  private static boolean isSame(@Nullable Object one, @Nullable Object other) {
    if (Objects.equals(one, other)) {
      return true;
    }
    BigDecimal number = exact(one);
    BigDecimal otherNumber = exact(other);
    return number != null && otherNumber != null && number.compareTo(otherNumber) == 0;
  }

  private static @Nullable BigDecimal exact(@Nullable Object value) {
    boolean isExact =
        value instanceof Double || value instanceof Float
            ? Double.isFinite(((Number) value).doubleValue())
            : value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger
                || value instanceof BigDecimal;
    return isExact ? new BigDecimal(String.valueOf(value)) : null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MappedField that
        && source.equals(that.source)
        && target == that.target
        && Objects.equals(property, that.property)
        && change == that.change
        && Objects.equals(function, that.function)
        && isSame(constant, that.constant)
        && Objects.equals(conversion, that.conversion)
        && clearing == that.clearing
        && Objects.equals(phoneRegion, that.phoneRegion)
        && Objects.equals(phoneRegionField, that.phoneRegionField);
  }

  @Override
  public int hashCode() {
    return Objects.hash(source, target, property, change, conversion, clearing);
  }

  /** Returns the line; names of fields, and no value but a fixed one's type. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(isFromField() ? source : origin());
    if (phoneRegion != null) {
      line.append(" in ").append(phoneRegion);
    }
    if (phoneRegionField != null) {
      line.append(" in the region of ").append(phoneRegionField);
    }
    if (conversion != null) {
      line.append(" as ").append(conversion);
    }
    line.append(
        switch (change) {
          case SET -> " -> ";
          case APPEND -> " -> added to ";
          case REMOVE -> " -> taken out of ";
        });
    return line.append(path()).append(clearing ? " or cleared" : "").toString();
  }

  private String origin() {
    return function != null ? "a function" : "a fixed " + constantType();
  }

  private String constantType() {
    return constant == null ? "" : constant.getClass().getSimpleName();
  }
}
