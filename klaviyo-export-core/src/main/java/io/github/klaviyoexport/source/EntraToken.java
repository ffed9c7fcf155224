package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.insights.Organization;
import io.github.klaviyoexport.internal.insights.TokenRequest;
import io.github.klaviyoexport.internal.insights.TokenRequest.Token;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A supplier of access tokens for a {@link CustomerInsightsSource}, which Microsoft Entra gives an
 * application for its client id and secret.
 *
 * {@snippet class="io.github.klaviyoexport.source.CustomerInsightsExamplesTest" region="insights"}
 *
 * <p>The application must be an application user of the Dataverse environment, with a role that
 * reads unified profiles and segment memberships. A token is kept in memory until five minutes
 * before its end, or until it is refused; the secret is asked for each time and not kept. Safe for
 * use by many threads.
 */
public final class EntraToken implements Supplier<String> {
  private static final URI PUBLIC_CLOUD = URI.create("https://login.microsoftonline.com");
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private final URI authority;
  private final String tenant;
  private final String clientId;
  private final Supplier<String> secret;
  private final URI organization;
  private final TimeSource time;
  private @Nullable Token token;
  private long askedAt;

  private EntraToken(
      URI authority,
      String tenant,
      String clientId,
      Supplier<String> secret,
      URI organization,
      TimeSource time) {
    this.authority = authority;
    this.tenant = Objects.requireNonNull(tenant, "tenant");
    this.clientId = Objects.requireNonNull(clientId, "clientId");
    this.secret = Objects.requireNonNull(secret, "secret");
    this.organization = Organization.checked(organization);
    this.time = time;
  }

  /**
   * Creates a supplier; nothing is asked for yet.
   *
   * @param tenant the id or a domain of the tenant
   * @param clientId the application's id
   * @param secret gives the application's client secret
   * @param organization the environment's URL, such as {@code https://contoso.crm.dynamics.com}
   * @throws IllegalArgumentException if the URL is not https or names more than a host
   */
  public static EntraToken clientCredentials(
      String tenant, String clientId, Supplier<String> secret, URI organization) {
    return new EntraToken(
        PUBLIC_CLOUD, tenant, clientId, secret, organization, TimeSource.system());
  }

  /**
   * Sets where tokens are asked for: by default {@code https://login.microsoftonline.com}, and
   * another host in national clouds.
   *
   * @throws IllegalArgumentException if the URL is not https or names more than a host
   */
  public EntraToken authority(URI authority) {
    return new EntraToken(
        Organization.checked(authority), tenant, clientId, secret, organization, time);
  }

  /** Sets the clock by which tokens grow old: the machine's by default. */
  public EntraToken time(TimeSource time) {
    return new EntraToken(
        authority, tenant, clientId, secret, organization, Objects.requireNonNull(time, "time"));
  }

  /**
   * Returns a token, which is asked for if there is none that lasts.
   *
   * @throws UncheckedIOException if Entra gives none; the message says what to do
   */
  @Override
  public synchronized String get() {
    Token known = token;
    if (known == null || time.nanoTime() - askedAt >= known.life().minus(MARGIN).toNanos()) {
      known = ask();
    }
    return known.value();
  }

  /** Returns a token in place of one that was refused. */
  synchronized String another() {
    return ask().value();
  }

  private Token ask() {
    try {
      askedAt = time.nanoTime();
      Token fresh =
          new TokenRequest(HttpClient.newHttpClient())
              .ask(authority, tenant, clientId, secret.get(), organization);
      token = fresh;
      return fresh;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Returns the application and the environment; never the secret or a token. */
  @Override
  public String toString() {
    return "EntraToken[" + clientId + " for " + organization.getHost() + "]";
  }
}
