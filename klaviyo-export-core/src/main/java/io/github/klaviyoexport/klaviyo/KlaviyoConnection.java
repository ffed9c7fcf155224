package io.github.klaviyoexport.klaviyo;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A way to a Klaviyo account: its credentials, its address, and how much of its quota to use.
 *
 * {@snippet class="io.github.klaviyoexport.klaviyo.KlaviyoExamplesTest" region="connection"}
 *
 * <p>A connection is a value: making one opens nothing and checks nothing at Klaviyo. Every method
 * returns a new one. {@link #toString()} shows the host and nothing secret.
 */
public final class KlaviyoConnection {
  private static final URI KLAVIYO = URI.create("https://a.klaviyo.com");
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(120);

  private final Credentials credentials;
  private final URI baseUrl;
  private final @Nullable HttpClient httpClient;
  private final @Nullable KlaviyoTransport transport;
  private final Duration requestTimeout;
  private final double share;
  private final boolean paced;
  private final @Nullable PermitSource permits;

  private KlaviyoConnection(
      Credentials credentials,
      URI baseUrl,
      @Nullable HttpClient httpClient,
      @Nullable KlaviyoTransport transport,
      Duration requestTimeout,
      double share,
      boolean paced,
      @Nullable PermitSource permits) {
    this.credentials = credentials;
    this.baseUrl = baseUrl;
    this.httpClient = httpClient;
    this.transport = transport;
    this.requestTimeout = requestTimeout;
    this.share = share;
    this.paced = paced;
    this.permits = permits;
  }

  /** Returns a connection with a private API key. */
  public static KlaviyoConnection of(ApiKey key) {
    Objects.requireNonNull(key, "key");
    String header = "Klaviyo-API-Key " + key.value();
    return connection(new Credentials(() -> header, header, false));
  }

  /**
   * Returns a connection with OAuth access tokens.
   *
   * <p>The supplier is asked for a token before each call, and once more after Klaviyo answers 401;
   * it should return a cached token while that is good, and refresh it when asked again. It may be
   * called from any thread that exports, which waits for it without a limit: it should have one of
   * its own. White space and other invisible characters around a token are no part of it. What it
   * throws ends an export with {@code UNAVAILABLE}, and what it returns that can be no token with
   * {@code UNAUTHORIZED}.
   *
   * <p>Exports that are to share one quota must share one supplier: it is what tells accounts
   * apart.
   */
  public static KlaviyoConnection oauth(Supplier<String> accessToken) {
    Objects.requireNonNull(accessToken, "accessToken");
    return connection(
        new Credentials(
            () -> "Bearer " + ApiKey.token(accessToken.get()).value(), accessToken, true));
  }

  private static KlaviyoConnection connection(Credentials credentials) {
    return new KlaviyoConnection(
        credentials, KLAVIYO, null, null, DEFAULT_TIMEOUT, 1.0, true, null);
  }

  /**
   * Returns a connection to another base URL than {@code https://a.klaviyo.com}: a fake, or a
   * gateway of your own.
   *
   * @throws IllegalArgumentException if the URL is neither https nor http on the loopback
   *     interface, or has a path, a query or user information: a key must not travel in the clear
   */
  public KlaviyoConnection baseUrl(URI baseUrl) {
    String scheme = baseUrl.getScheme() == null ? "" : baseUrl.getScheme().toLowerCase(Locale.ROOT);
    String host = baseUrl.getHost();
    if (host == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new IllegalArgumentException(
          "The base URL must be https with a host, such as https://a.klaviyo.com.");
    }
    if (scheme.equals("http") && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "The base URL uses http to "
              + host
              + ", so the key and personal data would travel in the clear: use https. Plain http is"
              + " taken on the loopback interface only (localhost, 127.0.0.1, [::1]).");
    }
    boolean bare = baseUrl.getRawPath() == null || baseUrl.getRawPath().matches("/?");
    if (!bare || baseUrl.getRawQuery() != null || baseUrl.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "The base URL must be scheme, host and port only: without path, query or user.");
    }
    URI origin = URI.create(scheme + "://" + baseUrl.getRawAuthority());
    return new KlaviyoConnection(
        credentials, origin, httpClient, transport, requestTimeout, share, paced, permits);
  }

  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
        || host.equals("[::1]");
  }

  /**
   * Returns a connection over your own HTTP client, which brings its proxy, TLS settings and
   * executor.
   *
   * <p>It stays yours to close. It must not follow redirects, which on some JDKs would hand the key
   * to another host.
   *
   * @throws IllegalArgumentException if it follows redirects
   */
  public KlaviyoConnection httpClient(HttpClient client) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException(
          "The HTTP client follows redirects, which could hand the key to another host: build it"
              + " with followRedirects(HttpClient.Redirect.NEVER).");
    }
    return new KlaviyoConnection(
        credentials, baseUrl, client, transport, requestTimeout, share, paced, permits);
  }

  /**
   * Returns a connection over your own transport instead of HTTP: a fake in process, for example.
   */
  public KlaviyoConnection transport(KlaviyoTransport transport) {
    return new KlaviyoConnection(
        credentials,
        baseUrl,
        httpClient,
        Objects.requireNonNull(transport, "transport"),
        requestTimeout,
        share,
        paced,
        permits);
  }

  /**
   * Sets how long one exchange may take from its start to the last byte of the response: 120
   * seconds by default, which is longer than Klaviyo's edge lets a request run.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public KlaviyoConnection requestTimeout(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("The request timeout must be longer than zero.");
    }
    return new KlaviyoConnection(
        credentials, baseUrl, httpClient, transport, timeout, share, paced, permits);
  }

  /**
   * Sets the share of the account's quota to use, so that other tools keep the rest: 1 by default.
   *
   * @param share more than 0, at most 1
   * @throws IllegalArgumentException if it is outside that range
   */
  public KlaviyoConnection share(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The share of the quota must be more than 0 and at most 1, for example 0.5; it is "
              + share
              + ".");
    }
    return new KlaviyoConnection(
        credentials, baseUrl, httpClient, transport, requestTimeout, share, paced, permits);
  }

  /**
   * Returns a connection whose calls also need permits of a source that the account's processes
   * share, so that together they keep its quota: {@link JdbcPermits}, for example. {@link #share}
   * is then the part of the quota for all of them together.
   *
   * <p>Give all connections to the account the same source.
   */
  public KlaviyoConnection permits(PermitSource source) {
    return new KlaviyoConnection(
        credentials,
        baseUrl,
        httpClient,
        transport,
        requestTimeout,
        share,
        paced,
        Objects.requireNonNull(source, "source"));
  }

  /**
   * Returns a connection that sends without regard to Klaviyo's quotas: for measuring against a
   * server that has none. A server that answers 429 is still obeyed.
   */
  public KlaviyoConnection unpaced() {
    return new KlaviyoConnection(
        credentials, baseUrl, httpClient, transport, requestTimeout, share, false, permits);
  }

  /** Returns the credentials. */
  public Credentials credentials() {
    return credentials;
  }

  /** Returns the base URL: scheme, host and port. */
  public URI baseUrl() {
    return baseUrl;
  }

  /** Returns the caller's own HTTP client; {@code null} if there is none. */
  public @Nullable HttpClient httpClient() {
    return httpClient;
  }

  /** Returns the caller's own transport; {@code null} if there is none. */
  public @Nullable KlaviyoTransport transport() {
    return transport;
  }

  /** Returns how long one exchange may take. */
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /** Returns the share of the quota to use. */
  public double share() {
    return share;
  }

  /** Returns whether calls keep to Klaviyo's quotas. */
  public boolean paced() {
    return paced;
  }

  /** Returns the source of permits that its processes share; {@code null} if there is none. */
  public @Nullable PermitSource permits() {
    return permits;
  }

  /** Returns the host; nothing secret. */
  @Override
  public String toString() {
    return "KlaviyoConnection[" + baseUrl.getRawAuthority() + "]";
  }
}
