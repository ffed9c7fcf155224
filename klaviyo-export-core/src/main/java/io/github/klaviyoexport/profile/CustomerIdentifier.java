package io.github.klaviyoexport.profile;

import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.internal.text.VisibleText;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one customer is known by: an email address, a phone number, an id of yours or an id of
 * Klaviyo's.
 *
 * <p>It may be written as a source writes it, with invisible characters around it, {@code mailto:}
 * or an international domain: it is looked up in the form in which an export sends it, and compared
 * as the exporter compares identifiers, email addresses regardless of case. Immutable and safe for
 * use by many threads. Its text names the kind and no value.
 */
public final class CustomerIdentifier {
  private static final Pattern PHONE = Pattern.compile("\\+[1-9][0-9]{5,14}");

  private final Kind kind;
  private final String value;

  /** What an identifier is. */
  public enum Kind {
    /** An email address. */
    EMAIL,
    /** A phone number. */
    PHONE_NUMBER,
    /** An id of yours, which the mapping makes Klaviyo's external id. */
    EXTERNAL_ID,
    /** Klaviyo's id of a profile, such as {@code 01GDDKASAP8TKDDA2GRZDSVP4H}. */
    PROFILE_ID
  }

  private CustomerIdentifier(Kind kind, String value) {
    this.kind = kind;
    this.value = value;
  }

  /**
   * Returns an email address.
   *
   * @throws IllegalArgumentException if it has no {@code @}; the message does not show it
   */
  public static CustomerIdentifier email(String address) {
    String stripped = given(address, "An email address");
    if (Math.max(stripped.indexOf('@'), stripped.indexOf(EmailShape.WIDE_AT)) < 1) {
      throw new IllegalArgumentException(
          "This is no email address: it needs a name, an @ and a domain.");
    }
    return new CustomerIdentifier(Kind.EMAIL, stripped);
  }

  /**
   * Returns a phone number.
   *
   * @param number in E.164 form, such as {@code +358401234567}
   * @throws IllegalArgumentException if it is not in that form; the message does not show it
   */
  public static CustomerIdentifier phone(String number) {
    String stripped = given(number, "A phone number");
    if (!PHONE.matcher(stripped).matches()) {
      throw new IllegalArgumentException(
          "This is no phone number in E.164 form, such as +358401234567: begin it with + and the"
              + " country code, and leave out spaces and signs.");
    }
    return new CustomerIdentifier(Kind.PHONE_NUMBER, stripped);
  }

  /**
   * Returns an id of yours, as it was mapped with {@code externalId(...)}.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static CustomerIdentifier externalId(String id) {
    return new CustomerIdentifier(Kind.EXTERNAL_ID, given(id, "An external id"));
  }

  /**
   * Returns Klaviyo's id of a profile.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static CustomerIdentifier profileId(String id) {
    return new CustomerIdentifier(Kind.PROFILE_ID, given(id, "A profile's id"));
  }

  private static String given(@Nullable String value, String what) {
    if (value == null || VisibleText.isBlank(value)) {
      throw new IllegalArgumentException(what + " is needed, and this is empty.");
    }
    return InvisibleCharacters.strip(value);
  }

  /** Returns what it is. */
  public Kind kind() {
    return kind;
  }

  /** Returns the value without invisible characters around it, which is personal data. */
  public String value() {
    return value;
  }

  /** Returns whether the other is the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CustomerIdentifier that
        && kind == that.kind
        && value.equals(that.value);
  }

  /** Returns a hash of kind and value. */
  @Override
  public int hashCode() {
    return Objects.hash(kind, value);
  }

  /** Returns the kind only: the value is personal data. */
  @Override
  public String toString() {
    return "CustomerIdentifier[" + kind + "]";
  }
}
