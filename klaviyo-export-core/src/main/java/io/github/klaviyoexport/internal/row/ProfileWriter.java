package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldMapping.MappedField;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one customer profile as one row of an import job, or says why it cannot be.
 *
 * <p>Every rule that Klaviyo would otherwise enforce on the whole request is checked here, on the
 * row, because one bad row makes Klaviyo refuse the ten thousand that travel with it:
 *
 * <ul>
 *   <li>A malformed email address sets the profile aside, even when it could be known by something
 *       else: the address is what the exporting system knows this person by, and a second profile
 *       beside the right one is worse than none.
 *   <li>Any other bad value costs the field, not the profile, unless no identifier remains.
 *   <li>Nulls and blank text are left out, nulls inside lists and maps too; other text inside lists
 *       and maps is kept, because Klaviyo replaces those as a whole. Empty lists and maps are kept.
 *   <li>Identifiers lose surrounding white space; all other text is written as it is.
 * </ul>
 *
 * <p>A writer belongs to one thread and reuses its memory from row to row.
 */
public final class ProfileWriter {
  /** A row must be smaller than this, in bytes. */
  static final int MAX_ROW_BYTES = 100_000;

  static final int MAX_EXTERNAL_ID = 255;

  private final JsonBuffer json = new JsonBuffer();
  private final ScalarText texts;
  private final ValueWriter values;
  private final Column email;
  private final Column phone;
  private final Column externalId;
  private final Column[] attributes;
  private final Column[] location;
  private final Column[] properties;
  private final int start;

  private final List<Rejection> dropped = new ArrayList<>();
  private @Nullable FieldNames located;
  private @Nullable ProfileField identifierKind;
  private String identifier = "";

  /** A writer of the fields that {@code mapping} picks. */
  public ProfileWriter(FieldMapping mapping) {
    texts = new ScalarText(mapping.zone());
    values = new ValueWriter(json, texts);
    email = Column.of(mapping, ProfileField.EMAIL);
    phone = Column.of(mapping, ProfileField.PHONE_NUMBER);
    externalId = Column.of(mapping, ProfileField.EXTERNAL_ID);
    properties = Column.all(mapping, field -> field.property() != null);
    location = Column.all(mapping, field -> field.path().startsWith("location."));
    attributes =
        Column.all(mapping, field -> field.path().indexOf('.') < 0 && !isIdentifier(field));
    json.ascii("{\"type\":\"profile\",\"attributes\":{");
    start = json.length();
  }

  private static boolean isIdentifier(MappedField field) {
    return switch (field.target()) {
      case EMAIL, PHONE_NUMBER, EXTERNAL_ID -> true;
      default -> false;
    };
  }

  /**
   * Writes a profile as a row.
   *
   * @param rejections takes the fields that were left out when the row is written, and the reason
   *     the profile was set aside when it is not
   * @return whether there is a row
   */
  public boolean write(CustomerProfile profile, Consumer<Rejection> rejections) {
    locate(profile.fields());
    dropped.clear();
    json.rewind(start);
    Rejection refusal = row(profile);
    if (refusal != null) {
      rejections.accept(refusal);
      return false;
    }
    if (!dropped.isEmpty()) {
      dropped.forEach(rejections);
    }
    return true;
  }

  /** The array that holds the row from its start; valid until the next write. */
  public byte[] bytes() {
    return json.bytes();
  }

  /** How many bytes the row has. */
  public int length() {
    return json.length();
  }

  /** What the customer of the row is known by: an email address, a phone number or your own id. */
  public ProfileField identifierKind() {
    if (identifierKind == null) {
      throw new IllegalStateException("There is no row.");
    }
    return identifierKind;
  }

  /**
   * The identifier of the row, in the form in which equal ones are one customer: an email address
   * in lower case, a phone number without separators, an external id as it is.
   */
  public String identifier() {
    return identifier;
  }

  /** Looks the fields up by name once for all profiles that share their names. */
  @SuppressWarnings("ReferenceEquality") // Sharing is what is meant; equal names cost a look-up.
  private void locate(FieldNames names) {
    if (names == located) {
      return;
    }
    email.locate(names);
    phone.locate(names);
    externalId.locate(names);
    for (Column[] columns : List.of(attributes, location, properties)) {
      for (Column column : columns) {
        column.locate(names);
      }
    }
    located = names;
  }

