package io.github.klaviyoexport.internal.convert;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import org.jspecify.annotations.Nullable;

/** The regions of phone numbers, by country codes of ISO 3166. */
public final class PhoneRegions {
  private static final boolean HAS_LIBRARY = hasLibrary();

  /** Those that have phone numbers and no code of ISO 3166 of their own. */
  private static final List<String> BESIDE_ISO = List.of("AC", "TA", "XK");

  /** The two letters of a country, by its two and by its three letters. */
  private static final Map<String, String> CODES = codes();

  private PhoneRegions() {}

  private static boolean hasLibrary() {
    try {
      Class.forName(
          "com.google.i18n.phonenumbers.PhoneNumberUtil",
          false,
          PhoneRegions.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError missing) {
      return false;
    }
  }

  private static Map<String, String> codes() {
    Map<String, String> codes = new HashMap<>();
    for (String country : Locale.getISOCountries()) {
      codes.put(country, country);
      try {
        codes.put(new Locale("", country).getISO3Country(), country);
      } catch (MissingResourceException none) {
        // It is known by its two letters alone.
      }
    }
    BESIDE_ISO.forEach(region -> codes.put(region, region));
    codes.put("XKX", "XK");
    return codes;
  }

  /**
   * Checks that numbers of regions can be read.
   *
   * @throws IllegalStateException if the library for it is missing
   */
  public static void checkLibrary() {
    if (!HAS_LIBRARY) {
      throw new IllegalStateException(
          "Phone numbers without a country code are read by libphonenumber, which is not on the"
              + " class path: add com.googlecode.libphonenumber:libphonenumber to your"
              + " dependencies, or map the phone number without a region, and only numbers in"
              + " E.164 form are taken.");
    }
  }

  /**
   * Returns the code of a region as two capital letters.
   *
   * @throws IllegalStateException if the library that reads numbers is missing
   * @throws IllegalArgumentException if it knows no numbers of that region
   */
  public static String known(String region) {
    checkLibrary();
    String code = find(region);
    if (code == null || !RegionalPhone.isKnown(code)) {
      throw new IllegalArgumentException(
          "There are no phone numbers of a region '"
              + region
              + "': name a country by the two letters of ISO 3166, such as FI.");
    }
    return code;
  }

  /**
   * Returns the two letters of the country that a text names by its two or three letters, in any
   * case; {@code null} if it names none.
   */
  public static @Nullable String find(String text) {
    return CODES.get(text.toUpperCase(Locale.ROOT));
  }
}
