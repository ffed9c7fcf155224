package io.github.klaviyoexport.internal.text;

/**
 * The characters that cannot be seen around a value: white space and no-break spaces of every kind,
 * zero-width spaces, soft hyphens, byte order marks, marks of direction, blank letters and U+0000.
 *
 * <p>Spreadsheets, web pages and address books leave them there. They are taken off both ends of a
 * value; inside it they stay, because there they may be meant.
 */
public final class InvisibleCharacters {
  private static final char JOINER = '\u200D';
  private static final char NON_JOINER = '\u200C';

  /** It cannot be seen, and yet it changes what is: it turns letters around. */
  public static final char RIGHT_TO_LEFT_OVERRIDE = '\u202E';

  /** Below this no script joins its letters. */
  private static final char FIRST_JOINED_LETTER = '\u0590';

  private InvisibleCharacters() {}

  /**
   * Returns a text without invisible characters around it; the same one if there are none.
   *
   * <p>A joiner behind the last letter stays where it shapes it, as in Malayalam names, and so does
   * the end of a stretch that is written in another direction.
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
    return text.substring(start, end + belonging(text, start, end));
  }

  /** Returns how many characters behind the last visible one belong to what is before them. */
  private static int belonging(String text, int start, int end) {
    if (start == end || end == text.length()) {
      return 0;
    }
    if (text.charAt(end - 1) >= FIRST_JOINED_LETTER && isJoiner(text.charAt(end))) {
      return 1;
    }
    int open = 0;
    for (int i = start; i < end; i++) {
      open = Math.max(0, open + direction(text.charAt(i)));
    }
    int kept = 0;
    while (open > 0 && end + kept < text.length() && direction(text.charAt(end + kept)) < 0) {
      kept++;
      open--;
    }
    return kept;
  }

  /** Returns whether a character cannot be seen within a word, and joins no letters there. */
  public static boolean isUnseen(char c) {
    return isInvisible(c) && !isJoiner(c) || c == RIGHT_TO_LEFT_OVERRIDE;
  }

  /** Returns 1 for a mark that begins a stretch of one direction, -1 for one that ends it. */
  private static int direction(char c) {
    return switch (c) {
      case '\u202A', '\u202B', '\u202D', RIGHT_TO_LEFT_OVERRIDE, '\u2066', '\u2067', '\u2068' -> 1;
      case '\u202C', '\u2069' -> -1;
      default -> 0;
    };
  }

  /** Returns whether a character is one of those that most values begin and end with. */
  private static boolean isPlain(char c) {
    return c > ' ' && c < 0x7F;
  }

  /** Returns whether a character cannot be seen. */
  public static boolean isInvisible(char c) {
    if (c < 0xA0) {
      return c <= ' ' ? Character.isWhitespace(c) || c == 0 : c == 0x85;
    }
    if (c < 0x34F) {
      return c == 0xA0 || c == 0xAD;
    }
    return switch (c) {
      // The grapheme joiner, the Arabic letter mark, and letters that are drawn as nothing.
      case 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
      case 0x180E, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB -> true;
      default -> c >= 0x200B && c <= 0x200F || c >= 0x202A && c <= 0x202D || isWide(c);
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
