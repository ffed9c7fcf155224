package io.github.klaviyoexport.klaviyo;

/**
 * A private API key of a Klaviyo account.
 *
 * <p>An export needs a key with the scopes {@code lists:read}, {@code lists:write}, {@code
 * profiles:read} and {@code profiles:write}; a full-access key has them all. The key's shape is
 * checked when it is made, before it can reach a header. {@link #toString()} never shows it.
 */
public final class ApiKey {
  private static final int MAX_LENGTH = 512;
  private static final int PUBLIC_KEY_LENGTH = 6;

  private final String value;

  private ApiKey(String value) {
    this.value = value;
  }

  /**
   * Returns a key that is at hand.
   *
   * @throws IllegalArgumentException if it is empty, holds white space or anything but visible
   *     ASCII, or is a public key; the message says which, and never shows the key
   */
  public static ApiKey of(String value) {
    return checked(value, "The API key");
  }

  /**
   * Returns the key that an environment variable holds.
   *
   * @throws IllegalArgumentException if the variable is not set or its content is no key
   */
  public static ApiKey fromEnvironment(String variable) {
    String value = System.getenv(variable);
    if (value == null) {
      throw new IllegalArgumentException(
          "The environment variable "
              + variable
              + " is not set: set it to a private API key (Klaviyo: Settings > API keys).");
    }
    return checked(value, "The API key in the environment variable " + variable);
  }

  private static ApiKey checked(String value, String what) {
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          what + " is empty: pass a private key (Klaviyo: Settings > API keys).");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\n' || c == '\r') {
        throw new IllegalArgumentException(
            what + " holds a line break at character " + (i + 1) + ": strip it when you read it.");
      }
      if (c <= ' ' || c > '~') {
        throw new IllegalArgumentException(
            what
                + " holds a space or a character outside visible ASCII at character "
                + (i + 1)
                + ": copy the key again.");
      }
    }
    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          what + " has " + value.length() + " characters, which no key has: copy the key again.");
    }
    if (value.length() == PUBLIC_KEY_LENGTH && value.chars().allMatch(Character::isLetterOrDigit)) {
      throw new IllegalArgumentException(
          what + " is a public key (6 characters), which cannot write: pass a private key.");
    }
    return new ApiKey(value);
  }

  /** Returns the key itself: for the Authorization header and nothing else. */
  public String value() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ApiKey that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Returns that it is a key, and nothing of it. */
  @Override
  public String toString() {
    return "ApiKey[hidden]";
  }
}
