package io.github.klaviyoexport.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.Databases;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the Javadoc and the README show of Spring Boot. */
class SpringBootExamplesTest {
  // @start region="application"
  @Configuration(proxyBeanMethods = false)
  static class LoyaltyConfiguration {
    @Bean
    ProfileSource segments(DataSource database) {
      return JdbcSource.of(database, "select * from customer where segment = :segment");
    }

    @Bean
    FieldMapping mapping() {
      return FieldMapping.email("email").firstName("first_name").property("ltv");
    }

    @Bean
    LoyaltyExport loyaltyExport(SegmentExporter exporter) {
      return new LoyaltyExport(exporter);
    }
  }

  static class LoyaltyExport {
    private final SegmentExporter exporter;

    LoyaltyExport(SegmentExporter exporter) {
      this.exporter = exporter;
    }

    ExportReport vips() {
      return exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
    }
  }

  // @end

  @Configuration(proxyBeanMethods = false)
  static class CustomizedConfiguration {
    // @start region="customizer"
    @Bean
    SegmentExporterCustomizer careful() {
      return exporter -> exporter.maxLeavers(0.1).deadline(Duration.ofHours(2));
    }

    // @end
    // @start region="catalog"
    @Bean
    CatalogCustomizer patient() {
      return catalog -> catalog.attempts(5, Duration.ofMinutes(10));
    }

    // @end
    // @start region="connection"
    @Bean
    KlaviyoConnectionCustomizer throughTheProxy() {
      HttpClient client =
          HttpClient.newBuilder()
              .proxy(ProxySelector.of(InetSocketAddress.createUnresolved("proxy.example", 3128)))
              .build();
      return connection -> connection.httpClient(client);
    }
    // @end
  }

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(KlaviyoExportAutoConfiguration.class))
          .withBean(DataSource.class, Databases::h2)
          .withPropertyValues(
              "klaviyo.export.api-key=pk_0123456789", "klaviyo.export.journal.database=true");

  @Test
  void an_application_brings_a_source_and_a_mapping_and_gets_an_exporter() {
    runner
        .withUserConfiguration(LoyaltyConfiguration.class)
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(SegmentExporter.class));
  }

  @Test
  void what_no_property_says_customizers_say() {
    runner
        .withUserConfiguration(LoyaltyConfiguration.class, CustomizedConfiguration.class)
        .withPropertyValues(
            "klaviyo.export.catalog.enabled=true", "klaviyo.export.catalog.database=true")
        .run(
            context -> {
              assertThat(context).hasNotFailed().hasSingleBean(Catalog.class);
              assertThat(context.getBean(KlaviyoConnection.class).httpClient()).isNotNull();
            });
  }
}
