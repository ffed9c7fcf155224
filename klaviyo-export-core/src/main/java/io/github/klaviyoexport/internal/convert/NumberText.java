package io.github.klaviyoexport.internal.convert;

import io.github.klaviyoexport.profile.Unreadable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers as text: exactly as a program writes them, or as people of a language do. */
public final class NumberText {
  /** Reading takes time that grows with the square of the length. */
  private static final int MAX_LENGTH = 1_000;

  private static final int MAX_EXPONENT_DIGITS = 3;

  /** So many digits fit into a {@code long}, whichever they are. */
  private static final int LONG_DIGITS = 18;

  private static final int GROUP = 3;

  /** Where people write lakhs and crores: 12,34,567. */
  private static final Set<String> GROUPING_BY_TWO = Set.of("BD", "IN", "NP", "PK");

  private final char point;
  private final char grouping;
  private final boolean byTwo;
  private final Unreadable unreadable;

  private NumberText(char point, char grouping, boolean byTwo, Unreadable unreadable) {
    this.point = point;
    this.grouping = grouping;
    this.byTwo = byTwo;
    this.unreadable = unreadable;
  }

  /** Creates a reader of numbers with the decimal and grouping separators of a locale. */
  public static NumberText of(Locale locale) {
    DecimalFormatSymbols symbols = DecimalFormatSymbols.getInstance(locale);
    return new NumberText(
        symbols.getDecimalSeparator(),
        canonical(symbols.getGroupingSeparator()),
        GROUPING_BY_TWO.contains(locale.getCountry()),
        Unreadable.because("no number as written in " + locale.toLanguageTag()));
  }

  /**
   * Returns the number that a text without white space around it is: digits, at most one point, and
   * an exponent of at most three digits.
   *
   * @return a {@code Long}, {@code BigInteger} or {@code BigDecimal}, or an {@code Unreadable}
   */
  public static Object exact(String text) {
    int length = text.length();
    int i = signs(text);
    int whole = digitsFrom(text, i) - i;
    i += whole;
    int fraction = 0;
    boolean pointed = i < length && text.charAt(i) == '.';
    if (pointed) {
      fraction = digitsFrom(text, i + 1) - i - 1;
      i += 1 + fraction;
    }
    int exponent = 0;
    if (i < length && (text.charAt(i) | 0x20) == 'e') {
      int digits = i + 1 + signs(text.substring(i + 1));
      exponent = digitsFrom(text, digits) - digits;
      if (exponent == 0 || exponent > MAX_EXPONENT_DIGITS) {
        return Unreadable.because("no number");
      }
      i = digits + exponent;
    }
    if (i < length || length > MAX_LENGTH || whole + fraction == 0 || pointed && fraction == 0) {
      return Unreadable.because("no number");
    }
    return number(text, whole, fraction > 0 || exponent > 0);
  }

  /**
   * Returns the number that a text without white space around it is, as people write it: with a
   * decimal separator and, between groups of three digits, another; in India and around it groups
   * before the last have two.
   *
   * @return a {@code Long}, {@code BigInteger} or {@code BigDecimal}, or an {@code Unreadable}
   */
  public Object read(String text) {
    String plain = text.length() > MAX_LENGTH ? null : plain(text);
    Object number = plain == null ? unreadable : exact(plain);
    return number instanceof Unreadable ? unreadable : number;
  }

  /** Returns the number in the form of programs; {@code null} if its groups are none. */
  private @Nullable String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    int group = -1;
    int digits = 0;
    boolean fraction = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = Character.digit(c, 10);
      if (digit >= 0) {
        plain.append((char) ('0' + digit));
        digits++;
      } else if (i == 0 && (isMinus(c) || c == '+')) {
        plain.append(c == '+' ? '+' : '-');
      } else if (c == point && !fraction && (group < 0 || digits == GROUP)) {
        plain.append('.');
        fraction = true;
        group = -1;
      } else if (canonical(c) == grouping && !fraction && isGroup(plain, digits, group)) {
        group = i;
        digits = 0;
      } else {
        return null;
      }
    }
    return group >= 0 && digits != GROUP ? null : plain.toString();
  }

  /** Returns whether the last digits are a group, the first of which begins with no zero. */
  private boolean isGroup(CharSequence plain, int digits, int group) {
    return group < 0
        ? digits > 0 && digits <= GROUP && plain.charAt(plain.length() - digits) != '0'
        : digits == GROUP || byTwo && digits == 2;
  }

  /** Returns what separators that look alike are compared as: keyboards have one of each. */
  private static char canonical(char separator) {
    return Character.isSpaceChar(separator) ? ' ' : separator == '\u2019' ? '\'' : separator;
  }

  private static boolean isMinus(char c) {
    return c == '-' || c == '\u2212';
  }

  private static int signs(String text) {
    return !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
  }

  private static int digitsFrom(String text, int start) {
    int i = start;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  private static Object number(String text, int whole, boolean hasFraction) {
    if (hasFraction) {
      return new BigDecimal(text);
    }
    if (whole <= LONG_DIGITS) {
      return Long.parseLong(text);
    }
    return new BigInteger(text);
  }
}
