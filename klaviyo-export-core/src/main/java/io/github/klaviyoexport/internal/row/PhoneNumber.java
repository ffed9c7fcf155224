package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import org.jspecify.annotations.Nullable;

/**
 * The rule for phone numbers that Klaviyo takes, E.164: a plus sign and 7 to 15 digits, the first
 * of them not 0.
 *
 * <p>What a person reads as one number in that form is one. So what people, spreadsheets and
 * address books write around and between the digits is taken out: spaces, dashes, dots, brackets,
 * quotes, invisible characters, a leading apostrophe, {@code tel:} and its like, and one slash
 * between an area code and the rest. Digits and the plus sign may be those of other scripts.
 *
 * <p>What can be read in two ways is not understood rather than guessed. A {@code (0)} is a trunk
 * prefix, which some read as part of the number and some do not; {@code 00} in place of the plus
 * sign is a country's way to dial out; digits behind a slash may be the end of a second number, and
 * few in brackets at the end an extension. The first two can be read by those who know the
 * numbering plan of the country.
 *
 * <p>A column of numbers that has gaps becomes one of decimals on its way through many programs. So
 * where a point is all that stands between digits, one or two zeros behind it are a fraction, and
 * no part of the number; any other digits, as few, make it none. Digits behind a dash are part of
 * it: they are dialled with the rest, also where they are an extension as in {@code 030 1234567-0}.
 */
final class PhoneNumber {
  private static final int MIN_DIGITS = 7;
  private static final int MAX_DIGITS = 15;
  private static final int MAX_LENGTH = 64;

  /** What is dialled before a country code takes a few more. */
  private static final int MAX_DIALLED = 20;

  /** So long are country and area code together at most, and so short no second ending. */
  private static final int MAX_AREA_DIGITS = 7;

  private static final int MIN_DIGITS_OF_REST = 5;

  /** So many digits behind a point are a fraction rather than a group. */
  private static final int MAX_FRACTION = 2;

  /** What stands before a number to say that it is one, in lower case. */
  private static final String[] LABELS = {"tel", "phone", "mobile", "callto", "sms", "whatsapp"};

  private PhoneNumber() {}

  /**
   * Returns the number in E.164 form, or {@code null} if the text, which has no invisible
   * characters around it, cannot be read as one.
   */
  static @Nullable String normalize(String text) {
    int length = text.length();
    if (length > MAX_LENGTH || length <= MIN_DIGITS) {
      return null;
    }
    if (length <= MAX_DIGITS + 1 && text.charAt(0) == '+' && text.charAt(1) != '0') {
      int i = 1;
      while (i < length && isAsciiDigit(text.charAt(i))) {
        i++;
      }
      if (i == length) {
        return text;
      }
    }
    int start = start(text);
    return start < length && isPlus(text.charAt(start))
        ? digits(text, start + 1, "+", MAX_DIGITS)
        : null;
  }

  /**
   * Returns the digits of a number that is written as it is dialled within its country or from it,
   * with a plus sign before them if it has one; {@code null} if the text, which has no invisible
   * characters around it, cannot be read as one number.
   */
  static @Nullable String dialled(String text) {
    int start = start(text);
    if (text.length() > MAX_LENGTH || start == text.length()) {
      return null;
    }
    return isPlus(text.charAt(start))
        ? digits(text, start + 1, "+", MAX_DIALLED)
        : digits(text, start, "", MAX_DIALLED);
  }

  /** Returns where the number begins, behind what usually stands before one. */
  private static int start(String text) {
    int i = 0;
    while (i < text.length() && isOpening(text.charAt(i))) {
      i++;
    }
    for (String label : LABELS) {
      if (text.regionMatches(true, i, label, 0, label.length())) {
        i += label.length();
        while (i < text.length()
            && (isOpening(text.charAt(i)) || ".:".indexOf(text.charAt(i)) >= 0)) {
          i++;
        }
        break;
      }
    }
    return i;
  }

