package io.github.klaviyoexport.internal.springboot;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What keeps an application from exporting to Klaviyo that was told to export to a fake, and has
 * none.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("klaviyo.export.fake.enabled")
@ConditionalOnMissingClass(
    "io.github.klaviyoexport.testkit.springboot.FakeKlaviyoAutoConfiguration")
public final class MissingFakeConfiguration {
  MissingFakeConfiguration() {}

  @Bean
  static BeanFactoryPostProcessor klaviyoFakeIsMissing() {
    return beans -> {
      throw new UnfitPropertyException(
          "fake.enabled",
          "is true, but the fake account is not on the class path.",
          "Add io.github.klaviyoexport:klaviyo-export-testkit, of the version of"
              + " klaviyo-export-core; or, to export to Klaviyo, set klaviyo.export.fake.enabled to"
              + " false.");
    };
  }
}
