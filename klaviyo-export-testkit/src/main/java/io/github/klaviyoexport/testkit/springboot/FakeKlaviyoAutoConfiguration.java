package io.github.klaviyoexport.testkit.springboot;

import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.springboot.CatalogCustomizer;
import io.github.klaviyoexport.springboot.KlaviyoExportAutoConfiguration;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.time.TimeSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * The auto-configuration that puts a fake account in place of Klaviyo, where {@code
 * klaviyo.export.fake.enabled} is true.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.springboot.FakeInPlaceTest" region="fake"}
 *
 * <p>Every {@link KlaviyoConnection} bean leads to it, also one that the application makes, and so
 * does every connection of the catalog, whatever its credentials: nothing goes to Klaviyo. The
 * account is a {@link FakeKlaviyo} bean, unless the application has one; {@link
 * FakeKlaviyoCustomizer} beans fit it out, and it lives by a {@link TimeSource} bean, if there is
 * one. It listens on {@code klaviyo.export.fake.port}, or on a port that is free; the address of
 * its page is logged.
 */
@AutoConfiguration(before = KlaviyoExportAutoConfiguration.class)
@ConditionalOnBooleanProperty("klaviyo.export.fake.enabled")
public final class FakeKlaviyoAutoConfiguration {
  private static final System.Logger LOG =
      System.getLogger("io.github.klaviyoexport.testkit.springboot");

  FakeKlaviyoAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  FakeKlaviyo fakeKlaviyo(
      Environment environment,
      ObjectProvider<TimeSource> time,
      ObjectProvider<FakeKlaviyoCustomizer> customizers) {
    FakeKlaviyoBuilder account =
        FakeKlaviyo.builder()
            .port(
                Binder.get(environment).bind("klaviyo.export.fake.port", Integer.class).orElse(0));
    time.ifAvailable(account::time);
    customizers.orderedStream().forEach(customizer -> customizer.customize(account));
    FakeKlaviyo klaviyo = account.start();
    LOG.log(
        System.Logger.Level.WARNING,
        "A fake account stands in place of Klaviyo (klaviyo.export.fake.enabled): open {0} to watch"
            + " it.",
        klaviyo.baseUrl());
    return klaviyo;
  }

  @Bean
  @ConditionalOnMissingBean
  KlaviyoConnection klaviyoConnection(FakeKlaviyo klaviyo) {
    return klaviyo.httpConnection();
  }

  /** Replaces the connections that the application makes. */
  @Bean
  static BeanPostProcessor fakeKlaviyoConnections(ObjectProvider<FakeKlaviyo> klaviyo) {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof KlaviyoConnection ? klaviyo.getObject().httpConnection() : bean;
      }
    };
  }

  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  CatalogCustomizer fakeKlaviyoCatalog(FakeKlaviyo klaviyo) {
    return catalog ->
        catalog
            .klaviyo(connection -> klaviyo.httpConnection())
            .secrets(reference -> klaviyo.apiKey().value());
  }
}
