package io.github.klaviyoexport.springboot;

import io.github.klaviyoexport.internal.springboot.ActivityConfiguration;
import io.github.klaviyoexport.internal.springboot.Boot3HealthConfiguration;
import io.github.klaviyoexport.internal.springboot.Boot4HealthConfiguration;
import io.github.klaviyoexport.internal.springboot.CatalogConfiguration;
import io.github.klaviyoexport.internal.springboot.ConnectionConfiguration;
import io.github.klaviyoexport.internal.springboot.EndpointConfiguration;
import io.github.klaviyoexport.internal.springboot.ExportProperties;
import io.github.klaviyoexport.internal.springboot.ExporterConfiguration;
import io.github.klaviyoexport.internal.springboot.MetricsConfiguration;
import io.github.klaviyoexport.internal.springboot.MissingFakeConfiguration;
import io.github.klaviyoexport.internal.springboot.StoresConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/**
 * The auto-configuration of exports in an application of Spring Boot 3.5 or 4.
 *
 * {@snippet class="io.github.klaviyoexport.springboot.SpringBootExamplesTest" region="application"}
 *
 * <p>It makes these beans, each only where the application has none of its type:
 *
 * <ul>
 *   <li>{@link io.github.klaviyoexport.klaviyo.KlaviyoConnection}, where {@code
 *       klaviyo.export.api-key} or {@code klaviyo.export.credentials} is set. It and the catalog's
 *       connections have the permits of a {@link io.github.klaviyoexport.klaviyo.PermitSource}
 *       bean, if there is one.
 *   <li>{@link io.github.klaviyoexport.journal.ExportJournal} and {@link
 *       io.github.klaviyoexport.memory.ExportMemory}, where properties say where they are kept.
 *   <li>{@link io.github.klaviyoexport.SegmentExporter.Builder}, a new one at each injection, for
 *       exporters of the application's own.
 *   <li>{@link io.github.klaviyoexport.SegmentExporter}, where there are a connection, one {@link
 *       io.github.klaviyoexport.source.ProfileSource} and one {@link
 *       io.github.klaviyoexport.profile.FieldMapping}.
 *   <li>{@link io.github.klaviyoexport.catalog.CatalogStore} and {@link
 *       io.github.klaviyoexport.catalog.Catalog}, where {@code klaviyo.export.catalog.enabled} is
 *       true, which takes one source, and a scheduler for it, which starts when the application
 *       has.
 *   <li>{@link io.github.klaviyoexport.micrometer.ExportMetrics}, where there is a meter registry;
 *       a health indicator {@code klaviyo}, which makes no call; and an actuator endpoint {@code
 *       klaviyoexport}.
 * </ul>
 *
 * <p>Every {@link io.github.klaviyoexport.ExportListener} bean hears of all exports, every {@link
 * io.github.klaviyoexport.catalog.CatalogListener} bean of the catalog's runs, and a {@link
 * io.github.klaviyoexport.time.TimeSource} bean is their clock. Where one bean of a type is used
 * and there are several, the application does not start unless one of them is the primary one.
 * Where {@code spring.threads.virtual.enabled} is true, exports run on virtual threads from JDK 21
 * on.
 *
 * <p><b>Shutdown.</b> When the context is closed, first the scheduler stops, then the web server
 * takes its last requests to their end. Then exporters take no more exports, and those that run
 * come to their end or are cancelled, all within {@code
 * spring.lifecycle.timeout-per-shutdown-phase}, while the {@code DataSource} and all other beans
 * are still there. That holds for every {@link io.github.klaviyoexport.SegmentExporter} and {@link
 * io.github.klaviyoexport.catalog.Catalog} bean, also those that the application makes.
 */
@SuppressWarnings("exports")
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
    })
@EnableConfigurationProperties(ExportProperties.class)
@Import({
  MissingFakeConfiguration.class,
  ConnectionConfiguration.class,
  StoresConfiguration.class,
  ActivityConfiguration.class,
  MetricsConfiguration.class,
  ExporterConfiguration.class,
  CatalogConfiguration.class,
  Boot3HealthConfiguration.class,
  Boot4HealthConfiguration.class,
  EndpointConfiguration.class
})
public final class KlaviyoExportAutoConfiguration {
  KlaviyoExportAutoConfiguration() {}
}
