package io.github.klaviyoexport.profile;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A mapping from a source's fields to the fields of a Klaviyo profile.
 *
 * <p>The field that holds the email address is required: a mapping starts with it. Everything else
 * is optional, and each Klaviyo field can be filled from one source field only.
 *
 * {@snippet class="io.github.klaviyoexport.profile.ProfileExamplesTest" region="mapping"}
 *
 * <p><b>Values.</b> Text, numbers, booleans, {@code Map}s, lists and arrays keep their JSON type in
 * custom properties; Klaviyo's own fields take single values, as text. Points in time become ISO
 * 8601 with offset, {@code LocalDateTime} too, in the mapping's {@linkplain #zone(ZoneId) zone};
 * dates, those of {@code java.sql} too, become {@code YYYY-MM-DD}. What every other type becomes
 * stands in {@code docs/values.md}. White space and other invisible characters around a value are
 * taken off, and so is U+0000 anywhere. Nulls and blank text are left out, because Klaviyo's bulk
 * import leaves untouched what is not sent and never clears. A value that cannot be written costs
 * that field, not the profile, and is {@linkplain Rejection reported}.
 *
 * <p>Names that begin with {@code $} are Klaviyo's own and refused. Instances are immutable; every
 * method returns a new one.
 */
public final class FieldMapping {
  private final List<MappedField> fields;
  private final ZoneId zone;

  private FieldMapping(List<MappedField> fields, ZoneId zone) {
    this.fields = List.copyOf(fields);
    this.zone = zone;
  }

  /**
   * One line of a mapping.
   *
   * @param source the name of the source's field
   * @param target the Klaviyo field it fills
   * @param property the name of the custom property when the target is {@link
   *     ProfileField#PROPERTY}, else {@code null}
   */
  public record MappedField(String source, ProfileField target, @Nullable String property) {
    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if a name is blank, or a property's name begins with {@code
     *     $} or is not Unicode text
     */
    public MappedField {
      Objects.requireNonNull(target, "target");
      if (source == null || source.isBlank()) {
        throw new IllegalArgumentException(
            "The mapping of "
                + target.path()
                + " names no source field: pass the name of the field that holds it.");
      }
      if ((target == ProfileField.PROPERTY) != (property != null)) {
        throw new IllegalArgumentException(
            "A custom property needs a name, and only a custom property has one (field '"
                + source
                + "').");
      }
      // Receivers that keep text in a database fail on U+0000.
      property = property == null ? null : property.replace("\0", "");
      if (property != null && property.isBlank()) {
        throw new IllegalArgumentException(
            "The custom property filled from '" + source + "' has no name: give it one.");
      }
      if (property != null && !StandardCharsets.UTF_8.newEncoder().canEncode(property)) {
        throw new IllegalArgumentException(
            "The name of the custom property filled from '"
                + source
                + "' holds half a surrogate pair, which UTF-8 cannot write: repair the name.");
      }
      if (property != null && property.startsWith("$")) {
        throw new IllegalArgumentException(
            "The property name '"
                + property
                + "' begins with $, which is reserved for Klaviyo's own properties: choose another"
                + " name.");
      }
    }

