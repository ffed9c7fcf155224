package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.catalog.Catalog;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The actuator endpoint of exports, where it is exposed. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
public final class EndpointConfiguration {
  EndpointConfiguration() {}

  @Bean
  @ConditionalOnAvailableEndpoint
  @ConditionalOnMissingBean
  ExportsEndpoint klaviyoExportsEndpoint(ExportActivity activity, ObjectProvider<Catalog> catalog) {
    return new ExportsEndpoint(activity, catalog.getIfUnique());
  }
}
