package io.github.klaviyoexport.internal.text;

import java.util.List;

/** The shape of an email address, be it a valid one or not. */
public final class EmailShape {
  /** The full stop, and those of Chinese and Japanese that a domain may be written with. */
  private static final String FULL_STOPS = ".\u3002\uFF0E\uFF61";

  /** The at sign, as it is written by wide keyboards and in links too. */
  private static final List<String> AT_SIGNS = List.of("@", "\uFF20", "%40");

  /** The {@code @} as Chinese, Japanese and Korean keyboards write it. */
  public static final char WIDE_AT = '\uFF20';

  private EmailShape() {}

  /**
   * Returns whether a text is taken for an email address, which is shown nowhere: something stands
   * before an at sign, and a full stop behind it. So {@code @timestamp} and {@code name@en} are
   * names, and {@code 17@fi} is an id.
   */
  public static boolean fits(String text) {
    for (String sign : AT_SIGNS) {
      int at = text.indexOf(sign, 1);
      if (at > 0 && FULL_STOPS.chars().anyMatch(stop -> text.indexOf(stop, at) > 0)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a text is worth a closer look, at hardly any cost. */
  public static boolean mayFit(String text) {
    return text.indexOf('@') >= 0 || text.indexOf('%') >= 0 || text.indexOf(WIDE_AT) >= 0;
  }

  /** Returns a customer's id as it may be shown: not at all if it is taken for an email address. */
  public static String shown(String id) {
    return fits(id) ? "(an email address, not shown)" : id;
  }
}
