package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.CatalogJson;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator decides about a connection.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="connection"}
 *
 * <p>Every method with an argument returns a new definition. Definitions are immutable, equal when
 * all they hold is equal, and safe for use by many threads.
 */
public final class ConnectionDefinition {
  private final String name;
  private final Kind kind;
  private final SecretReference credentials;
  private final boolean sharedWithContributors;
  private final @Nullable String exportUser;

  /** What the credentials of a connection are. */
  public enum Kind {
    /** A private API key. */
    API_KEY,
    /**
     * An OAuth access token. It is read from its place before each call, and once more when Klaviyo
     * answers 401; what keeps it there refreshes it.
     */
    OAUTH_TOKEN
  }

  private ConnectionDefinition(
      String name,
      Kind kind,
      SecretReference credentials,
      boolean sharedWithContributors,
      @Nullable String exportUser) {
    this.name = NameRule.checked(name, "A connection");
    this.kind = Objects.requireNonNull(kind, "kind");
    this.credentials = credentials;
    this.sharedWithContributors = sharedWithContributors;
    this.exportUser = exportUser;
  }

  /**
   * Starts the definition of a connection with a private API key.
   *
   * @param name what people know the connection by; no two connections have the same
   * @param reference where the key is kept, {@code env:KLAVIYO_API_KEY} for example
   * @throws IllegalArgumentException if the name is blank, longer than 200 characters or holds
   *     control characters, or the reference is not of the form {@code scheme:place}
   */
  public static ConnectionDefinition apiKey(String name, String reference) {
    return new ConnectionDefinition(name, Kind.API_KEY, SecretReference.of(reference), false, null);
  }

  /**
   * Starts the definition of a connection with OAuth access tokens.
   *
   * @param name what people know the connection by; no two connections have the same
   * @param reference where the current access token is kept
   * @throws IllegalArgumentException as for {@link #apiKey}
   */
  public static ConnectionDefinition oauthToken(String name, String reference) {
    return new ConnectionDefinition(
        name, Kind.OAUTH_TOKEN, SecretReference.of(reference), false, null);
  }

  /**
   * Reads a definition from JSON, as {@link #toJson} writes it; what is left out is as by default.
   * {@link Connection#toJson} is read too: what it says besides is passed over.
   *
   * @throws IllegalArgumentException if it is no such JSON, has a field that this version of the
   *     library does not know, or was written by a newer one; the message names the field, and
   *     quotes no value but a constant or a time zone
   */
  public static ConnectionDefinition fromJson(String json) {
    return CatalogJson.connectionDefinition(json);
  }

  /**
   * Returns the definition as JSON, an object, to be kept or sent: with where the credentials are
   * kept, and never with the credentials. The catalog's store writes the same.
   */
  public String toJson() {
    return CatalogJson.write(this);
  }

  /**
   * Returns this under another name.
   *
   * @throws IllegalArgumentException as for {@link #apiKey}
   */
  public ConnectionDefinition name(String name) {
    return new ConnectionDefinition(name, kind, credentials, sharedWithContributors, exportUser);
  }

  /**
   * Returns this with other credentials of the same account, kept at the given reference.
   *
   * @throws IllegalArgumentException as for {@link #apiKey}
   */
  public ConnectionDefinition credentials(String reference) {
    return new ConnectionDefinition(
        name, kind, SecretReference.of(reference), sharedWithContributors, exportUser);
  }

  /** Returns this shared with contributors, or for administrators only. */
  public ConnectionDefinition sharedWithContributors(boolean shared) {
    return new ConnectionDefinition(name, kind, credentials, shared, exportUser);
  }

  /**
   * Returns this with another person or service that answers for what is exported.
   *
   * @throws IllegalArgumentException if the name is blank, longer than 200 characters or holds
   *     control characters
   */
  public ConnectionDefinition exportUser(String exportUser) {
    return new ConnectionDefinition(
        name,
        kind,
        credentials,
        sharedWithContributors,
        NameRule.checked(exportUser, "An export user"));
  }

  /** Returns the name that people know the connection by. */
  public String name() {
    return name;
  }

  /** Returns what the credentials are. */
  public Kind kind() {
    return kind;
  }

  /** Returns where the credentials are kept. */
  public SecretReference credentials() {
    return credentials;
  }

  /** Returns whether contributors may use the connection too; by default, they may not. */
  public boolean sharedWithContributors() {
    return sharedWithContributors;
  }

  /**
   * Returns the name of the person or service that answers for what is exported; {@code null}, the
   * default, for the administrator who adds the connection.
   */
  public @Nullable String exportUser() {
    return exportUser;
  }

  private List<@Nullable Object> parts() {
    return Arrays.asList(name, kind, credentials, sharedWithContributors, exportUser);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConnectionDefinition that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** Returns the name and what the credentials are, and not where they are kept. */
  @Override
  public String toString() {
    return "ConnectionDefinition['" + name + "', " + kind + "]";
  }
}
