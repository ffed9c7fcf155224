package io.github.klaviyoexport.catalog;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator decides about a connection.
 *
 * <pre>{@code
 * ConnectionDefinition.apiKey("Klaviyo EU", "env:KLAVIYO_API_KEY")
 *     .sharedWithContributors(true)
 *     .exportUser("marketing-ops");
 * }</pre>
 *
 * <p>Immutable; every method returns a new one.
 *
 * @param name what people know the connection by; no two connections have the same
 * @param kind what the credentials are
 * @param credentials where the credentials are kept
 * @param sharedWithContributors whether contributors may use it too; only administrators may,
 *     unless said otherwise
 * @param exportUser who answers for what is exported through it; {@code null} for the one who adds
 *     it
 */
public record ConnectionDefinition(
    String name,
    Kind kind,
    SecretReference credentials,
    boolean sharedWithContributors,
    @Nullable String exportUser) {

  /** What the credentials of a connection are. */
  public enum Kind {
    /** A private API key. */
    API_KEY,
    /**
     * An OAuth access token. It is read from its place before each call, and once more when Klaviyo
     * answers 401; whoever keeps it there refreshes it.
     */
    OAUTH_TOKEN
  }

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException if one is blank, too long or holds control characters
   */
  public ConnectionDefinition {
    Names.checked(name, "A connection");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(credentials, "credentials");
    if (exportUser != null) {
      Names.checked(exportUser, "An export user");
    }
  }

  /**
   * A connection with a private API key.
   *
   * @param reference where the key is kept, {@code env:KLAVIYO_API_KEY} for example
   */
  public static ConnectionDefinition apiKey(String name, String reference) {
    return new ConnectionDefinition(name, Kind.API_KEY, SecretReference.of(reference), false, null);
  }

  /**
   * A connection with OAuth access tokens.
   *
   * @param reference where the current access token is kept
   */
  public static ConnectionDefinition oauthToken(String name, String reference) {
    return new ConnectionDefinition(
        name, Kind.OAUTH_TOKEN, SecretReference.of(reference), false, null);
  }

  /** Under another name. */
  public ConnectionDefinition name(String name) {
    return new ConnectionDefinition(name, kind, credentials, sharedWithContributors, exportUser);
  }

  /** With other credentials of the same account, kept at the given reference. */
  public ConnectionDefinition credentials(String reference) {
    return new ConnectionDefinition(
        name, kind, SecretReference.of(reference), sharedWithContributors, exportUser);
  }

  /** Shared with contributors, or for administrators only. */
  public ConnectionDefinition sharedWithContributors(boolean shared) {
    return new ConnectionDefinition(name, kind, credentials, shared, exportUser);
  }

  /** With another who answers for it. */
  public ConnectionDefinition exportUser(String exportUser) {
    return new ConnectionDefinition(
        name,
        kind,
        credentials,
        sharedWithContributors,
        Objects.requireNonNull(exportUser, "exportUser"));
  }
}
