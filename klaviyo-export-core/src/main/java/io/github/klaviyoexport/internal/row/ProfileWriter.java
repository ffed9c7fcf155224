package io.github.klaviyoexport.internal.row;

import static io.github.klaviyoexport.profile.Rejection.Reason.UNREADABLE_IN_SOURCE;

import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.MappedField.Change;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Unreadable;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The writer of rows: it writes one customer profile as one row of an import job, or says why it
 * cannot.
 *
 * <p>Every rule that Klaviyo would otherwise enforce on the whole request is checked here, on the
 * row, because one bad row makes Klaviyo refuse the ten thousand that travel with it:
 *
 * <ul>
 *   <li>What is certainly no email address sets the profile aside, even when it could be known by
 *       something else: the address is what the exporting system knows this person by, and a second
 *       profile beside the right one is worse than none.
 *   <li>Any other bad value costs the field, not the profile, unless no identifier remains.
 *   <li>Nulls and blank text are left out, nulls inside lists and maps too; other text inside lists
 *       and maps is kept, because Klaviyo replaces those as a whole. Empty lists and maps are kept.
 *   <li>Text loses the {@linkplain InvisibleCharacters invisible characters} around it; all else
 *       inside it stays. Names of properties, and what is inside lists and maps, are written as
 *       they are. U+0000 is written nowhere.
 * </ul>
 *
 * <p>A writer belongs to one thread.
 */
public final class ProfileWriter {
  /** A row is smaller than this, in bytes. */
  public static final int MAX_ROW_BYTES = JsonBuffer.MAX_ROW_BYTES;

  private static final Column[] NONE = {};

  private final ValueWriter values;
  private final CustomerIdentifiers identifiers;
  private final Column[] attributes;
  private final Column[] location;
  private final Column[] properties;
  private final Column[] appended;
  private final Column[] removed;
  private final OtherColumns others;
  private final boolean patches;
  private final List<Column> cleared = new ArrayList<>();
  private final List<Column> columns;
  private @Nullable FieldNames located;

  /** What is being written. */
  private Row row = new Row();

  private JsonBuffer json = row.json();

  /** Creates a writer of the fields that {@code mapping} picks. */
  public ProfileWriter(FieldMapping mapping) {
    this(mapping, new FieldUse());
  }

  /**
   * Creates a writer of the fields that {@code mapping} picks.
   *
   * @param use is told what becomes of them
   */
  public ProfileWriter(FieldMapping mapping, FieldUse use) {
    values = new ValueWriter(json, new ScalarText(mapping.zone()));
    identifiers = new CustomerIdentifiers(mapping);
    properties = properties(mapping, Change.SET);
    appended = properties(mapping, Change.APPEND);
    removed = properties(mapping, Change.REMOVE);
    location = Column.all(mapping, field -> field.path().startsWith("location."));
    attributes =
        Column.all(
            mapping,
            field -> field.path().indexOf('.') < 0 && !Identifier.KINDS.contains(field.target()));
    columns = mappedColumns();
    columns.forEach(use::follow);
    others =
        new OtherColumns(
            mapping.others(),
            column -> {
              columns.add(column);
              use.follow(column);
            });
    patches =
        appended.length > 0
            || removed.length > 0
            || mapping.fields().stream().anyMatch(MappedField::isClearing)
            || mapping.others() != null && mapping.others().isClearing();
  }

  /**
   * Checks that the values of a mapping that are the same for every customer can be sent.
   *
   * @throws IllegalStateException if one cannot
   */
  public static void checkConstants(FieldMapping mapping) {
    CustomerProfile nobody = CustomerProfile.of("", Map.of());
    for (MappedField line : mapping.fields()) {
      Object constant = line.constant();
      if (constant == null) {
        continue;
      }
      Column column = Column.of(line);
      Object value = column.valueIn(nobody);
      ProfileWriter writer = new ProfileWriter(mapping);
      writer.row.begin();
      Reason fault = value == null ? null : writer.value(column, value);
      if (fault != null) {
        throw new IllegalStateException(
            "The fixed value of "
                + line.path()
                + " cannot be sent ("
                + fault
                + ", "
                + constant.getClass().getTypeName()
                + "): give a text, number, date, list or map of such.");
      }
    }
  }

  private static Column[] properties(FieldMapping mapping, Change change) {
    return Column.all(mapping, field -> field.property() != null && field.change() == change);
  }

