package io.github.klaviyoexport.internal.springboot;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health of Klaviyo for an application of Spring Boot 4. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
public final class Boot4HealthConfiguration {
  Boot4HealthConfiguration() {}

  @Bean
  @ConditionalOnEnabledHealthIndicator("klaviyo")
  @ConditionalOnMissingBean(name = "klaviyoHealthIndicator")
  HealthIndicator klaviyoHealthIndicator(ExportActivity activity) {
    return () -> {
      Health.Builder health =
          switch (activity.lastWord().standing()) {
            case NOT_ASKED -> Health.unknown();
            case ANSWERS -> Health.up();
            case REFUSES, FAILS -> Health.down();
          };
      return health.withDetails(activity.lastWord().details()).build();
    };
  }
}
