package io.github.klaviyoexport.profile;

import io.github.klaviyoexport.internal.convert.PhoneRegions;
import io.github.klaviyoexport.internal.json.MappingFormat;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A mapping from a source's fields to the fields of a Klaviyo profile.
 *
 * <p>A mapping starts with the field that holds what customers are known by: the {@linkplain #email
 * email address}, or {@linkplain #identifiedBy another identifier}. Everything else is optional,
 * and each Klaviyo field can be filled from one place only.
 *
 * {@snippet class="io.github.klaviyoexport.profile.ProfileExamplesTest" region="mapping"}
 *
 * <p>A value can be {@linkplain #as converted}, {@linkplain #computed computed} of the customer or
 * the {@linkplain #constant same for all}; {@link #allOthers} takes the fields that no line names.
 *
 * {@snippet class="io.github.klaviyoexport.profile.ProfileExamplesTest" region="more"}
 *
 * <p><b>Names with dots.</b> {@code address.city} is the field of that very name if the segment has
 * one. Else the longest beginning before a dot that is a field's name is the field, which holds a
 * {@code Map}, and the rest is looked up in it by the same rule. A path into what is no map is
 * reported; one that ends nowhere is no value.
 *
 * <p><b>Values.</b> Text, numbers, booleans, {@code Map}s, lists and arrays keep their JSON type in
 * custom properties; Klaviyo's own fields take single values, as text. Points in time become ISO
 * 8601 with offset, {@code LocalDateTime} too, in the mapping's {@linkplain #zone(ZoneId) zone};
 * dates, those of {@code java.sql} too, become {@code YYYY-MM-DD}. What every other type becomes
 * stands in {@code docs/values.md}. White space and other invisible characters around a value are
 * taken off, and so is U+0000 anywhere. Nulls and blank text are left out, and Klaviyo keeps what
 * it has, unless the property is {@linkplain #orClear cleared}. A value that cannot be converted or
 * written costs that field, not the profile, and is {@linkplain Rejection reported}.
 *
 * <p>Names that begin with {@code $} are Klaviyo's own and refused. Instances are immutable; every
 * method returns a new one.
 */
public final class FieldMapping {
  private final List<MappedField> fields;
  private final ZoneId zone;
  private final @Nullable OtherFields others;
  private final boolean endsWithOthers;

  private FieldMapping(
      List<MappedField> fields, ZoneId zone, @Nullable OtherFields others, boolean endsWithOthers) {
    this.fields = List.copyOf(fields);
    this.zone = zone;
    this.others = others == null ? null : others.beside(this.fields);
    this.endsWithOthers = endsWithOthers;
  }

  /**
   * Creates a mapping of the field that holds the email address.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public static FieldMapping email(String sourceField) {
    return identifiedBy(ProfileField.EMAIL, sourceField);
  }

  /**
   * Creates a mapping of the field that holds what customers are known by, where that is no email
   * address.
   *
   * <p>Other identifiers can be mapped beside it. What Klaviyo does:
   *
   * <ul>
   *   <li>A profile with a phone number alone is refused unless SMS is set up in the account.
   *   <li>An external id takes no part in Klaviyo's merging of profiles. A customer who is known to
   *       Klaviyo by an address, but not yet by your id, gets a second profile, to which nothing
   *       can be sent until it has an address or a phone number.
   *   <li>A mirror knows members by the mapped identifiers only: a member that has joined by its
   *       address alone is a leaver.
   * </ul>
   *
   * @param identifier {@link ProfileField#EMAIL}, {@link ProfileField#PHONE_NUMBER} or {@link
   *     ProfileField#EXTERNAL_ID}
   * @throws IllegalArgumentException if it is another, or the name is blank
   */
  public static FieldMapping identifiedBy(ProfileField identifier, String sourceField) {
    if (!isIdentifier(identifier)) {
      throw new IllegalArgumentException(
          "Klaviyo knows no profile by its "
              + identifier.path()
              + ": name the email address, phone number or external id.");
    }
    return new FieldMapping(
        List.of(MappedField.of(identifier, sourceField)), ZoneOffset.UTC, null, false);
  }

  private static boolean isIdentifier(ProfileField field) {
    return field == ProfileField.EMAIL
        || field == ProfileField.PHONE_NUMBER
        || field == ProfileField.EXTERNAL_ID;
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

  /**
   * Maps the phone number, read as it is dialled within a region: {@code 040 123 4567}, with {@code
   * 00} before the country code, or in E.164 form.
   *
   * <p>Numbers are read by libphonenumber, which is to be added to the class path. One that cannot
   * exist by the numbering plan of its country, as that library knows it, is left out and reported.
   *
   * @param region two letters of ISO 3166, such as {@code FI}
   * @throws IllegalArgumentException if there are no numbers of that region
   * @throws IllegalStateException if libphonenumber is missing
   */
  public FieldMapping phone(String sourceField, String region) {
    return phone(sourceField).phoneRegion(region);
  }

  /**
   * Says in which region the phone numbers that are mapped are dialled; see {@link #phone(String,
   * String)}.
   *
   * @throws IllegalArgumentException if there are no numbers of that region, or no phone number is
   *     mapped
   * @throws IllegalStateException if libphonenumber is missing
   */
  public FieldMapping phoneRegion(String region) {
    String known = PhoneRegions.known(region);
    return withPhone(line -> line.withPhoneRegion(known, line.phoneRegionField()));
  }

  /**
   * Says which field has the region of the phone number that is mapped, by two or three letters of
   * ISO 3166; see {@link #phone(String, String)}. Where it has none, the mapping's region is taken,
   * if it names one. With a region that is not known, only E.164 form is read.
   *
   * @throws IllegalArgumentException if no phone number is mapped
   * @throws IllegalStateException if libphonenumber is missing
   */
  public FieldMapping phoneRegionFrom(String sourceField) {
    PhoneRegions.checkLibrary();
    return withPhone(line -> line.withPhoneRegion(line.phoneRegion(), sourceField));
  }

  private FieldMapping withPhone(UnaryOperator<MappedField> change) {
    if (fields.stream().noneMatch(line -> line.target() == ProfileField.PHONE_NUMBER)) {
      throw new IllegalArgumentException(
          "The mapping names no phone number to have a region: map the phone number first.");
    }
    List<MappedField> changed = new ArrayList<>(fields);
    changed.replaceAll(
        line -> line.target() == ProfileField.PHONE_NUMBER ? change.apply(line) : line);
    return new FieldMapping(changed, zone, others, endsWithOthers);
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
    return with(MappedField.ofProperty(property, sourceField));
  }

  /**
   * Maps any Klaviyo field, for those without a method of their own.
   *
   * @throws IllegalArgumentException if the target is mapped already, or is {@link
   *     ProfileField#PROPERTY}, which needs a name
   */
  public FieldMapping map(ProfileField target, String sourceField) {
    return with(MappedField.of(target, sourceField));
  }

  /**
   * Fills a custom property with what a function makes of the customer.
   *
   * @param function returns the value, {@code null} for none, or an {@link Unreadable}. If it
   *     throws, the value is unreadable; the type of the exception is the reason, not its message
   * @throws IllegalArgumentException if the name begins with {@code $}, or is mapped already
   */
  public FieldMapping computed(
      String property, Function<CustomerProfile, ? extends @Nullable Object> function) {
    return with(MappedField.ofProperty(property, property).computedBy(function));
  }

  /**
   * Fills one of Klaviyo's own fields with what a function makes of the customer; see {@link
   * #computed(String, Function)}.
   *
   * @throws IllegalArgumentException if the target is mapped already, or is {@link
   *     ProfileField#PROPERTY}, which needs a name
   */
  public FieldMapping computed(
      ProfileField target, Function<CustomerProfile, ? extends @Nullable Object> function) {
    return with(MappedField.of(target, target.path()).computedBy(function));
  }

  /**
   * Fills a custom property with the same value for every customer. An exporter is not built with
   * one that cannot be sent.
   *
   * @throws IllegalArgumentException if the name begins with {@code $}, or is mapped already
   */
  public FieldMapping constant(String property, Object value) {
    return with(MappedField.ofProperty(property, property).constant(value));
  }

  /**
   * Fills one of Klaviyo's own fields with the same value for every customer.
   *
   * @throws IllegalArgumentException if the target is mapped already, is an identifier, or is
   *     {@link ProfileField#PROPERTY}, which needs a name
   */
  public FieldMapping constant(ProfileField target, Object value) {
    if (isIdentifier(target)) {
      throw new IllegalArgumentException(
          "With a fixed "
              + target.path()
              + ", Klaviyo would take all customers for one: map a field to it.");
    }
    return with(MappedField.of(target, target.path()).constant(value));
  }

  /**
   * Adds a value, or each value of a list, to a custom property that is a list in Klaviyo; what is
   * there stays.
   *
   * <p>Klaviyo does not say whether a value that is there already is added once more. Runs that are
   * repeated, and batches that are sent again after an outage, may add it twice.
   *
   * @throws IllegalArgumentException if the name begins with {@code $}, or is mapped already
   */
  public FieldMapping appendTo(String property, String sourceField) {
    return with(MappedField.ofProperty(property, sourceField).with(MappedField.Change.APPEND));
  }

  /**
   * Takes a value, or each value of a list, out of a custom property that is a list in Klaviyo.
   *
   * @throws IllegalArgumentException if the name begins with {@code $}, or is mapped already
   */
  public FieldMapping removeFrom(String property, String sourceField) {
    return with(MappedField.ofProperty(property, sourceField).with(MappedField.Change.REMOVE));
  }

  /**
   * Maps every field that no line names to a custom property of its own name.
   *
   * <p>A field that cannot be one, because its name begins with {@code $} or a line fills a
   * property of that name, is refused before anything is sent if the source names its fields, and
   * else reported.
   *
   * @param except the fields to leave out
   * @throws IllegalArgumentException if that is said already
   */
  public FieldMapping allOthers(String... except) {
    return allOthersPrefixed("", except);
  }

  /**
   * Maps every field that no line names to a custom property of its own name with a prefix; see
   * {@link #allOthers}.
   *
   * @param prefix what is put before the names
   * @param except the fields to leave out
   * @throws IllegalArgumentException if that is said already, or the prefix begins with {@code $}
   */
  public FieldMapping allOthersPrefixed(String prefix, String... except) {
    if (others != null) {
      throw new IllegalArgumentException(
          "What becomes of all other fields is said already: say it once.");
    }
    return new FieldMapping(fields, zone, OtherFields.of(prefix, Set.of(except)), true);
  }

  /**
   * Converts the values of what was mapped last, after the conversions that it has already. A value
   * that cannot be converted is left out and reported, with the field and the reason.
   */
  public FieldMapping as(Conversion conversion) {
    Objects.requireNonNull(conversion, "conversion");
    return endsWithOthers && others != null
        ? new FieldMapping(fields, zone, others.with(conversion), true)
        : withLast(last().with(conversion));
  }

  /** Converts as {@link #as} does, which is a keyword in Kotlin. */
  public FieldMapping converted(Conversion conversion) {
    return as(conversion);
  }

  /**
   * Clears the custom property that was mapped last for customers without a value, instead of
   * leaving what Klaviyo has: it is sent as {@code meta.patch_properties.unset}.
   *
   * <p>A customer has no value if the field is empty, or its value is converted to {@code null}.
   * Where the segment has no such field, or a value cannot be read or written, nothing is cleared.
   *
   * @throws IllegalArgumentException if what was mapped last is one of Klaviyo's own fields, which
   *     the bulk import cannot clear, or adds to or takes out of a list
   */
  public FieldMapping orClear() {
    return endsWithOthers && others != null
        ? new FieldMapping(fields, zone, others.clearingThem(), true)
        : withLast(last().clearingIt());
  }

  /**
   * Returns the mapping of the identifiers alone: customers join the list, and no other attribute
   * or property of their profiles is touched.
   */
  public FieldMapping membershipOnly() {
    return new FieldMapping(
        fields.stream().filter(line -> isIdentifier(line.target())).toList(), zone, null, false);
  }

  /**
   * Sets the zone that local date-times are in: UTC by default. One that its clocks have skipped is
   * taken as much later as they were put forward, and of two that they have shown it is the first.
   */
  public FieldMapping zone(ZoneId zone) {
    return new FieldMapping(fields, Objects.requireNonNull(zone, "zone"), others, endsWithOthers);
  }

  private MappedField last() {
    return fields.get(fields.size() - 1);
  }

  private FieldMapping withLast(MappedField line) {
    List<MappedField> changed = new ArrayList<>(fields);
    changed.set(changed.size() - 1, line);
    return new FieldMapping(changed, zone, others, false);
  }

  private FieldMapping with(MappedField line) {
    for (MappedField present : fields) {
      if (present.fillsTheSameAs(line)) {
        throw new IllegalArgumentException(
            "Klaviyo's "
                + line.path()
                + " is mapped already, from '"
                + present.source()
                + "': map it once.");
      }
    }
    List<MappedField> more = new ArrayList<>(fields);
    more.add(line);
    return new FieldMapping(more, zone, others, false);
  }

  /** Returns all lines of the mapping, first what customers are known by; unmodifiable. */
  public List<MappedField> fields() {
    return fields;
  }

  /** Returns what becomes of the fields that no line names; {@code null} if nothing does. */
  public @Nullable OtherFields others() {
    return others;
  }

  /** Returns the zone that local date-times are in. */
  public ZoneId zone() {
    return zone;
  }

  /**
   * Checks the mapping against the fields that a source has.
   *
   * @throws IllegalArgumentException if the mapping names fields that are not there; the message
   *     lists them, which known ones may be meant instead, and the known ones; or if it takes all
   *     others and one of them cannot be a custom property
   */
  public void checkAgainst(FieldNames known) {
    MappingFit.check(this, known);
  }

  /**
   * Reads a mapping from JSON, as {@link #toJson} writes it; what is left out is as by default.
   *
   * @throws IllegalArgumentException if it is no such JSON, has a field that this version of the
   *     library does not know, or was written by a newer one; the message names the field, and
   *     quotes no value but a constant or a time zone
   */
  public static FieldMapping fromJson(String json) {
    return MappingFormat.fromJson(json);
  }

  /**
   * Returns the mapping as JSON, an object, to be kept or sent.
   *
   * @throws IllegalStateException if it holds a function, or a fixed value that is no text, number
   *     or boolean; the message names the line, and says what to do
   */
  public String toJson() {
    return MappingFormat.toJson(this);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldMapping that
        && fields.equals(that.fields)
        && zone.equals(that.zone)
        && Objects.equals(others, that.others);
  }

  @Override
  public int hashCode() {
    return Objects.hash(fields, zone, others);
  }

  /** Returns the mapping, line by line; names of fields only, and what they are converted by. */
  @Override
  public String toString() {
    return Stream.concat(fields.stream(), Stream.ofNullable(others))
        .map(Object::toString)
        .collect(Collectors.joining(", ", "FieldMapping[", "]"));
  }
}
