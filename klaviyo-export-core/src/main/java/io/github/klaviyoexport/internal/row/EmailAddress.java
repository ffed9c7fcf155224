package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.Rejection.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The rule for email addresses that Klaviyo takes.
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
    CLASSES['-'] = DOMAIN | LOCAL;
    CLASSES['.'] = LOCAL;
    CLASSES['_'] = LOCAL;
    CLASSES['%'] = LOCAL;
    CLASSES['+'] = LOCAL;
  }

  private EmailAddress() {}

  /** Returns why Klaviyo would not take the address, or {@code null} if it would. */
  static @Nullable Reason fault(String address) {
    if (address.length() > MAX_LENGTH) {
      return Reason.EMAIL_TOO_LONG;
    }
    return wellFormed(address) ? null : Reason.EMAIL_MALFORMED;
  }

  private static boolean wellFormed(String address) {
    int length = address.length();
    int i = 0;
    while (i < length && is(LOCAL, address.charAt(i))) {
      i++;
    }
    if (i == 0 || i == length || address.charAt(i) != '@') {
      return false;
    }
    int label = i + 1;
    boolean letters = false;
    boolean dotted = false;
    for (i = label; i < length; i++) {
      char c = address.charAt(i);
      if (c == '.') {
        if (i == label) {
          return false;
        }
        label = i + 1;
        letters = true;
        dotted = true;
      } else if (is(DOMAIN, c)) {
        letters &= is(LETTER, c);
      } else {
        return false;
      }
    }
    return dotted && letters && length - label >= MIN_LAST_LABEL;
  }

  private static boolean is(byte kind, char c) {
    return c < CLASSES.length && (CLASSES[c] & kind) != 0;
  }
}
