package io.github.klaviyoexport.internal.row;

import org.jspecify.annotations.Nullable;

/**
 * The rule for phone numbers that Klaviyo takes, E.164: a plus sign and 7 to 15 digits, the first
 * of them not 0.
 *
 * <p>People write separators into numbers, which are taken out: spaces, hyphens, dots and
 * parentheses. A {@code (0)} is no separator but a trunk prefix, which some read as part of the
 * number and some do not; a number that has one is not understood rather than guessed.
 */
final class PhoneNumber {
  private static final int MIN_DIGITS = 7;
  private static final int MAX_DIGITS = 15;
  private static final int MAX_LENGTH = 64;

  private PhoneNumber() {}

  /** Returns the number without separators, or {@code null} if it is not in E.164 form. */
  static @Nullable String normalize(String text) {
    int length = text.length();
    if (length > MAX_LENGTH || length <= MIN_DIGITS || text.charAt(0) != '+') {
      return null;
    }
    int count = 0;
    int opened = 0;
    char last = '0';
    for (int i = 1; i < length; i++) {
      char c = text.charAt(i);
      switch (c) {
        case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
          if (count == 0 && c == '0') {
            return null;
          }
          count++;
          last = c;
        }
        case '(' -> opened = count;
        case ')' -> {
          if (count - opened == 1 && last == '0') {
            return null;
          }
        }
        case ' ', '-', '.' -> {}
        default -> {
          return null;
        }
      }
    }
    if (count < MIN_DIGITS || count > MAX_DIGITS) {
      return null;
    }
    return count == length - 1 ? text : withoutSeparators(text);
  }

  private static String withoutSeparators(String text) {
    StringBuilder number = new StringBuilder(MAX_DIGITS + 1);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '+' || c >= '0' && c <= '9') {
        number.append(c);
      }
    }
    return number.toString();
  }
}
