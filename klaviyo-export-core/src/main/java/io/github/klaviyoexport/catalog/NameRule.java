package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.text.UnicodeText;
import io.github.klaviyoexport.internal.text.VisibleText;

/** The rule for names that people give things. */
final class NameRule {
  private static final int MAX_LENGTH = 200;

  private NameRule() {}

  /**
   * Checks a name.
   *
   * @param what what it names, to begin a sentence: "A connection"
   * @throws IllegalArgumentException if nothing of it can be seen, it is too long, holds control
   *     characters or is no Unicode text
   */
  static String checked(String name, String what) {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException(
          what + " needs a name: pass one that people will recognise.");
    }
    if (name.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          what + "'s name has " + name.length() + " characters; at most 200 are taken.");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          what
              + "'s name holds a control character: pass it without line breaks, tabs and the like.");
    }
    if (!UnicodeText.fits(name)) {
      throw new IllegalArgumentException(
          what + "'s name holds half a surrogate pair, which no store keeps: repair the name.");
    }
    if (VisibleText.isBlank(name)) {
      throw new IllegalArgumentException(
          what + "'s name cannot be seen: pass one that people will recognise.");
    }
    return name;
  }
}
