package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.internal.text.OwnWordsException;
import io.github.klaviyoexport.internal.text.VisibleText;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A private API key of a Klaviyo account.
 *
 * <p>An export needs a key with the scopes {@code lists:read}, {@code lists:write}, {@code
 * profiles:read} and {@code profiles:write}; a full-access key has them all. The key's shape is
 * checked when it is made, before it can reach a header. {@link #toString()} never shows it.
 *
 * <p>Line breaks, spaces, tabs, byte order marks and other invisible characters around a key are no
 * part of it: files, editors and secret stores put them there. Quotes, a name or a scheme before
 * it, and whatever else no key has are named in the error and not taken off.
 */
public final class ApiKey {
  private static final int MAX_LENGTH = 512;
  private static final int PUBLIC_KEY_LENGTH = 6;
  private static final String QUOTES = "\"'`\u00B4\u2018\u2019\u201A\u201C\u201D\u201E\u00AB\u00BB";

  /** What a line of a file of settings begins with: a name and what ends it. */
  private static final Pattern NAME_BEFORE =
      Pattern.compile(
          "(export\\s+|set\\s+|\\$env:)?[A-Za-z_][A-Za-z0-9_.-]*\\s*(=\\s*[^=\\s]|:\\s|:pk_)");

  /** What an Authorization header begins with. */
  private static final Pattern SCHEME_BEFORE =
      Pattern.compile(
          "(authorization|klaviyo-api-key|bearer|basic)[\\s:=]", Pattern.CASE_INSENSITIVE);

  private final String value;

  private ApiKey(String value) {
    this.value = value;
  }

  /**
   * Returns a key that is at hand.
   *
   * @throws IllegalArgumentException if what is between the invisible characters around it is
   *     empty, stands in quotes or behind a name, holds white space or anything but visible ASCII,
   *     or is a public key; the message says which, and never shows the key
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
    return fromEnvironment(variable, System::getenv);
  }

  /** Returns the key that a variable of an environment holds. */
  static ApiKey fromEnvironment(String variable, UnaryOperator<@Nullable String> environment) {
    String value = environment.apply(variable);
    if (value == null) {
      throw new IllegalArgumentException(
          "The environment variable "
              + variable
              + " is not set: set it to a private API key (Klaviyo: Settings > API keys).");
    }
    return checked(value, "The API key in the environment variable " + variable);
  }

  /**
   * Returns the access token of OAuth that a supplier gave: its shape is that of a key.
   *
   * @throws OwnWordsException as {@link #of} throws
   */
  static ApiKey token(@Nullable String value) {
    try {
      return checked(value, "The OAuth access token");
    } catch (IllegalArgumentException unusable) {
      throw new OwnWordsException(String.valueOf(unusable.getMessage()));
    }
  }

  private static ApiKey checked(@Nullable String given, String what) {
    String value = given == null ? "" : InvisibleCharacters.strip(given);
    String wrong = value.isEmpty() ? "is empty: " + passOne(what) : fault(value);
    if (wrong != null) {
      throw new IllegalArgumentException(what + " " + wrong + ".");
    }
    return new ApiKey(value);
  }

  private static String passOne(String what) {
    return what.contains("token")
        ? "let the supplier return one that Klaviyo issued"
        : "pass a private key (Klaviyo: Settings > API keys)";
  }

  /** Returns what is wrong with a text that is to be a key; {@code null} if nothing is. */
  private static @Nullable String fault(String value) {
    if (SCHEME_BEFORE.matcher(value).lookingAt()) {
      return "begins with the name of a header or its scheme, such as Bearer: leave that away; it"
          + " is put before the key when it is sent";
    }
    if (NAME_BEFORE.matcher(value).lookingAt()) {
      return "has a name before it, as in NAME=key: keep what follows the name alone there";
    }
    char first = value.charAt(0);
    char last = value.charAt(value.length() - 1);
    if (QUOTES.indexOf(first) >= 0 || QUOTES.indexOf(last) >= 0) {
      return "has a quote at its "
          + (QUOTES.indexOf(first) < 0 ? "end" : QUOTES.indexOf(last) < 0 ? "beginning" : "ends")
          + ", which is no part of it: take it off where the key is kept";
    }
    if (first == '{' || first == '[' || first == '<' || first == '$' || first == '%') {
      return "is text around a key or in place of one, such as JSON or a variable that was not"
          + " filled in: keep the key alone there";
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\n' || c == '\r') {
        return "holds a line break" + at(i) + ": keep one key alone there, in one line";
      }
      if (c == '*') {
        return "holds a star" + at(i) + ", as keys do that are hidden: copy the whole key";
      }
      if (c == 0) {
        return "holds U+0000 null" + at(i) + ": where it is kept, save it as UTF-8, not as UTF-16";
      }
      if (c <= ' ' || c > '~') {
        return "holds "
            + VisibleText.named(value.codePointAt(i))
            + at(i)
            + ", which no key has: copy the key again";
      }
    }
    if (value.length() > MAX_LENGTH) {
      return "has " + value.length() + " characters, which no key has: copy the key again";
    }
    boolean isPublic =
        value.length() == PUBLIC_KEY_LENGTH && value.chars().allMatch(Character::isLetterOrDigit);
    return isPublic
        ? "is a public key (6 characters), which cannot write: pass a private key"
        : null;
  }

  private static String at(int index) {
    return " at character " + (index + 1);
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
