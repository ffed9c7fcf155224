package io.github.klaviyoexport.testkit.internal.api;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What Klaviyo takes in the fields of a profile. */
public final class FieldRules {
  public static final Set<String> TEXTS =
      Set.of(
          "email",
          "phone_number",
          "external_id",
          "_kx",
          "first_name",
          "last_name",
          "organization",
          "locale",
          "title",
          "image");
  public static final Set<String> LOCATION_TEXTS =
      Set.of("address1", "address2", "city", "country", "region", "zip", "timezone", "ip");
  public static final Set<String> LOCATION_NUMBERS = Set.of("latitude", "longitude");
  public static final int MAX_PROFILE_BYTES = 100_000;

  public static final String BAD_PHONE =
      "Invalid phone number format (Example of a valid format: +12345678901)";

  private static final int MAX_EMAIL = 100;
  private static final int MAX_EXTERNAL_ID = 255;
  // Klaviyo has published no rule; every address of this shape is known to be taken.
  private static final Pattern ORDINARY_EMAIL =
      Pattern.compile(
          "[a-zA-Z0-9_%+-]+(\\.[a-zA-Z0-9_%+-]+)*+@"
              + "((?![xX][nN]--)[a-zA-Z0-9-]++\\.)+(?![xX][nN]--)[a-zA-Z]{2,}");
  private static final Pattern POSSIBLE_EMAIL =
      Pattern.compile(
          "(\"[^\"\\s\\p{Cc}]+\"|[^@\\s\\p{Cc}]+)@[^@\\s\\p{Cc}.]+(\\.[^@\\s\\p{Cc}.]+)+\\.?");
  private static final Pattern SEEN_REFUSED =
      Pattern.compile("(?i)mailto:.*|.*!.*@.*|.*\\.(?!xn--)[^.@]*[0-9][^.@]*");
  private static final Pattern E164 = Pattern.compile("\\+[1-9][0-9]{6,14}");

  private FieldRules() {}

  /** Returns whether a text is an email address that Klaviyo is known to take. */
  public static boolean isEmail(String text) {
    return isEmail(text, unusual -> false);
  }

  /**
   * Returns whether a text is taken as an email address.
   *
   * @param unusual says so of texts that may be addresses and are not of the ordinary shape
   */
  public static boolean isEmail(String text, Predicate<String> unusual) {
    return text.codePointCount(0, text.length()) <= MAX_EMAIL
        && (ORDINARY_EMAIL.matcher(text).matches()
            || POSSIBLE_EMAIL.matcher(text).matches() && unusual.test(text));
  }

  /**
   * Returns whether an unusual address is of no kind that Klaviyo has been seen to refuse: {@code
   * mailto:} before it, {@code !} in it, or a digit in its last label.
   */
  public static boolean isNotSeenRefused(String unusual) {
    return !SEEN_REFUSED.matcher(unusual).matches();
  }

  /**
   * Returns the email addresses that a test gives.
   *
   * @throws IllegalArgumentException if Klaviyo would surely not take one of them; the message says
   *     which by its place
   */
  public static List<String> emails(String... emails) {
    for (int i = 0; i < emails.length; i++) {
      if (!isEmail(emails[i], unusual -> true)) {
        throw new IllegalArgumentException(
            "Klaviyo would not take email address "
                + i
                + " of those given, counted from 0: give addresses such as ada@shop.example.");
      }
    }
    return List.of(emails);
  }

  /** Returns whether Klaviyo takes a text as a phone number. */
  public static boolean isPhone(String text) {
    return E164.matcher(text).matches();
  }

  /** Returns whether Klaviyo takes a text as an external id. */
  public static boolean isExternalId(String text) {
    return text.codePointCount(0, text.length()) <= MAX_EXTERNAL_ID;
  }
}
