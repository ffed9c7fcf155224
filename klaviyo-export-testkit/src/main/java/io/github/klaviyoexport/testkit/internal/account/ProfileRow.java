package io.github.klaviyoexport.testkit.internal.account;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One profile of an import request: its identifiers, and where its attributes stand in the body.
 *
 * <p>It is read token by token, because a request holds ten thousand of them; what is wrong with it
 * goes to a consumer of pointer and detail, and reading goes on.
 */
public final class ProfileRow {
  private static final String BAD_NUMBER = "Not a valid number.";

  private final JsonParser in;
  private final BiConsumer<String, String> problems;
  private final boolean dropsBadPhones;
  private final Predicate<String> unusualEmails;
  private final List<String> fields = new ArrayList<>();
  private @Nullable String id;
  private @Nullable String email;
  private @Nullable String phone;
  private @Nullable String externalId;
  private boolean knownByToken;
  private boolean badPhone;
  private boolean bad;
  private boolean asItStands = true;
  private int attributesFrom = -1;
  private int attributesTo;

  private ProfileRow(
      JsonParser in,
      boolean dropsBadPhones,
      Predicate<String> unusualEmails,
      BiConsumer<String, String> problems) {
    this.in = in;
    this.dropsBadPhones = dropsBadPhones;
    this.unusualEmails = unusualEmails;
    this.problems = problems;
  }

  /**
   * Reads the profile that the parser stands at.
   *
   * @param dropsBadPhones whether a malformed phone number is left out instead of objected to
   * @param unusualEmails which email addresses are taken beside the ordinary ones
   * @param problems takes pointers, relative to the profile, and details
   */
  public static ProfileRow read(
      JsonParser in,
      boolean dropsBadPhones,
      Predicate<String> unusualEmails,
      BiConsumer<String, String> problems)
      throws IOException {
    ProfileRow row = new ProfileRow(in, dropsBadPhones, unusualEmails, problems);
    row.readAll();
    return row;
  }

