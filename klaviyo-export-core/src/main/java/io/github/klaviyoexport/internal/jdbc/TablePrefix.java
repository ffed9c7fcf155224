package io.github.klaviyoexport.internal.jdbc;

import java.util.regex.Pattern;

/** The rule for what the names of our tables may begin with. */
public final class TablePrefix {
  private static final Pattern PREFIX =
      Pattern.compile("([a-z][a-z0-9_]{0,29}\\.)?[a-z][a-z0-9_]{0,29}");

  private TablePrefix() {}

  /**
   * Checks a prefix, which may hold a schema and a dot.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static String checked(String prefix) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "A table prefix has 1 to 30 characters of a-z, 0-9 and _ and begins with a letter, such"
              + " as shop_ or, with a schema, exports.shop_.");
    }
    return prefix;
  }
}