  /**
   * Writes a profile as a row.
   *
   * @param into takes the row and the fields that were left out; if there is none, the reason the
   *     profile was set aside
   * @return whether there is a row
   */
  public boolean write(CustomerProfile profile, Row into) {
    locate(profile.fields());
    cleared.clear();
    row = into;
    json = into.json();
    values.into(json);
    into.begin();
    identifiers.look(profile);
    Rejection refusal = identify(profile);
    if (refusal == null && !fields(profile)) {
      refusal = Rejection.ofProfile(profile.id(), null, Reason.TOO_LARGE);
    }
    if (refusal == null) {
      return true;
    }
    lookForValues(profile);
    into.rejections().clear();
    into.rejections().add(refusal);
    return false;
  }

  /**
   * Leaves identifiers out of a row.
   *
   * @param kinds the kinds of identifiers to leave out
   * @throws IllegalArgumentException if no other would remain
   */
  public void leaveOut(Row from, Set<ProfileField> kinds) {
    JsonBuffer text = from.json();
    byte[] rest = Arrays.copyOfRange(text.bytes(), from.identifiersEnd(), text.length());
    Map<ProfileField, String> kept = new EnumMap<>(ProfileField.class);
    for (ProfileField kind : Identifier.KINDS) {
      String sent = from.sent(kind);
      if (sent != null && kinds.contains(kind)) {
        identifiers.given(kind).column().use.lost();
      } else if (sent != null) {
        kept.put(kind, sent);
      }
    }
    if (kept.isEmpty()) {
      throw new IllegalArgumentException("A row needs an identifier.");
    }
    from.beginIdentifiers();
    for (ProfileField kind : Identifier.KINDS) {
      String sent = kept.get(kind);
      if (sent != null) {
        from.identify(identifiers.given(kind).column(), sent);
      }
    }
    from.endIdentifiers(from.isDoubtful());
    text.raw(rest);
  }

  private List<Column> mappedColumns() {
    List<Column> mapped = new ArrayList<>();
    for (GivenIdentifier given : identifiers.all) {
      if (!given.source().isEmpty()) {
        mapped.add(given.column());
      }
      Column region = given.regionColumn();
      if (region != null) {
        mapped.add(region);
      }
    }
    for (Column[] some : List.of(attributes, location, properties, appended, removed)) {
      mapped.addAll(Arrays.asList(some));
    }
    return mapped;
  }

  /** Looks which fields of a profile that became no row have a value, if none had one before. */
  private void lookForValues(CustomerProfile profile) {
    for (Column column : columns) {
      if (!column.use.isValued() && column.valueIn(profile) != null) {
        column.use.valued();
      }
    }
  }

  /** Returns how many of phone number and external id are mapped. */
  public int secondaries() {
    return (identifiers.phone.source().isEmpty() ? 0 : 1)
        + (identifiers.externalId.source().isEmpty() ? 0 : 1);
  }

  /** Returns the name of the source's field with the identifier of that kind. */
  public String source(ProfileField kind) {
    return identifiers.given(kind).source();
  }

  /** Looks the fields up by name once for all profiles that share their names. */
  @SuppressWarnings("ReferenceEquality") // Sharing is what is meant; equal names cost a look-up.
  private void locate(FieldNames names) {
    if (names == located) {
      return;
    }
    for (Column[] columns : List.of(attributes, location, properties, appended, removed)) {
      for (Column column : columns) {
        column.locate(names);
      }
    }
    others.locate(names);
    located = names;
  }

  /** Writes all that is no identifier; returns whether the row is small enough. */
  private boolean fields(CustomerProfile profile) {
    boolean fits =
        fields(attributes, profile)
            && object("\"location\":{", location, NONE, profile)
            && object("\"properties\":{", properties, others.all(), profile);
    json.raw('}');
    fits = fits && (!patches || patches(profile));
    json.raw('}');
    return fits && json.length() < JsonBuffer.MAX_ROW_BYTES;
  }

  /** Writes the identifiers; returns why the profile can be no row, if it cannot. */
  private @Nullable Rejection identify(CustomerProfile profile) {
    Unreadable unreadable = profile.unreadable();
    if (unreadable != null) {
      return because(unreadable, Rejection.ofProfile(profile.id(), null, UNREADABLE_IN_SOURCE));
    }
    Reason fault = identifiers.email.fault();
    if (fault != null) {
      return because(
          identifiers.email.unfit(),
          Rejection.ofProfile(profile.id(), identifiers.email.source(), fault));
    }
    for (GivenIdentifier given : identifiers.all) {
      identify(given, profile);
    }
    row.endIdentifiers(identifiers.email.isUnusual());
    if (row.isIdentified()) {
      return null;
    }
    // What was wrong with the only identifier there is says more than that there is none.
    List<Rejection> dropped = row.rejections();
    return dropped.isEmpty()
        ? Rejection.ofProfile(profile.id(), null, Reason.NO_IDENTIFIER)
        : Rejection.ofProfile(profile.id(), dropped.get(0).field(), dropped.get(0).reason())
            .withType(dropped.get(0).type())
            .withCode(dropped.get(0).code());
  }