  /**
   * Returns the digits of one number behind a sign.
   *
   * @param most how many there may be; if more than E.164 has, they are to be judged by a numbering
   *     plan, which knows of zeros
   */
  private static @Nullable String digits(String text, int start, String sign, int most) {
    StringBuilder number = new StringBuilder(most + 1).append(sign);
    boolean planned = most > MAX_DIGITS;
    int opened = 0;
    int slash = 0;
    int end = end(text, start);
    for (int i = start; i < end; i++) {
      int point = text.codePointAt(i);
      int digit = Character.digit(point, 10);
      int count = number.length() - sign.length();
      if (digit > 0 || digit == 0 && (planned || count > 0)) {
        if (count == most) {
          return null;
        }
        number.append((char) ('0' + digit));
        i += Character.charCount(point) - 1;
      } else if (isOpeningBracket(point)) {
        opened = count;
      } else if (isClosingBracket(point)) {
        if (!planned && count - opened == 1 && number.charAt(count) == '0') {
          return null;
        }
        opened = count;
      } else if (point == '/' && slash == 0) {
        slash = count;
      } else if (!isSeparator(point)) {
        return null;
      }
    }
    int count = number.length() - sign.length();
    boolean oneNumber =
        slash == 0 || slash <= MAX_AREA_DIGITS && count - slash >= MIN_DIGITS_OF_REST;
    return count >= (planned ? 1 : MIN_DIGITS) && oneNumber ? number.toString() : null;
  }

  /**
   * Returns where the digits of a number have ended: before a fraction of zeros, if it has one; 0
   * if the last digits may be no part of it.
   */
  private static int end(String text, int start) {
    int end = text.length();
    while (end > start && (isSeparator(text.charAt(end - 1)) || isBracket(text.charAt(end - 1)))) {
      end--;
    }
    int last = digitsBefore(text, end, start);
    int before = last;
    boolean bracketed = false;
    while (before > start && !Character.isDigit(text.charAt(before - 1))) {
      bracketed |= isOpeningBracket(text.charAt(before - 1));
      before--;
    }
    int length = end - last;
    if (before == start || length == 0) {
      return text.length();
    }
    if (bracketed) {
      return length < MIN_DIGITS_OF_REST ? 0 : text.length();
    }
    if (last - before > 1 || !isPoint(text.charAt(before))) {
      return text.length();
    }
    if (digitsBefore(text, before, start) > start) {
      return length == 1 ? 0 : text.length();
    }
    boolean zeros =
        text.substring(last, end).chars().allMatch(digit -> Character.digit(digit, 10) == 0);
    if (length <= MAX_FRACTION) {
      return zeros ? before : 0;
    }
    return zeros && before - start >= MIN_DIGITS ? 0 : text.length();
  }

  private static int digitsBefore(String text, int end, int start) {
    int i = end;
    while (i > start && Character.isDigit(text.charAt(i - 1))) {
      i--;
    }
    return i;
  }

  private static boolean isAsciiDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isPlus(char c) {
    return c == '+' || c == '\uFF0B' || c == '\uFE62' || c == '\u2795';
  }

  /** Returns whether a character may stand before a number: quotes, brackets, what is not seen. */
  private static boolean isOpening(char c) {
    return isQuote(c) || c == '=' || isOpeningBracket(c) || InvisibleCharacters.isInvisible(c);
  }

  private static boolean isQuote(int point) {
    return switch (point) {
      case '\'', '"', '`', '\u00B4', '\u02BC', '\u2018', '\u2019', '\u201C', '\u201D', '\uFF07' ->
          true;
      default -> false;
    };
  }

  private static boolean isOpeningBracket(int point) {
    return Character.getType(point) == Character.START_PUNCTUATION;
  }

  private static boolean isClosingBracket(int point) {
    return Character.getType(point) == Character.END_PUNCTUATION;
  }

  private static boolean isBracket(int point) {
    return isOpeningBracket(point) || isClosingBracket(point);
  }

  private static boolean isPoint(int point) {
    return point == '.' || point == '\uFF0E';
  }

  private static boolean isSeparator(int point) {
    if (isPoint(point) || Character.getType(point) == Character.DASH_PUNCTUATION) {
      return true;
    }
    return switch (point) {
      // Minus signs, dots and the long vowel mark that serve as dashes and dots.
      case '\u2212', '\u02D7', '\u30FC', '\uFF70', '\u00B7', '\u2022', '\u2024' -> true;
      default ->
          isQuote(point)
              || point < Character.MIN_SUPPLEMENTARY_CODE_POINT
                  && InvisibleCharacters.isInvisible((char) point);
    };
  }
}
