package io.github.klaviyoexport.klaviyo;

import java.util.regex.Pattern;

/**
 * The id of a Klaviyo list, such as {@code Y6nRLr}: the last part of the list's address in Klaviyo.
 *
 * @param value 1 to 64 letters, digits, hyphens or underscores
 */
public record ListId(String value) implements ListRef {
  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /**
   * Checks the id's shape.
   *
   * @throws IllegalArgumentException if it cannot be a list id
   */
  public ListId {
    if (value == null || !SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "A list id has 1 to 64 letters, digits, - or _, such as Y6nRLr: copy it from the list's"
              + " address in Klaviyo.");
    }
  }

  /** Returns the id of a list. */
  public static ListId of(String value) {
    return new ListId(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