    /** Returns where the value goes, {@code first_name} or {@code properties.LTV} for example. */
    public String path() {
      return property == null ? target.path() : target.path() + "." + property;
    }
  }

  /**
   * Creates a mapping of the field that holds the email address.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public static FieldMapping email(String sourceField) {
    return new FieldMapping(
        List.of(new MappedField(sourceField, ProfileField.EMAIL, null)), ZoneOffset.UTC);
  }

  /** Maps the given name. */
  public FieldMapping firstName(String sourceField) {
    return map(ProfileField.FIRST_NAME, sourceField);
  }

  /** Maps the family name. */
  public FieldMapping lastName(String sourceField) {
    return map(ProfileField.LAST_NAME, sourceField);
  }

  /**
   * Maps the phone number, which must be in E.164 form; spaces, dashes, dots, brackets and what
   * spreadsheets and address books add are taken out. A number that is malformed or can be read in
   * two ways is left out and reported; the profile still travels.
   */
  public FieldMapping phone(String sourceField) {
    return map(ProfileField.PHONE_NUMBER, sourceField);
  }

  /** Maps your own key for the customer, at most 255 characters. */
  public FieldMapping externalId(String sourceField) {
    return map(ProfileField.EXTERNAL_ID, sourceField);
  }

  /** Maps the company or organisation. */
  public FieldMapping organization(String sourceField) {
    return map(ProfileField.ORGANIZATION, sourceField);
  }

  /** Maps the job title. */
  public FieldMapping title(String sourceField) {
    return map(ProfileField.TITLE, sourceField);
  }

  /** Maps the language, a BCP 47 tag. */
  public FieldMapping locale(String sourceField) {
    return map(ProfileField.LOCALE, sourceField);
  }

  /** Maps the city. */
  public FieldMapping city(String sourceField) {
    return map(ProfileField.CITY, sourceField);
  }

  /** Maps the state, county or province. */
  public FieldMapping region(String sourceField) {
    return map(ProfileField.REGION, sourceField);
  }

  /** Maps the postal code. */
  public FieldMapping zip(String sourceField) {
    return map(ProfileField.ZIP, sourceField);
  }

  /** Maps the country. */
  public FieldMapping country(String sourceField) {
    return map(ProfileField.COUNTRY, sourceField);
  }

  /** Maps the time zone, an IANA name. */
  public FieldMapping timezone(String sourceField) {
    return map(ProfileField.TIMEZONE, sourceField);
  }

  /** Maps a custom property of the same name as the source's field. */
  public FieldMapping property(String sourceField) {
    return property(sourceField, sourceField);
  }

  /**
   * Maps a custom property.
   *
   * @param property its name in Klaviyo
   * @param sourceField the source's field
   * @throws IllegalArgumentException if the name begins with {@code $}, or is mapped already
   */
  public FieldMapping property(String property, String sourceField) {
    return with(new MappedField(sourceField, ProfileField.PROPERTY, property));
  }

  /**
   * Maps any Klaviyo field, for those without a method of their own.
   *
   * @throws IllegalArgumentException if the target is mapped already, or is {@link
   *     ProfileField#PROPERTY}, which needs a name
   */
  public FieldMapping map(ProfileField target, String sourceField) {
    return with(new MappedField(sourceField, target, null));
  }

  /** Sets the zone that local date-times are in: UTC by default. */
  public FieldMapping zone(ZoneId zone) {
    return new FieldMapping(fields, Objects.requireNonNull(zone, "zone"));
  }

  private FieldMapping with(MappedField field) {
    for (MappedField present : fields) {
      if (present.path().equals(field.path())) {
        throw new IllegalArgumentException(
            "Klaviyo's "
                + field.path()
                + " is mapped already, from '"
                + present.source()
                + "': map it once.");
      }
    }
    List<MappedField> more = new ArrayList<>(fields);
    more.add(field);
    return new FieldMapping(more, zone);
  }

  /** Returns all lines of the mapping, the email's first; unmodifiable. */
  public List<MappedField> fields() {
    return fields;
  }

  /** Returns the zone that local date-times are in. */
  public ZoneId zone() {
    return zone;
  }

  /**
   * Checks the mapping against the fields that a source has.
   *
   * @throws IllegalArgumentException if the mapping names fields that are not there; the message
   *     lists them, which known ones may be meant instead, and the known ones
   */
  public void checkAgainst(FieldNames known) {
    List<String> unknown =
        fields.stream()
            .map(MappedField::source)
            .filter(name -> known.indexOf(name) < 0)
            .distinct()
            .toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "The mapping names "
              + (unknown.size() == 1 ? "a field" : "fields")
              + " the segment does not have: "
              + unknown.stream().map(known.toChoose()::missing).collect(Collectors.joining(", "))
              + ". "
              + known.toChoose().listed()
              + " Correct the mapping or the source.");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldMapping that
        && fields.equals(that.fields)
        && zone.equals(that.zone);
  }

  @Override
  public int hashCode() {
    return Objects.hash(fields, zone);
  }

  /** Returns the mapping, line by line; names of fields only. */
  @Override
  public String toString() {
    return fields.stream()
        .map(field -> field.source() + " -> " + field.path())
        .collect(Collectors.joining(", ", "FieldMapping[", "]"));
  }
}