  /** Writes an identifier. The first good one, in Klaviyo's order, is what the row is known by. */
  private void identify(GivenIdentifier given, CustomerProfile profile) {
    Reason fault = given.fault();
    if (given.isGiven()) {
      given.column().use.value();
    }
    if (fault != null) {
      drop(given.column(), profile, fault, given.unfit());
      return;
    }
    String text = given.text();
    if (text != null) {
      row.identify(given, text);
    }
  }

  private void drop(Column column, CustomerProfile profile, Reason reason, @Nullable Object unfit) {
    column.use.lost();
    row.rejections().add(because(unfit, Rejection.ofField(profile.id(), column.source, reason)));
  }

  /** Returns the rejection with what is to be said about the value that was unfit, if one was. */
  private static Rejection because(@Nullable Object unfit, Rejection rejection) {
    if (unfit instanceof Unreadable unreadable) {
      return rejection.withCode(unreadable.reason());
    }
    return unfit == null ? rejection : rejection.withType(unfit.getClass().getTypeName());
  }

  /** Writes what is changed within properties; the row is small enough if that returns true. */
  private boolean patches(CustomerProfile profile) {
    int before = json.length();
    json.ascii(",\"meta\":{\"patch_properties\":{");
    int opened = json.length();
    if (!object("\"append\":{", appended, NONE, profile)
        || !object("\"unappend\":{", removed, NONE, profile)) {
      return false;
    }
    if (!cleared.isEmpty()) {
      json.next();
      json.ascii("\"unset\":[");
      for (Column column : cleared) {
        json.next();
        json.raw(Arrays.copyOf(column.name, column.name.length - 1));
      }
      json.raw(']');
    }
    if (json.length() == opened) {
      json.rewind(before);
    } else {
      json.ascii("}}");
    }
    return true;
  }

  private boolean object(String opening, Column[] columns, Column[] more, CustomerProfile profile) {
    int before = json.length();
    json.next();
    json.ascii(opening);
    int opened = json.length();
    if (!fields(columns, profile) || !fields(more, profile)) {
      return false;
    }
    if (json.length() == opened) {
      json.rewind(before);
    } else {
      json.raw('}');
    }
    return true;
  }

  /** Writes the fields that have a value, and returns whether the row is still small enough. */
  private boolean fields(Column[] columns, CustomerProfile profile) {
    for (Column column : columns) {
      Object value = column.valueIn(profile);
      if (value == null) {
        if (column.clears && column.isPresent()) {
          cleared.add(column);
        }
        continue;
      }
      column.use.value();
      if (!column.isWritable()) {
        drop(column, profile, Reason.NAME_UNFIT, null);
        continue;
      }
      int before = json.length();
      json.next();
      json.raw(column.name);
      Reason fault = value(column, value);
      if (fault == Reason.TOO_LARGE) {
        return false;
      }
      if (fault != null) {
        json.rewind(before);
        boolean isUnfit = fault == Reason.UNSUPPORTED_TYPE || fault == UNREADABLE_IN_SOURCE;
        drop(column, profile, fault, isUnfit ? values.unfit() : null);
      }
    }
    return true;
  }

  /** Writes a value that is no {@code String} where Klaviyo has a type of its own for it. */
  private @Nullable Reason attribute(ProfileField target, Object value) {
    if (target == ProfileField.LATITUDE || target == ProfileField.LONGITUDE) {
      return values.scalar(value);
    }
    Object plain = value;
    if (target == ProfileField.TIMEZONE && ZoneOffset.UTC.equals(value)) {
      plain = "UTC";
    } else if (target == ProfileField.COUNTRY && value instanceof Locale place) {
      plain = countryOf(place);
    }
    return values.text(plain);
  }

  private static Object countryOf(Locale place) {
    return place.getCountry().isEmpty() ? place : place.getCountry();
  }

  private @Nullable Reason value(Column column, Object value) {
    if (value instanceof String text) {
      return values.string(text);
    }
    try {
      return column.target == ProfileField.PROPERTY
          ? values.any(value)
          : attribute(column.target, value);
    } catch (Throwable thrown) {
      // Values are of any type, and what they do when they are read is their own.
      return values.threw(value, thrown);
    }
  }
}
