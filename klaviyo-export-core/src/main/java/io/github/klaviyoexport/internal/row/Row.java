package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One customer as a row of an import job: its JSON, what the customer is known by in it, and what
 * could not be written.
 *
 * <p>A {@link ProfileWriter} fills it. It is reused from customer to customer, so that a row costs
 * no memory. Belongs to one thread.
 */
public final class Row {
  private static final int FIRST_BYTES = 1024;
  private static final byte[] OPENING =
      "{\"type\":\"profile\",\"attributes\":{".getBytes(StandardCharsets.US_ASCII);

  private final JsonBuffer json = new JsonBuffer(FIRST_BYTES);
  private final List<Rejection> rejections = new ArrayList<>();
  private int identifiersEnd;
  private @Nullable ProfileField identifierKind;
  private String identifier = "";
  private @Nullable String email;
  private @Nullable String phone;
  private @Nullable String externalId;
  private boolean doubtful;

  /** Creates a row of nothing. */
  public Row() {
    json.raw(OPENING);
  }

  /** Begins the row of another customer, and forgets the one before. */
  void begin() {
    rejections.clear();
    doubtful = false;
    beginIdentifiers();
  }

  /** Takes back all that is written, so that the identifiers come first again. */
  void beginIdentifiers() {
    json.rewind(OPENING.length);
    identifierKind = null;
    email = null;
    phone = null;
    externalId = null;
  }

  /** Writes an identifier that is given. The first is what the row is known by. */
  void identify(GivenIdentifier given, String text) {
    json.next();
    json.raw(given.column().name);
    if (given.isPlain()) {
      json.plainText(text);
    } else {
      json.text(text);
    }
    isKnownBy(given.kind(), text, given.identity(text));
  }

  /** Writes an identifier that was in the row before. The first is what the row is known by. */
  void identify(Column column, String text) {
    json.next();
    json.raw(column.name);
    json.text(text);
    isKnownBy(column.target, text, Identifier.value(column.target, text));
  }

  private void isKnownBy(ProfileField kind, String text, String identity) {
    switch (kind) {
      case EMAIL -> email = text;
      case PHONE_NUMBER -> phone = text;
      default -> externalId = text;
    }
    if (identifierKind == null) {
      identifierKind = kind;
      identifier = identity;
    }
  }

  /**
   * Takes in that all identifiers are written.
   *
   * @param doubtful whether Klaviyo may refuse the row for its email address
   */
  void endIdentifiers(boolean doubtful) {
    this.identifiersEnd = json.length();
    this.doubtful = doubtful;
  }

  /** Returns where the identifiers end in the JSON. */
  int identifiersEnd() {
    return identifiersEnd;
  }

  /** Returns whether an identifier is written. */
  boolean isIdentified() {
    return identifierKind != null;
  }

  /** Returns the JSON, to be written on. */
  JsonBuffer json() {
    return json;
  }

  /** Returns the array that begins with the row; valid until the row is filled anew. */
  public byte[] bytes() {
    return json.bytes();
  }

  /** Returns how many bytes the row has. */
  public int length() {
    return json.length();
  }

  /**
   * Returns the fields that were left out, if there is a row; else the one reason why there is
   * none. The list changes with the row.
   */
  public List<Rejection> rejections() {
    return rejections;
  }

  /**
   * Returns what the customer of the row is known by: an email address, a phone number or an
   * external id.
   */
  public ProfileField identifierKind() {
    if (identifierKind == null) {
      throw new IllegalStateException("There is no row.");
    }
    return identifierKind;
  }

  /**
   * Returns the identifier of the row, in the form in which equal ones are one customer: an email
   * address in lower case, a phone number without separators, an external id as it is.
   */
  public String identifier() {
    return identifier;
  }

  /**
   * Returns the email address, phone number or external id that is in the row; {@code null} if none
   * of that kind is.
   */
  public @Nullable String sent(ProfileField kind) {
    return switch (kind) {
      case EMAIL -> email;
      case PHONE_NUMBER -> phone;
      case EXTERNAL_ID -> externalId;
      default -> null;
    };
  }

  /**
   * Returns whether Klaviyo may refuse the row for its email address, which is an unusual one: such
   * rows must not travel with others.
   */
  public boolean isDoubtful() {
    return doubtful;
  }
}
