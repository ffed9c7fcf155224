package io.github.klaviyoexport.internal.text;

/**
 * The characters that are not seen around a value: white space and no-break spaces of every kind,
 * zero-width spaces, soft hyphens, byte order marks, marks of direction, controls and blank
 * letters.
 *
 * <p>Spreadsheets, web pages and address books leave them there. They are taken off both ends of a
 * value; inside it they stay, because there they may be meant.
 */
public final class InvisibleCharacters {
  private static final char JOINER = '\u200D';
  private static final char NON_JOINER = '\u200C';

  /** Below this no script joins its letters. */
  private static final char FIRST_JOINED_LETTER = '\u0590';

  private InvisibleCharacters() {}

  /**
   * Returns a text without invisible characters around it; the same one if there are none.
   *
   * <p>A joiner behind the last letter stays where it shapes it, as in Malayalam names.
   */
  public static String strip(String text) {
    int end = text.length();
    if (end == 0 || isPlain(text.charAt(0)) && isPlain(text.charAt(end - 1))) {
      return text;
    }
    int start = 0;
    while (start < end && isInvisible(text.charAt(start))) {
      start++;
    }
    while (end > start && isInvisible(text.charAt(end - 1))) {
      end--;
    }
    boolean shaped =
        start < end
            && end < text.length()
            && text.charAt(end - 1) >= FIRST_JOINED_LETTER
            && isJoiner(text.charAt(end));
    return text.substring(start, shaped ? end + 1 : end);
  }

  /** Returns whether a character is one of those that most values begin and end with. */
  private static boolean isPlain(char c) {
    return c > ' ' && c < 0x7F;
  }

  /** Returns whether a character cannot be seen. */
  public static boolean isInvisible(char c) {
    if (c < 0xA0) {
      return c <= ' ' || c >= 0x7F;
    }
    if (c < 0x34F) {
      return c == 0xA0 || c == 0xAD;
    }
    return switch (c) {
      // The grapheme joiner, the Arabic letter mark, and letters that are drawn as nothing.
      case 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
      case 0x180E, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB -> true;
      default -> c >= 0x200B && c <= 0x200F || c >= 0x202A && c <= 0x202E || isWide(c);
    };
  }

  private static boolean isWide(char c) {
    return c >= 0x2060 && c <= 0x206F || Character.isSpaceChar(c);
  }

  /** Returns whether a character has its neighbours written joined or apart. */
  public static boolean isJoiner(char c) {
    return c == JOINER || c == NON_JOINER;
  }
}
