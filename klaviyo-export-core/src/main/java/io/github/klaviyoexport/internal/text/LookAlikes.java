package io.github.klaviyoexport.internal.text;

import java.text.Normalizer;
import java.util.Locale;

/** What people see of a name: two names that look alike have it in common. */
public final class LookAlikes {
  private LookAlikes() {}

  /**
   * Returns what of a name is left when upper and lower case, the width and form of characters,
   * invisible characters and the amount of white space do not count.
   */
  public static String seen(String name) {
    // Folded both ways, since some letters have no partner in the other case.
    String folded =
        Normalizer.normalize(name, Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT);
    StringBuilder seen = new StringBuilder();
    boolean apart = false;
    for (char c : Normalizer.normalize(folded, Normalizer.Form.NFKC).toCharArray()) {
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        apart = true;
      } else if (!InvisibleCharacters.isInvisible(c) && !isVariation(c)) {
        if (apart && seen.length() > 0) {
          seen.append(' ');
        }
        apart = false;
        seen.append(c);
      }
    }
    return seen.toString();
  }

  /** Returns whether two names look alike. */
  public static boolean areAlike(String one, String other) {
    return seen(one).equals(seen(other));
  }

  /** Returns whether a character only says how the one before it is drawn. */
  private static boolean isVariation(char c) {
    return c >= '\uFE00' && c <= '\uFE0F';
  }
}
