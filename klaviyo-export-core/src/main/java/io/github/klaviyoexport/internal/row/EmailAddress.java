package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.internal.text.UnicodeText;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of an email address before Klaviyo has seen it: that it is an ordinary one, or
 * that it is certainly none.
 *
 * <p>Ordinary ones are made of letters, digits and {@code . _ % + -} before the {@code @}, of
 * letters, digits, dots and hyphens after it, and end in a label of two letters or more. Klaviyo
 * has published no rule, and between those and what no mail system takes lie addresses that it may
 * take or not: {@code o'brien@shop.example}. Its word decides about them, so they are sent, but
 * apart from the ordinary ones, because one that it refuses makes it refuse all that came with it.
 */
final class EmailAddress {
  private static final int MAX_LENGTH = 100;
  private static final int MIN_LAST_LABEL = 2;
  private static final String SCHEME = "mailto:";

  private static final String ENCODED_LABEL = "xn--";

  private static final byte LETTER = 1;
  private static final byte DOMAIN = 2;
  private static final byte LOCAL = 4;
  private static final byte CAPITAL = 8;

  private static final byte[] CLASSES = new byte[128];

  static {
    for (char c = 'a'; c <= 'z'; c++) {
      CLASSES[c] = LETTER | DOMAIN | LOCAL;
      CLASSES[Character.toUpperCase(c)] = LETTER | DOMAIN | LOCAL | CAPITAL;
    }
    for (char c = '0'; c <= '9'; c++) {
      CLASSES[c] = DOMAIN | LOCAL;
    }
    CLASSES['-'] = DOMAIN | LOCAL;
    CLASSES['_'] = LOCAL;
    CLASSES['%'] = LOCAL;
    CLASSES['+'] = LOCAL;
  }

  private EmailAddress() {}

  /**
   * Returns a text, which has no invisible characters around it, in the form that is sent: without
   * {@code mailto:}, and with an international domain as {@code xn--} labels. What needs neither is
   * returned as it is.
   */
  static String normalize(String text) {
    String address =
        text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            ? InvisibleCharacters.strip(text.substring(SCHEME.length()))
            : text;
    int at = address.lastIndexOf('@');
    for (int i = at + 1; i < address.length(); i++) {
      if (address.charAt(i) >= CLASSES.length) {
        return international(address, at);
      }
    }
    return address;
  }

  private static String international(String address, int at) {
    if (!UnicodeText.fits(address)) {
      return address;
    }
    if (at < 0) {
      int wide = address.lastIndexOf(EmailShape.WIDE_AT);
      return wide < 0 ? address : normalize(address.replace(EmailShape.WIDE_AT, '@'));
    }
    return address.substring(0, at + 1) + InternationalDomain.encode(address.substring(at + 1));
  }

  /**
   * Returns an address of the shape that Klaviyo is known to take in lower case, the same object if
   * it has no capitals; {@code null} for any other text.
   */
  static @Nullable String ordinary(String address) {
    int length = address.length();
    if (length > MAX_LENGTH) {
      return null;
    }
    int i = 0;
    int kinds = 0;
    boolean dot = true;
    for (; i < length; i++) {
      char c = address.charAt(i);
      if (c == '.' ? dot : !is(LOCAL, c)) {
        break;
      }
      kinds |= CLASSES[c];
      dot = c == '.';
    }
    if (dot || i == length || address.charAt(i) != '@') {
      return null;
    }
    int label = i + 1;
    boolean letters = false;
    boolean dotted = false;
    for (i = label; i < length; i++) {
      char c = address.charAt(i);
      if (c == '.') {
        if (i == label) {
          return null;
        }
        label = i + 1;
        letters = true;
        dotted = true;
      } else if (is(DOMAIN, c)) {
        kinds |= CLASSES[c];
        letters &= is(LETTER, c);
        if (c == '-' && i == label + 3 && isEncoded(address, label)) {
          return null;
        }
      } else {
        return null;
      }
    }
    if (!dotted || !letters || length - label < MIN_LAST_LABEL) {
      return null;
    }
    return (kinds & CAPITAL) == 0 ? address : address.toLowerCase(Locale.ROOT);
  }

  private static boolean isEncoded(String address, int label) {
    return address.regionMatches(true, label, ENCODED_LABEL, 0, ENCODED_LABEL.length());
  }

  /**
   * Returns why a text is certainly no address that Klaviyo takes, or {@code null} if it may be
   * one: it is too long, has no or several {@code @} outside quotes, nothing before it, no dot or
   * an empty label behind it, or white space, controls or half a character inside.
   */
  static @Nullable Reason fault(String address) {
    int length = address.length();
    if (length > MAX_LENGTH && address.codePointCount(0, length) > MAX_LENGTH) {
      return Reason.EMAIL_TOO_LONG;
    }
    return mayBeOne(address) ? null : Reason.EMAIL_MALFORMED;
  }

  private static boolean mayBeOne(String address) {
    int length = address.length();
    int at = -1;
    boolean quoted = false;
    for (int i = 0; i < length; i++) {
      char c = address.charAt(i);
      if (InvisibleCharacters.isUnseen(c) || Character.isISOControl(c)) {
        return false;
      }
      if (c == '"' && at < 0) {
        quoted = !quoted;
      } else if (quoted && c == '\\') {
        i++;
      } else if (c == '@' && !quoted) {
        if (at >= 0) {
          return false;
        }
        at = i;
      }
    }
    return at > 0 && isDotted(address, at + 1) && UnicodeText.fits(address);
  }

  /** Returns whether labels stand from there on; the dot of the root may follow the last. */
  private static boolean isDotted(String address, int from) {
    int dot = address.indexOf('.', from);
    boolean dotted = dot > from && dot + 1 < address.length();
    return dotted && address.indexOf("..", from) < 0;
  }

  private static boolean is(byte kind, char c) {
    return c < CLASSES.length && (CLASSES[c] & kind) != 0;
  }
}
