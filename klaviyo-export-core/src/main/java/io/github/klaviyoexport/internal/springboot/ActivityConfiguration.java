package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.time.TimeSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is known of the application's exports while it runs. */
@Configuration(proxyBeanMethods = false)
public final class ActivityConfiguration {
  ActivityConfiguration() {}

  @Bean
  ExportActivity klaviyoExportActivity(ObjectProvider<TimeSource> time) {
    return new ExportActivity(time.getIfAvailable(TimeSource::system));
  }
}
