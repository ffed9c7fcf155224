package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.JdbcPermits;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.springboot.KlaviyoConnectionCustomizer;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** The way to Klaviyo that properties describe. */
@Configuration(proxyBeanMethods = false)
public final class ConnectionConfiguration {
  ConnectionConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(PermitSource.class)
  @ConditionalOnProperty("klaviyo.export.permits.account")
  JdbcPermits klaviyoPermits(ExportProperties properties, ObjectProvider<DataSource> databases) {
    DataSource database = Database.of("permits.account", databases);
    return Fitting.to(
        "permits.account",
        () -> JdbcPermits.on(database, Objects.requireNonNull(properties.permits().account())));
  }

  @Bean
  ConnectionSettings klaviyoConnectionSettings(
      ExportProperties properties,
      ObjectProvider<PermitSource> permits,
      ObjectProvider<KlaviyoConnectionCustomizer> customizers) {
    return new ConnectionSettings(properties, permits, customizers.orderedStream().toList());
  }

  @Bean
  @ConditionalOnMissingBean
  @Conditional(OnKlaviyoAccount.class)
  KlaviyoConnection klaviyoConnection(
      ExportProperties properties,
      ConnectionSettings settings,
      ObjectProvider<SecretStore> secrets) {
    return settings.applyTo(KlaviyoConnection.of(key(properties, Secrets.of(secrets))));
  }

  private static ApiKey key(ExportProperties properties, Secrets secrets) {
    String key = properties.apiKey();
    String reference = properties.credentials();
    if (key == null) {
      return Fitting.to(
          "credentials",
          () -> ApiKey.of(secrets.read("credentials", Objects.requireNonNull(reference))));
    }
    if (reference != null) {
      throw new UnfitPropertyException(
          "api-key",
          "is set, and klaviyo.export.credentials too: only one of them can hold the key.",
          "Remove one of them.");
    }
    return Fitting.to("api-key", () -> ApiKey.of(key));
  }
}
