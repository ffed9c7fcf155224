package io.github.klaviyoexport.klaviyo.internal;

import io.github.klaviyoexport.profile.Rejection.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The shape of the email addresses that Klaviyo takes.
 *
 * <p>It is narrower than RFC 5322: letters, digits and {@code . _ % + -} before the {@code @},
 * letters, digits, dots and hyphens after it, and a last label of two letters or more. One address
 * outside that shape makes Klaviyo refuse all the rows it was sent with.
 */
final class EmailAddress {
  private static final int MAX_LENGTH = 100;
  private static final int MIN_LAST_LABEL = 2;

  private static final byte LETTER = 1;
  private static final byte DOMAIN = 2;
  private static final byte LOCAL = 4;

  private static final byte[] CLASSES = new byte[128];

  static {
    for (char c = 'a'; c <= 'z'; c++) {
      CLASSES[c] = LETTER | DOMAIN | LOCAL;
      CLASSES[Character.toUpperCase(c)] = LETTER | DOMAIN | LOCAL;
    }
    for (char c = '0'; c <= '9'; c++) {
      CLASSES[c] = DOMAIN | LOCAL;
    }
    CLASSES['.'] = DOMAIN | LOCAL;
    CLASSES['-'] = DOMAIN | LOCAL;
    CLASSES['_'] = LOCAL;
    CLASSES['%'] = LOCAL;
    CLASSES['+'] = LOCAL;
  }

  private EmailAddress() {}

  /** Why Klaviyo would not take the address, or {@code null} if it would. */
  static @Nullable Reason fault(String address) {
    if (address.length() > MAX_LENGTH) {
      return Reason.EMAIL_TOO_LONG;
    }
    return wellFormed(address) ? null : Reason.EMAIL_MALFORMED;
  }

  private static boolean wellFormed(String address) {
    int at = address.indexOf('@');
    int lastDot = address.lastIndexOf('.');
    return at > 0
        && lastDot > at
        && address.length() - lastDot > MIN_LAST_LABEL
        && all(LOCAL, address, 0, at)
        && all(DOMAIN, address, at + 1, lastDot)
        && all(LETTER, address, lastDot + 1, address.length())
        && address.charAt(at + 1) != '.'
        && address.indexOf("..", at) < 0;
  }

  private static boolean all(byte kind, String address, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = address.charAt(i);
      if (c >= 128 || (CLASSES[c] & kind) == 0) {
        return false;
      }
    }
    return true;
  }
}
