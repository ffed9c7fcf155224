package io.github.klaviyoexport.internal.text;

import java.util.Locale;

/**
 * Text without the characters that cannot be seen, or with their names in their places.
 *
 * <p>Invisible are white space and no-break spaces of every kind, controls, byte order marks,
 * zero-width characters and marks of direction.
 */
public final class VisibleText {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private VisibleText() {}

  /** Returns whether a character cannot be seen. */
  public static boolean isInvisible(char c) {
    if (c > ' ' && c < 0x7F) {
      return false;
    }
    return Character.isISOControl(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT;
  }

  /** Returns whether nothing of a text can be seen; true of an empty one. */
  public static boolean isBlank(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isInvisible(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether nothing of a part of a text can be seen; true of no characters. */
  public static boolean isBlank(char[] text, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (!isInvisible(text[i])) {
        return false;
      }
    }
    return true;
  }

  /** Returns the text without invisible characters at its ends. */
  public static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isInvisible(text.charAt(start))) {
      start++;
    }
    while (end > start && isInvisible(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** Returns the text in quotes, with invisible characters other than inner spaces by name. */
  public static String quoted(String text) {
    StringBuilder shown = new StringBuilder("'");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean inner = i > 0 && i < text.length() - 1;
      if (isInvisible(c) && !(c == ' ' && inner)) {
        shown.append('<').append(named(c)).append('>');
      } else {
        shown.append(c);
      }
    }
    return shown.append('\'').toString();
  }

  /** Returns a character's number and name, as in {@code U+00A0 no-break space}. */
  public static String named(int codePoint) {
    String name =
        switch (codePoint) {
          case BYTE_ORDER_MARK -> "byte order mark";
          case '\t' -> "tab";
          case '\n', '\r' -> "line break";
          default -> {
            String unicode = Character.getName(codePoint);
            yield unicode == null ? "no character" : unicode.toLowerCase(Locale.ROOT);
          }
        };
    return String.format(Locale.ROOT, "U+%04X %s", codePoint, name);
  }
}
