package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.ProfileField;
import java.util.List;
import java.util.Locale;

/**
 * What a profile is known by, in the form in which equal ones are one customer.
 *
 * @param kind an email address, a phone number or an external id
 * @param value an email address in lower case, else the value as it is; without white space around
 */
public record Identifier(ProfileField kind, String value) {
  /** The kinds there are, in the order in which Klaviyo prefers them. */
  public static final List<ProfileField> KINDS =
      List.of(ProfileField.EMAIL, ProfileField.PHONE_NUMBER, ProfileField.EXTERNAL_ID);

  /** The identifier that a text is. */
  public static Identifier of(ProfileField kind, String text) {
    String value = text.strip();
    return new Identifier(
        kind, kind == ProfileField.EMAIL ? value.toLowerCase(Locale.ROOT) : value);
  }

  /** The kind only: the value is personal data. */
  @Override
  public String toString() {
    return "Identifier[" + kind + "]";
  }
}
