package io.github.klaviyoexport.internal.text;

/** What is Unicode text, which every store and every message keeps as it is. */
public final class UnicodeText {
  private UnicodeText() {}

  /** Returns whether a text is one, which a text with half a surrogate pair in it is not. */
  public static boolean fits(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (i + 1 == length || !Character.isSurrogatePair(c, text.charAt(++i))) {
          return false;
        }
      }
    }
    return true;
  }
}
