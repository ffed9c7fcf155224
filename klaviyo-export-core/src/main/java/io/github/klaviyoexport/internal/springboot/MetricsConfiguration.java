package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.micrometer.ExportMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The metrics of exports, where the application has Micrometer. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({MeterRegistry.class, ObservationRegistry.class})
public final class MetricsConfiguration {
  MetricsConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnSingleCandidate(MeterRegistry.class)
  ExportMetrics klaviyoExportMetrics(
      MeterRegistry meters, ObjectProvider<ObservationRegistry> observations) {
    ExportMetrics metrics = ExportMetrics.of(meters);
    ObservationRegistry registry = observations.getIfUnique();
    return registry == null ? metrics : metrics.observing(registry);
  }
}
