package io.github.klaviyoexport.testkit.internal.server;

/**
 * Something in an exchange that Klaviyo's OpenAPI does not allow.
 *
 * @param side where it is
 * @param rule the word of the schema that it breaks, or {@code path}, {@code header}, {@code
 *     status}, {@code media type}, {@code body}, {@code parameter}, {@code filter}
 * @param place a JSON pointer, or the name of the header or parameter
 * @param member the member that is missing or too many; empty otherwise
 * @param text what is wrong, without any value of a profile
 */
record Finding(Side side, String rule, String place, String member, String text) {
  /** The two halves of an exchange. */
  enum Side {
    REQUEST,
    ANSWER
  }

  @Override
  public String toString() {
    return side
        + ", "
        + rule
        + " at '"
        + place
        + "'"
        + (member.isEmpty() ? "" : ": " + member)
        + " ("
        + text
        + ")";
  }
}
