package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.text.UnicodeText;
import java.util.regex.Pattern;

/**
 * A place where a secret is kept: the name of an environment variable, the path of a file, or
 * whatever a {@link SecretStore} of yours understands.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="reference"}
 *
 * <p>It is no secret itself: it is stored, and shown to administrators.
 *
 * @param scheme which kind of place: {@code env}, {@code file}, or one of your own
 * @param place where in it
 */
public record SecretReference(String scheme, String place) {
  /** What a private key begins with, and no name of a place so long. */
  private static final Pattern KEY = Pattern.compile("\\s*pk_[0-9A-Za-z]{24}");

  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]{0,31}");

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException if the scheme is no lower-case word, or the place is blank or
   *     looks like a key; the message does not repeat the text, since it may be the secret itself
   */
  public SecretReference {
    boolean wrong =
        scheme == null
            || place == null
            || !SCHEME.matcher(scheme).matches()
            || place.isBlank()
            || place.length() > 1_000
            || place.chars().anyMatch(Character::isISOControl)
            || !UnicodeText.fits(place)
            || KEY.matcher(place).lookingAt();
    if (wrong) {
      throw new IllegalArgumentException(
          "Credentials are given by where they are kept, such as env:KLAVIYO_API_KEY or"
              + " file:/run/secrets/klaviyo, and never themselves. (What was given is not shown: it"
              + " may be a key.)");
    }
  }

  /**
   * Returns the reference written as {@code scheme:place}.
   *
   * @throws IllegalArgumentException if it is not of that form
   */
  public static SecretReference of(String reference) {
    int colon = reference.indexOf(':');
    return colon < 0
        ? new SecretReference("", "")
        : new SecretReference(reference.substring(0, colon), reference.substring(colon + 1));
  }

  /** Returns the reference as it is written. */
  @Override
  public String toString() {
    return scheme + ":" + place;
  }
}
