package io.github.klaviyoexport.internal.convert;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import org.jspecify.annotations.Nullable;

/**
 * A phone number as dialled within a region, by the numbering plans that libphonenumber knows. Must
 * not be touched where that library may be missing.
 *
 * @param number in E.164 form
 * @param exists whether the numbering plan of its country has such numbers
 */
public record RegionalPhone(String number, boolean exists) {
  private static final PhoneNumberUtil PLANS = PhoneNumberUtil.getInstance();

  /** Returns whether there are numbers of a region. */
  static boolean isKnown(String region) {
    return PLANS.getSupportedRegions().contains(region);
  }

  /**
   * Reads a number.
   *
   * @param dialled digits, with or without a plus sign before them
   * @param region two letters; {@code null} if the number has a plus sign
   * @return {@code null} if it is no number of that region
   */
  public static @Nullable RegionalPhone read(String dialled, @Nullable String region) {
    try {
      PhoneNumber number = PLANS.parse(dialled, region);
      return new RegionalPhone(
          PLANS.format(number, PhoneNumberFormat.E164), PLANS.isValidNumber(number));
    } catch (NumberParseException none) {
      return null;
    }
  }
}
