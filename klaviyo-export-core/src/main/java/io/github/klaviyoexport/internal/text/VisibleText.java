package io.github.klaviyoexport.internal.text;

import java.util.Locale;

/**
 * Text with the names of what cannot be seen in its place, for messages: {@link
 * InvisibleCharacters} and controls.
 */
public final class VisibleText {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private VisibleText() {}

  private static boolean isUnseen(char c) {
    return InvisibleCharacters.isInvisible(c)
        || c == InvisibleCharacters.RIGHT_TO_LEFT_OVERRIDE
        || Character.isISOControl(c);
  }

  /** Returns whether nothing of a text can be seen; true of an empty one. */
  public static boolean isBlank(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isUnseen(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether nothing of a part of a text can be seen; true of no characters. */
  public static boolean isBlank(char[] text, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (!isUnseen(text[i])) {
        return false;
      }
    }
    return true;
  }

  /** Returns the text in quotes, with invisible characters other than inner spaces by name. */
  public static String quoted(String text) {
    return "'" + shown(text) + "'";
  }

  /** Returns the text in one line, with invisible characters other than inner spaces by name. */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean inner = i > 0 && i < text.length() - 1;
      if (isUnseen(c) && !(c == ' ' && inner)) {
        shown.append('<').append(named(c)).append('>');
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
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
