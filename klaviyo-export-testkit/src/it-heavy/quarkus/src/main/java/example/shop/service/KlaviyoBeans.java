package example.shop.service;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The beans by which the shop exports to Klaviyo. */
@Singleton
class KlaviyoBeans {
  @Produces
  @Singleton
  KlaviyoConnection connection(
      @ConfigProperty(name = "klaviyo.api-key") String key,
      @ConfigProperty(name = "klaviyo.base-url") URI baseUrl) {
    return KlaviyoConnection.of(ApiKey.of(key)).baseUrl(baseUrl);
  }

  @Produces
  @Singleton
  ExportJournal journal(@ConfigProperty(name = "klaviyo.journal") Path directory) {
    return FileJournal.in(directory);
  }

  @Produces
  @Singleton
  SegmentExporter exporter(
      ProfileSource customers, KlaviyoConnection connection, ExportJournal journal) {
    return SegmentExporter.builder()
        .source(customers)
        .klaviyo(connection)
        .journal(journal)
        .mapping(FieldMapping.email("email").firstName("name").property("points"))
        .build();
  }

  /** The container stops: exports get five seconds to end, and ten for Klaviyo's word. */
  void close(@Disposes SegmentExporter exporter) {
    exporter.closeWhenDone(Duration.ofSeconds(5), Duration.ofSeconds(10));
  }
}
