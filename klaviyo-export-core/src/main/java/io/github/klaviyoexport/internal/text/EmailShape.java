package io.github.klaviyoexport.internal.text;

/** The shape of an email address, be it a valid one or not. */
public final class EmailShape {
  /** The full stop, and those of Chinese and Japanese that a domain may be written with. */
  private static final String FULL_STOPS = ".\u3002\uFF0E\uFF61";

  private EmailShape() {}

  /**
   * Returns whether a text is taken for an email address, which is shown nowhere: something stands
   * before an at sign, and a full stop behind it. So {@code @timestamp} and {@code name@en} are
   * names, and {@code 17@fi} is an id.
   */
  public static boolean fits(String text) {
    int at = text.indexOf('@', 1);
    return at > 0 && FULL_STOPS.chars().anyMatch(stop -> text.indexOf(stop, at) > 0);
  }
}
