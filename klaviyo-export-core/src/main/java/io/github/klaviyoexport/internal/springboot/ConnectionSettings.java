package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.springboot.KlaviyoConnectionCustomizer;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** What properties and customizers say of every way to Klaviyo, beside its credentials. */
final class ConnectionSettings {
  private final ExportProperties properties;
  private final List<KlaviyoConnectionCustomizer> customizers;

  ConnectionSettings(ExportProperties properties, List<KlaviyoConnectionCustomizer> customizers) {
    this.properties = properties;
    this.customizers = customizers;
  }

  KlaviyoConnection applyTo(KlaviyoConnection connection) {
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
    for (KlaviyoConnectionCustomizer customizer : customizers) {
      fitted = customizer.customize(fitted);
    }
    return fitted;
  }
}