  private @Nullable Rejection row(CustomerProfile profile) {
    Rejection refusal = identifiers(profile);
    if (refusal != null) {
      return refusal;
    }
    boolean fits =
        fields(attributes, profile)
            && object("\"location\":{", location, profile)
            && object("\"properties\":{", properties, profile);
    json.ascii("}}");
    return fits && json.length() < MAX_ROW_BYTES
        ? null
        : Rejection.ofProfile(profile.id(), null, Reason.TOO_LARGE);
  }

  private @Nullable Rejection identifiers(CustomerProfile profile) {
    identifierKind = null;
    Object value = email.valueIn(profile);
    if (value != null) {
      String address = value instanceof String text ? text.strip() : "";
      Reason fault = EmailAddress.fault(address);
      if (fault != null) {
        return Rejection.ofProfile(profile.id(), email.source, fault);
      }
      identify(email, address, address.toLowerCase(Locale.ROOT));
    }
    value = phone.valueIn(profile);
    if (value != null) {
      String number = value instanceof String text ? PhoneNumber.normalize(text.strip()) : null;
      if (number == null) {
        drop(phone, profile, Reason.PHONE_MALFORMED);
      } else {
        identify(phone, number, number);
      }
    }
    value = externalId.valueIn(profile);
    if (value != null) {
      externalId(value, profile);
    }
    if (identifierKind != null) {
      return null;
    }
    // What was wrong with the only identifier there is says more than that there is none.
    return dropped.isEmpty()
        ? Rejection.ofProfile(profile.id(), null, Reason.NO_IDENTIFIER)
        : Rejection.ofProfile(profile.id(), dropped.get(0).field(), dropped.get(0).reason());
  }

  private void externalId(Object value, CustomerProfile profile) {
    String text = texts.of(value);
    if (text == null) {
      Reason fault = ScalarText.fault(value);
      drop(externalId, profile, fault == Reason.TOO_LARGE ? Reason.EXTERNAL_ID_TOO_LONG : fault);
      return;
    }
    String id = text.strip();
    if (id.length() > MAX_EXTERNAL_ID && id.codePointCount(0, id.length()) > MAX_EXTERNAL_ID) {
      drop(externalId, profile, Reason.EXTERNAL_ID_TOO_LONG);
    } else if (!identify(externalId, id, id)) {
      drop(externalId, profile, Reason.BROKEN_TEXT);
    }
  }

  /**
   * Writes an identifier. The first good one, in Klaviyo's order, is what the row is known by.
   *
   * @return false, with nothing written, if its text is broken
   */
  private boolean identify(Column column, String text, String normalized) {
    int before = json.length();
    json.next();
    json.raw(column.name);
    if (!json.text(text)) {
      json.rewind(before);
      return false;
    }
    if (identifierKind == null) {
      identifierKind = column.target;
      identifier = normalized;
    }
    return true;
  }

  private void drop(Column column, CustomerProfile profile, Reason reason) {
    dropped.add(Rejection.ofField(profile.id(), column.source, reason));
  }

  private boolean object(String opening, Column[] columns, CustomerProfile profile) {
    int before = json.length();
    json.next();
    json.ascii(opening);
    int opened = json.length();
    if (!fields(columns, profile)) {
      return false;
    }
    if (json.length() == opened) {
      json.rewind(before);
    } else {
      json.raw('}');
    }
    return true;
  }

  /** Writes the fields that have a value; returns whether the row is still small enough. */
  private boolean fields(Column[] columns, CustomerProfile profile) {
    for (Column column : columns) {
      Object value = column.valueIn(profile);
      if (value == null) {
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
        drop(column, profile, fault);
      }
    }
    return true;
  }

  private @Nullable Reason value(Column column, Object value) {
    return switch (column.target) {
      case PROPERTY -> values.any(value);
      case LATITUDE, LONGITUDE -> values.scalar(value);
      default -> values.text(value);
    };
  }
}