  private void readAll() throws IOException {
    if (!isObject("")) {
      return;
    }
    boolean typed = false;
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      switch (name) {
        case "type" -> typed = "profile".equals(in.getValueAsString());
        case "id" -> id = identifier("/id");
        case "attributes" -> attributes();
        case "meta" -> meta();
        default -> values("/", name);
      }
    }
    if (!typed) {
      problem("/type", "The resource type must be 'profile'.");
    }
    if (attributesFrom < 0) {
      problem("/attributes", "This field is required.");
    } else if (identifiers().isEmpty() && !knownByToken && !bad) {
      problem(
          "/attributes", "One of email, phone_number or external_id is required for a profile.");
    }
  }

  private void attributes() throws IOException {
    attributesFrom = (int) in.currentTokenLocation().getByteOffset();
    if (!isObject("/attributes")) {
      return;
    }
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      fields.add(name);
      if (FieldRules.TEXTS.contains(name)) {
        textAttribute(name);
      } else if (name.equals("location")) {
        location();
      } else if (name.equals("properties")) {
        properties();
      } else {
        in.skipChildren();
        problem(
            "/attributes/" + name,
            "'" + name + "' is not a valid field for the resource 'profile'.");
      }
    }
    attributesTo = (int) in.currentLocation().getByteOffset();
  }

  private void textAttribute(String name) throws IOException {
    String pointer = "/attributes/" + name;
    switch (name) {
      case "email" -> {
        email = textOrNull(pointer);
        if (email != null && !FieldRules.isEmail(email, unusualEmails)) {
          problem(pointer, "Invalid email address");
        }
      }
      case "phone_number" -> phone(pointer);
      case "external_id" -> {
        externalId = identifier(pointer);
        if (externalId != null && !FieldRules.isExternalId(externalId)) {
          problem(pointer, "Ensure this field has no more than 255 characters.");
        }
      }
      case "_kx" -> {
        // Klaviyo's tracking token: it names a profile and is no part of it.
        knownByToken = isText(pointer) && !in.getText().isBlank();
        asItStands = false;
      }
      default -> isText(pointer);
    }
  }

  private void phone(String pointer) throws IOException {
    String value = textOrNull(pointer);
    if (value == null || FieldRules.isPhone(value)) {
      phone = value;
    } else if (dropsBadPhones) {
      badPhone = true;
      asItStands = false;
    } else {
      phone = value;
      problem("/attributes/phone_number", FieldRules.BAD_PHONE);
    }
  }

  private void location() throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      asItStands = false;
      return;
    }
    if (!isObject("/attributes/location")) {
      return;
    }
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      JsonToken value = in.nextToken();
      if (FieldRules.LOCATION_TEXTS.contains(name)) {
        isText("/attributes/location/" + name);
      } else if (FieldRules.LOCATION_NUMBERS.contains(name)) {
        if (value.isNumeric()) {
          keepable("/attributes/location/" + name);
        } else {
          isText("/attributes/location/" + name);
        }
      } else {
        in.skipChildren();
        problem(
            "/attributes/location/" + name,
            "'" + name + "' is not a valid field for the resource 'profile'.");
      }
    }
  }

  private void properties() throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      asItStands = false;
      return;
    }
    if (!isObject("/attributes/properties")) {
      return;
    }
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      asItStands &= in.nextToken() != JsonToken.VALUE_NULL;
      values("/attributes/properties/", name);
    }
  }

  /** Reads over a value and all within it. */
  private void values(String pointer, String name) throws IOException {
    int open = 0;
    boolean keepable = true;
    for (JsonToken value = in.currentToken(); ; value = in.nextToken()) {
      keepable &= JsonValues.isKeepable(in);
      open += value.isStructStart() ? 1 : value.isStructEnd() ? -1 : 0;
      if (open == 0) {
        break;
      }
    }
    if (!keepable) {
      problem(pointer + name, BAD_NUMBER);
    }
  }

  private void keepable(String pointer) throws IOException {
    if (!JsonValues.isKeepable(in)) {
      problem(pointer, BAD_NUMBER);
    }
  }

  private void meta() throws IOException {
    asItStands = false;
    if (!isObject("/meta")) {
      return;
    }
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      String pointer = "/meta/" + name;
      if (!name.equals("patch_properties")) {
        in.skipChildren();
        problem(pointer, "'" + name + "' is not known to this fake.");
      } else if (isObject(pointer)) {
        for (String patch = in.nextFieldName(); patch != null; patch = in.nextFieldName()) {
          in.nextToken();
          patch(pointer + "/" + patch, patch);
        }
      }
    }
  }

  private void patch(String pointer, String name) throws IOException {
    JsonToken value = in.currentToken();
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    switch (name) {
      case "append", "unappend" -> {
        if (isObject(pointer)) {
          values(pointer, "");
        }
      }
      case "unset" -> {
        if (value == JsonToken.START_ARRAY) {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            isText(pointer);
          }
        } else {
          isText(pointer);
        }
      }
      default -> {
        in.skipChildren();
        problem(pointer, "'" + name + "' is not a valid patch of properties.");
      }
    }
  }

  private boolean isObject(String pointer) throws IOException {
    if (in.isExpectedStartObjectToken()) {
      return true;
    }
    in.skipChildren();
    problem(pointer, "Not a valid object.");
    return false;
  }

  private void problem(String pointer, String detail) {
    bad = true;
    problems.accept(pointer, detail);
  }

  private @Nullable String identifier(String pointer) throws IOException {
    String text = textOrNull(pointer);
    if (text != null && text.isBlank()) {
      problem(pointer, "This field may not be blank.");
    }
    return text;
  }

  private @Nullable String textOrNull(String pointer) throws IOException {
    return isText(pointer) ? in.getText() : null;
  }

  private boolean isText(String pointer) throws IOException {
    JsonToken value = in.currentToken();
    if (value == JsonToken.VALUE_STRING) {
      return true;
    }
    if (value == JsonToken.VALUE_NULL) {
      asItStands = false;
    } else {
      in.skipChildren();
      problem(pointer, "Not a valid string.");
    }
    return false;
  }

  /** Returns the id that was sent; {@code null} without one. */
  public @Nullable String id() {
    return id;
  }

  @Nullable String email() {
    return email;
  }

  @Nullable String phone() {
    return phone;
  }

  @Nullable String externalId() {
    return externalId;
  }

  /** Returns the identifiers of the profile. */
  List<String> identifiers() {
    List<String> identifiers = new ArrayList<>(4);
    for (@Nullable String identifier : new @Nullable String[] {id, email, phone, externalId}) {
      if (identifier != null) {
        identifiers.add(identifier);
      }
    }
    return identifiers;
  }

  /** Returns whether nothing but an id says which profile it is. */
  boolean isNamedByIdAlone() {
    return id != null && identifiers().size() == 1 && !knownByToken;
  }

  /** Returns whether the attributes name this field. */
  public boolean has(String field) {
    return fields.contains(field);
  }

  /** Returns the profile, changed in place: without a phone number that is to be left out. */
  public ObjectNode usable(ObjectNode profile) {
    if (badPhone) {
      profile.withObject("/attributes").remove("phone_number");
    }
    return profile;
  }

  /** Returns whether the phone number was malformed and is to be left out. */
  public boolean badPhone() {
    return badPhone;
  }

  /** Returns whether the attributes of a new profile can be stored byte by byte. */
  boolean asItStands() {
    return asItStands;
  }

  /** Returns where the attributes begin, counted from where the parser began. */
  int attributesFrom() {
    return attributesFrom;
  }

  int attributesTo() {
    return attributesTo;
  }
}
