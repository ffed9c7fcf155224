package io.github.klaviyoexport.internal.text;

import java.text.Normalizer;

/** What Unicode calls canonically equivalent: an accented letter in one character or in two. */
public final class CanonicalText {
  private CanonicalText() {}

  /** Returns a text in the form in which equivalent ones are equal. */
  public static String of(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /** Returns whether two texts are equivalent. */
  public static boolean areSame(String one, String other) {
    return one.equals(other) || of(one).equals(of(other));
  }
}
