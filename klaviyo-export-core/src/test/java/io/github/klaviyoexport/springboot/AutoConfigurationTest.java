package io.github.klaviyoexport.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.JdbcCatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.journal.JdbcJournal;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.JdbcPermits;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.JdbcMemory;
import io.github.klaviyoexport.micrometer.ExportMetrics;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.Databases;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the auto-configuration makes of properties and beans, and where it backs off. */
class AutoConfigurationTest {
  private static final String KEY = "klaviyo.export.api-key=pk_0123456789";
  private static final ProfileSource SOURCE = segment -> ProfileReader.of(List.of());
  private static final FieldMapping MAPPING = FieldMapping.email("email");

  @TempDir Path directory;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(KlaviyoExportAutoConfiguration.class));

  private final ApplicationContextRunner exporting =
      runner
          .withBean(ProfileSource.class, () -> SOURCE)
          .withBean(FieldMapping.class, () -> MAPPING)
          .withPropertyValues(KEY);

  private static KlaviyoConnection connection(AssertableApplicationContext context) {
    return context.getBean(KlaviyoConnection.class);
  }

  // The connection

  @Test
  void an_application_that_sets_nothing_gets_nothing_and_starts() {
    runner.run(
        context ->
            assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(KlaviyoConnection.class)
                .doesNotHaveBean(SegmentExporter.class)
                .doesNotHaveBean(ExportJournal.class)
                .doesNotHaveBean(ExportMemory.class)
                .doesNotHaveBean(Catalog.class)
                .doesNotHaveBean(CatalogStore.class));
  }

  @Test
  void a_key_makes_a_connection() {
    runner
        .withPropertyValues(KEY)
        .run(
            context ->
                assertThat(connection(context).credentials())
                    .isEqualTo(KlaviyoConnection.of(ApiKey.of("pk_0123456789")).credentials()));
  }

  @Test
  void credentials_say_where_the_key_is_kept() throws Exception {
    Path file = Files.writeString(directory.resolve("key"), "pk_of_the_file\n");

    runner
        .withPropertyValues("klaviyo.export.credentials=file:" + file)
        .run(
            context ->
                assertThat(connection(context).credentials())
                    .isEqualTo(KlaviyoConnection.of(ApiKey.of("pk_of_the_file")).credentials()));
  }

  @Test
  void a_secret_store_of_the_applications_reads_what_only_it_knows() {
    runner
        .withBean(
            SecretStore.class,
            () -> SecretStore.standard().with("vault", place -> "pk_of_the_vault"))
        .withPropertyValues("klaviyo.export.credentials=vault:marketing")
        .run(
            context ->
                assertThat(connection(context).credentials())
                    .isEqualTo(KlaviyoConnection.of(ApiKey.of("pk_of_the_vault")).credentials()));
  }

  @Test
  void address_share_and_timeout_are_those_that_are_set() {
    runner
        .withPropertyValues(
            KEY,
            "klaviyo.export.base-url=https://gateway.example",
            "klaviyo.export.share=0.5",
            "klaviyo.export.request-timeout=90s")
        .run(
            context -> {
              assertThat(connection(context).baseUrl()).hasHost("gateway.example");
              assertThat(connection(context).share()).isEqualTo(0.5);
              assertThat(connection(context).requestTimeout()).isEqualTo(Duration.ofSeconds(90));
              assertThat(connection(context).permits()).isNull();
            });
  }

  @Test
  void an_account_that_processes_share_has_its_permits_in_the_database() {
    runner
        .withBean(DataSource.class, Databases::h2)
        .withPropertyValues(KEY, "klaviyo.export.permits.account=shop-eu")
        .run(
            context ->
                assertThat(connection(context).permits())
                    .isInstanceOf(JdbcPermits.class)
                    .isSameAs(context.getBean(PermitSource.class)));
  }

  @Test
  void a_connection_of_the_applications_stays_the_only_one() {
    KlaviyoConnection own = KlaviyoConnection.oauth(() -> "token");

    exporting
        .withBean(KlaviyoConnection.class, () -> own)
        .run(
            context -> {
              assertThat(connection(context)).isSameAs(own);
              assertThat(context).hasSingleBean(SegmentExporter.class);
            });
  }

  @Test
  void permits_hold_for_connections_of_the_catalog_as_well() {
    List<String> asked = new CopyOnWriteArrayList<>();
    PermitSource permits =
        new PermitSource() {
          @Override
          public Permit ask(String operation, List<Window> windows) {
            asked.add(operation);
            return Permit.given(1);
          }

          @Override
          public void answered(String operation, long permit) {}

          @Override
          public void close(String operation, Duration wait) {}
        };
    KlaviyoResponse refusal = KlaviyoResponse.of(401, Map.of(), new byte[0]);
    runner
        .withBean(ProfileSource.class, () -> SOURCE)
        .withBean(PermitSource.class, () -> permits)
        .withBean(SecretStore.class, () -> place -> "pk_0123456789")
        .withBean(CatalogStore.class, MemoryCatalogStore::create)
        .withBean(
            KlaviyoConnectionCustomizer.class,
            () ->
                connection ->
                    connection.transport(request -> CompletableFuture.completedFuture(refusal)))
        .withPropertyValues("klaviyo.export.catalog.enabled=true")
        .run(
            context -> {
              Catalog catalog = context.getBean(Catalog.class);
              Actor kim = Actor.administrator("kim");
              String id = catalog.add(kim, ConnectionDefinition.apiKey("EU", "vault:eu")).id();
              catalog.accept(kim, id);

              assertThatThrownBy(() -> catalog.connect(kim, id))
                  .isInstanceOf(CatalogException.class);

              assertThat(asked).isNotEmpty();
            });
  }

  // Journal and memory

  @Test
  void a_journal_is_kept_in_a_directory_or_in_the_database() {
    runner
        .withPropertyValues("klaviyo.export.journal.directory=" + directory)
        .run(
            context ->
                assertThat(context.getBean(ExportJournal.class)).isInstanceOf(FileJournal.class));
    runner
        .withBean(DataSource.class, Databases::h2)
        .withPropertyValues("klaviyo.export.journal.database=true")
        .run(
            context ->
                assertThat(context.getBean(ExportJournal.class)).isInstanceOf(JdbcJournal.class));
    runner
        .withPropertyValues("klaviyo.export.journal.database=false")
        .run(context -> assertThat(context).doesNotHaveBean(ExportJournal.class));
  }

  @Test
  void a_memory_is_kept_in_a_directory_or_in_the_database_and_sealed() throws Exception {
    Path key =
        Files.writeString(directory.resolve("key"), "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");

    runner
        .withPropertyValues(
            "klaviyo.export.memory.directory=" + directory, "klaviyo.export.memory.key=file:" + key)
        .run(
            context ->
                assertThat(context.getBean(ExportMemory.class)).isInstanceOf(FileMemory.class));
    runner
        .withBean(DataSource.class, Databases::h2)
        .withPropertyValues(
            "klaviyo.export.memory.database=true", "klaviyo.export.memory.key=file:" + key)
        .run(
            context ->
                assertThat(context.getBean(ExportMemory.class)).isInstanceOf(JdbcMemory.class));
  }

  @Test
  void a_journal_of_the_applications_stays_the_only_one() {
    MemoryJournal own = MemoryJournal.create();

    runner
        .withBean(ExportJournal.class, () -> own)
        .withPropertyValues("klaviyo.export.journal.directory=" + directory)
        .run(context -> assertThat(context.getBean(ExportJournal.class)).isSameAs(own));
  }

  // Exporters

  @Test
  void an_exporter_takes_a_source_a_mapping_and_an_account() {
    exporting.run(context -> assertThat(context).hasSingleBean(SegmentExporter.class));
    runner
        .withPropertyValues(KEY)
        .withBean(ProfileSource.class, () -> SOURCE)
        .run(context -> assertThat(context).doesNotHaveBean(SegmentExporter.class));
    runner
        .withBean(ProfileSource.class, () -> SOURCE)
        .withBean(FieldMapping.class, () -> MAPPING)
        .run(context -> assertThat(context).doesNotHaveBean(SegmentExporter.class));
  }

  @Test
  void of_several_sources_none_is_guessed() {
    exporting
        .withBean("another", ProfileSource.class, () -> SOURCE)
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SegmentExporter.class));
  }

  @Test
  void each_injection_of_a_builder_gets_a_new_one_for_an_exporter_of_its_own() {
    exporting.run(
        context -> {
          SegmentExporter.Builder builder = context.getBean(SegmentExporter.Builder.class);

          assertThat(builder).isNotSameAs(context.getBean(SegmentExporter.Builder.class));
          assertThatCode(() -> builder.build().close()).doesNotThrowAnyException();
        });
  }

  @Test
  void an_exporter_of_the_applications_stays_the_only_one() {
    SegmentExporter own =
        SegmentExporter.builder()
            .source(SOURCE)
            .mapping(MAPPING)
            .klaviyo(KlaviyoConnection.oauth(() -> "token"))
            .build();

    exporting
        .withBean(SegmentExporter.class, () -> own)
        .run(context -> assertThat(context.getBean(SegmentExporter.class)).isSameAs(own));
  }

  @Test
  void an_application_that_asks_for_the_only_listener_gets_its_own() {
    ExportListener own = new ExportListener() {};

    exporting
        .withBean(ExportListener.class, () -> own)
        .run(context -> assertThat(context.getBean(ExportListener.class)).isSameAs(own));
  }

  // The catalog

  @Test
  void a_catalog_is_there_when_it_is_switched_on_and_is_kept_where_properties_say() {
    exporting
        .withPropertyValues(
            "klaviyo.export.catalog.enabled=true", "klaviyo.export.catalog.directory=" + directory)
        .run(
            context -> {
              assertThat(context).hasSingleBean(Catalog.class);
              assertThat(context.getBean(CatalogStore.class)).isInstanceOf(FileCatalogStore.class);
              assertThat(schedulers()).isEqualTo(1);
            });
    assertThat(schedulers()).as("after the end").isZero();
    exporting
        .withBean(DataSource.class, Databases::h2)
        .withPropertyValues(
            "klaviyo.export.catalog.enabled=true",
            "klaviyo.export.catalog.database=true",
            "klaviyo.export.catalog.scheduler.enabled=false")
        .run(
            context -> {
              assertThat(context).hasSingleBean(Catalog.class);
              assertThat(context.getBean(CatalogStore.class)).isInstanceOf(JdbcCatalogStore.class);
              assertThat(schedulers()).isZero();
            });
  }

  private static long schedulers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("klaviyo-catalog-scheduler"))
        .count();
  }

  @Test
  void store_catalog_and_scheduler_of_the_applications_stay_the_only_ones() {
    MemoryCatalogStore store = MemoryCatalogStore.create();
    Catalog own = Catalog.builder().store(store).source(SOURCE).build();
    ApplicationContextRunner catalog =
        exporting.withPropertyValues("klaviyo.export.catalog.enabled=true");

    catalog
        .withBean(CatalogStore.class, () -> store)
        .run(context -> assertThat(context.getBean(CatalogStore.class)).isSameAs(store));
    catalog
        .withBean(Catalog.class, () -> own)
        .withBean(CatalogScheduler.class, () -> CatalogScheduler.start(own))
        .run(
            context -> {
              assertThat(context.getBean(Catalog.class)).isSameAs(own);
              assertThat(context).doesNotHaveBean(CatalogStore.class);
              assertThat(schedulers()).isEqualTo(1);
            });
  }

  // What is optional

  @Test
  void metrics_are_there_where_there_is_a_registry() {
    exporting.run(context -> assertThat(context).doesNotHaveBean(ExportMetrics.class));
    exporting
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              assertThat(context).hasSingleBean(ExportMetrics.class);
              assertThat(
                      context
                          .getBean(MeterRegistry.class)
                          .find("klaviyo.export.runs.active")
                          .gauge())
                  .isNotNull();
            });
  }

  @Test
  void each_generation_of_spring_boot_has_its_health_and_none_without_an_actuator() {
    String three = "org.springframework.boot.actuate.health";
    String four = "org.springframework.boot.health";

    exporting
        .withClassLoader(new FilteredClassLoader(four))
        .run(
            context ->
                assertThat(indicators(context)).singleElement().asString().contains("Boot3"));
    exporting
        .withClassLoader(new FilteredClassLoader(three))
        .run(
            context ->
                assertThat(indicators(context)).singleElement().asString().contains("Boot4"));
    exporting
        .withClassLoader(new FilteredClassLoader(three, four))
        .run(context -> assertThat(indicators(context)).isEmpty());
    exporting
        .withClassLoader(new FilteredClassLoader(four))
        .withPropertyValues("management.health.klaviyo.enabled=false")
        .run(context -> assertThat(indicators(context)).isEmpty());
  }

  private static List<Object> indicators(AssertableApplicationContext context) {
    return context.containsBean("klaviyoHealthIndicator")
        ? List.of(context.getBean("klaviyoHealthIndicator"))
        : List.of();
  }

  @Test
  void the_endpoint_is_there_where_it_is_exposed() {
    exporting.run(context -> assertThat(context.getBeansWithAnnotation(Endpoint.class)).isEmpty());
    exporting
        .withPropertyValues("management.endpoints.web.exposure.include=klaviyoexport")
        .run(context -> assertThat(context.getBeansWithAnnotation(Endpoint.class)).hasSize(1));
  }

  @Test
  void an_application_without_actuator_micrometer_and_database_has_its_exporter() {
    exporting
        .withClassLoader(
            new FilteredClassLoader(
                "io.micrometer.core",
                "org.springframework.boot.actuate",
                "org.springframework.boot.health",
                "org.h2",
                "de.siegmar"))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(SegmentExporter.class));
  }

  @Test
  void the_library_says_itself_that_it_has_an_auto_configuration() throws Exception {
    Supplier<List<String>> named =
        () -> {
          try {
            return Files.readAllLines(
                Path.of(
                    "src/main/resources/META-INF/spring",
                    "org.springframework.boot.autoconfigure.AutoConfiguration.imports"));
          } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
          }
        };
    assertThat(named.get()).containsExactly(KlaviyoExportAutoConfiguration.class.getName());
  }
}
