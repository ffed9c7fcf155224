package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.springboot.KlaviyoConnectionCustomizer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;

/** What properties, permits and customizers say of every way to Klaviyo, beside its credentials. */
final class ConnectionSettings {
  /** What settings are tried on. */
  private static final KlaviyoConnection ANY = KlaviyoConnection.of(ApiKey.of("pk_0123456789"));

  private final ExportProperties properties;
  private final ObjectProvider<PermitSource> permits;
  private final List<KlaviyoConnectionCustomizer> customizers;

  /**
   * Creates the settings.
   *
   * @throws UnfitPropertyException if a property cannot be used
   */
  ConnectionSettings(
      ExportProperties properties,
      ObjectProvider<PermitSource> permits,
      List<KlaviyoConnectionCustomizer> customizers) {
    this.properties = properties;
    this.permits = permits;
    this.customizers = customizers;
    var unused = withProperties(ANY);
  }

  /** Checks all of them, so that what cannot be used is known before a connection is used. */
  void check() {
    var unused = applyTo(ANY);
  }

  KlaviyoConnection applyTo(KlaviyoConnection connection) {
    KlaviyoConnection fitted = withProperties(connection);
    PermitSource shared = permits.getIfAvailable();
    if (shared != null) {
      fitted = fitted.permits(shared);
    }
    for (KlaviyoConnectionCustomizer customizer : customizers) {
      fitted =
          Objects.requireNonNull(
              customizer.customize(fitted),
              () -> customizer.getClass().getName() + " returned no connection");
    }
    return fitted;
  }

  private KlaviyoConnection withProperties(KlaviyoConnection connection) {
    KlaviyoConnection fitted = connection;
    URI baseUrl = properties.baseUrl();
    if (baseUrl != null) {
      KlaviyoConnection before = fitted;
      fitted = Fitting.to("base-url", () -> before.baseUrl(baseUrl));
    }
    Double share = properties.share();
    if (share != null) {
      KlaviyoConnection before = fitted;
      fitted = Fitting.to("share", () -> before.share(share));
    }
    Duration timeout = properties.requestTimeout();
    if (timeout != null) {
      KlaviyoConnection before = fitted;
      fitted = Fitting.to("request-timeout", () -> before.requestTimeout(timeout));
    }
    return fitted;
  }
}
