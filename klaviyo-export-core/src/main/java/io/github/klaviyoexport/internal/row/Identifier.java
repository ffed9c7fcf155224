package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.List;
import java.util.Locale;

/**
 * An identifier of a profile, in the form in which equal ones are one customer.
 *
 * @param kind an email address, a phone number or an external id
 * @param value an email address in lower case, its domain in ASCII; else the value as it is;
 *     without invisible characters around
 */
public record Identifier(ProfileField kind, String value) {
  /** The kinds there are, in the order in which Klaviyo prefers them. */
  public static final List<ProfileField> KINDS =
      List.of(ProfileField.EMAIL, ProfileField.PHONE_NUMBER, ProfileField.EXTERNAL_ID);

  /** Creates the identifier that a text is, in whichever form Klaviyo or a source gives it. */
  public static Identifier of(ProfileField kind, String text) {
    return new Identifier(kind, value(kind, sent(kind, text)));
  }

  /** Returns a text in the form in which an export sends it. */
  private static String sent(ProfileField kind, String text) {
    String stripped = InvisibleCharacters.strip(text).replace("\0", "");
    return kind == ProfileField.EMAIL ? EmailAddress.normalize(stripped) : stripped;
  }

  /** Returns what a customer is known by in the form in which an export sends it. */
  public static CustomerIdentifier asSent(CustomerIdentifier given) {
    return switch (given.kind()) {
      case EMAIL -> CustomerIdentifier.email(sent(ProfileField.EMAIL, given.value()));
      case EXTERNAL_ID ->
          CustomerIdentifier.externalId(sent(ProfileField.EXTERNAL_ID, given.value()));
      case PHONE_NUMBER, PROFILE_ID -> given;
    };
  }

  /** Returns a text in the form that is sent in the form in which equal ones are one. */
  static String value(ProfileField kind, String text) {
    return kind == ProfileField.EMAIL ? text.toLowerCase(Locale.ROOT) : text;
  }

  /** Returns the kind only: the value is personal data. */
  @Override
  public String toString() {
    return "Identifier[" + kind + "]";
  }
}
