package io.github.klaviyoexport.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.JdbcPermits;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.JdbcMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** An application that cannot start is told what is wrong, in which property, and what to do. */
class FailedStartTest {
  private static final String SEAL = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
  private static final String KEY = "klaviyo.export.api-key=pk_0123456789";

  @TempDir Path directory;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(KlaviyoExportAutoConfiguration.class));

  /** What needs an exporter. */
  record Nightly(SegmentExporter exporter) {}

  /** Returns what Spring Boot prints: what happened, and what to do. */
  private static String printed(ApplicationContextRunner failing) {
    AtomicReference<BeanFactory> beans = new AtomicReference<>();
    AtomicReference<Environment> environment = new AtomicReference<>();
    AtomicReference<@Nullable String> printed = new AtomicReference<>();
    failing
        .withInitializer(
            context -> {
              beans.set(context.getBeanFactory());
              environment.set(context.getEnvironment());
            })
        .run(
            context -> {
              assertThat(context).hasFailed();
              ArgumentResolver arguments =
                  ArgumentResolver.of(BeanFactory.class, beans.get())
                      .and(Environment.class, environment.get());
              List<FailureAnalyzer> analyzers =
                  SpringFactoriesLoader.forDefaultResourceLocation()
                      .load(
                          FailureAnalyzer.class,
                          arguments,
                          FailureHandler.handleMessage((message, failure) -> {}));
              AnnotationAwareOrderComparator.sort(analyzers);
              printed.set(
                  analyzers.stream()
                      .map(analyzer -> analyzer.analyze(context.getStartupFailure()))
                      .filter(Objects::nonNull)
                      .findFirst()
                      .map(FailedStartTest::text)
                      .orElse("nothing"));
            });
    return Objects.requireNonNull(printed.get());
  }

  private static String text(FailureAnalysis analysis) {
    return analysis.getDescription() + "\n" + analysis.getAction();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "klaviyo.export.api-key=  | klaviyo.export.api-key cannot be used. The API key is empty",
        "klaviyo.export.api-key='pk_0123' | klaviyo.export.api-key cannot be used. The API key has a",
        "klaviyo.export.credentials=pk_0123456789 | klaviyo.export.credentials cannot be used.",
        "klaviyo.export.credentials=env:NOT_SET_HERE | klaviyo.export.credentials leads to no secret",
        "klaviyo.export.credentials=vault:x | klaviyo.export.credentials leads to no secret",
        "klaviyo.export.base-url=http://a.klaviyo.com | klaviyo.export.base-url cannot be used.",
        "klaviyo.export.share=1.5 | klaviyo.export.share cannot be used. The share of the quota",
        "klaviyo.export.request-timeout=0s | klaviyo.export.request-timeout cannot be used.",
        "klaviyo.export.limit=0 | klaviyo.export.limit cannot be used.",
        "klaviyo.export.sending=changed-only | Set klaviyo.export.memory.key, and",
        "klaviyo.export.journal.database=true | the application has no DataSource bean",
        "klaviyo.export.permits.account=shop | the application has no DataSource bean",
        "klaviyo.export.memory.directory=memory | klaviyo.export.memory.key is not set",
        "klaviyo.export.catalog.enabled=true | klaviyo.export.catalog.directory is not set, and",
        "klaviyo.export.fake.enabled=true | Add io.github.klaviyoexport:klaviyo-export-testkit",
      })
  void a_value_that_cannot_be_used_is_told_with_its_property(String property, String told) {
    String printed =
        printed(
            runner
                .withPropertyValues(
                    property.contains("credentials") ? new String[0] : new String[] {KEY})
                .withPropertyValues(property)
                .withBean(ProfileSource.class, () -> segment -> ProfileReader.of(List.of()))
                .withBean(FieldMapping.class, () -> FieldMapping.email("email")));

    assertThat(printed).contains(told).doesNotContain("pk_0123");
  }

  @ParameterizedTest
  @CsvSource({
    "base-url=http://shop.example",
    "base-url=https://a.klaviyo.com/api",
    "share=2",
    "request-timeout=0s",
    "limit=0"
  })
  void a_value_that_cannot_be_used_is_told_before_anything_uses_it(String property) {
    String name = "klaviyo.export." + property.split("=")[0];

    assertThat(printed(runner.withPropertyValues("klaviyo.export." + property)))
        .contains(name + " cannot be used.", "Correct " + name + ", or remove it.");
    assertThat(printed(catalog().withPropertyValues("klaviyo.export." + property)))
        .contains(name + " cannot be used.");
  }

  private ApplicationContextRunner catalog() {
    return runner
        .withPropertyValues("klaviyo.export.catalog.enabled=true")
        .withBean(CatalogStore.class, MemoryCatalogStore::create)
        .withBean(ProfileSource.class, () -> segment -> ProfileReader.of(List.of()));
  }

  @Test
  void what_a_customizer_makes_of_a_connection_is_tried_before_the_catalog_uses_it() {
    catalog()
        .withBean(KlaviyoConnectionCustomizer.class, () -> connection -> connection.share(2))
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("The share of the quota must be"));
  }

  @Test
  void a_key_and_where_it_is_kept_are_one_too_many() {
    assertThat(
            printed(
                runner.withPropertyValues(KEY, "klaviyo.export.credentials=env:KLAVIYO_API_KEY")))
        .contains("klaviyo.export.api-key is set, and klaviyo.export.credentials too")
        .doesNotContain("pk_0123");
  }

  /** Secret stores of an application that fail, and what is told of each. */
  static Stream<Arguments> failing_secret_stores() {
    SecretStore throwing =
        place -> {
          throw new IllegalStateException("pk_0123456789 is not to be told");
        };
    SecretStore vanishing =
        place -> {
          throw new IllegalArgumentException("pk_0123456789 is not to be told");
        };
    @SuppressWarnings("NullAway") // What others' code may do all the same.
    SecretStore forgetful = place -> null;
    return Stream.of(
        Arguments.of(throwing, "threw java.lang.IllegalStateException"),
        Arguments.of(vanishing, "threw java.lang.IllegalArgumentException"),
        Arguments.of(forgetful, "gave nothing"));
  }

  @ParameterizedTest
  @MethodSource("failing_secret_stores")
  void a_secret_store_that_fails_is_told_with_the_property_that_it_was_asked_for(
      SecretStore store, String told) {
    String printed =
        printed(
            runner
                .withPropertyValues("klaviyo.export.credentials=vault:klaviyo")
                .withBean(SecretStore.class, () -> store));

    assertThat(printed)
        .contains("klaviyo.export.credentials cannot be read", told)
        .doesNotContain("pk_0123");
  }

  @Test
  void a_journal_is_kept_in_one_place() {
    assertThat(
            printed(
                runner
                    .withBean(DataSource.class, Databases::h2)
                    .withPropertyValues(
                        "klaviyo.export.journal.directory=journal",
                        "klaviyo.export.journal.database=true")))
        .contains("klaviyo.export.journal.directory is set, and")
        .contains("Remove one of them.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"journal", "memory", "catalog"})
  void a_directory_that_cannot_be_used_is_told_with_its_property(String kept) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Path key = Files.writeString(directory.resolve("seal"), SEAL);

    assertThat(
            printed(
                runner
                    .withBean(ProfileSource.class, () -> segment -> ProfileReader.of(List.of()))
                    .withPropertyValues(
                        "klaviyo.export.catalog.enabled=" + kept.equals("catalog"),
                        "klaviyo.export.memory.key=file:" + key,
                        "klaviyo.export." + kept + ".directory=" + file.resolve("below"))))
        .contains("klaviyo.export." + kept + ".directory cannot be used")
        .contains("a directory which this user may read and write");
  }

  @Test
  void of_several_databases_none_is_guessed() {
    assertThat(
            printed(
                runner
                    .withBean("one", DataSource.class, Databases::h2)
                    .withBean("other", DataSource.class, Databases::h2)
                    .withPropertyValues("klaviyo.export.journal.database=true")))
        .contains("DataSource beans, of which none is the primary one: one, other.")
        .contains("Mark one of them as @Primary");
  }

  static Stream<Arguments> usedWhereThereIsOne() {
    return Stream.of(
        Arguments.of(ExportJournal.class, (Supplier<?>) MemoryJournal::create),
        Arguments.of(
            ExportMemory.class,
            (Supplier<?>) () -> JdbcMemory.on(Databases.h2(), MemoryKey.of(SEAL))),
        Arguments.of(SecretStore.class, (Supplier<?>) SecretStore::standard),
        Arguments.of(
            PermitSource.class, (Supplier<?>) () -> JdbcPermits.on(Databases.h2(), "shop")),
        Arguments.of(TimeSource.class, (Supplier<?>) TimeSource::system));
  }

  @ParameterizedTest
  @MethodSource("usedWhereThereIsOne")
  <T> void of_several_beans_none_is_guessed_and_none_left_out_without_a_word(
      Class<T> type, Supplier<T> bean) throws IOException {
    for (ApplicationContextRunner application : List.of(exporting(), catalog())) {
      ApplicationContextRunner one = application.withBean("one", type, bean);

      assertThat(printed(one.withBean("other", type, bean)))
          .contains(
              "several beans of type " + type.getName(),
              "none is the primary one: one, other.",
              "Mark one of them as @Primary");
      one.withBean("other", type, bean, definition -> definition.setPrimary(true))
          .run(context -> assertThat(context).hasNotFailed());
    }
  }

  private ApplicationContextRunner exporting() throws IOException {
    Path key = Files.writeString(directory.resolve("key"), "pk_0123456789");
    return runner
        .withUserConfiguration(Nightly.class)
        .withPropertyValues("klaviyo.export.credentials=file:" + key)
        .withBean(ProfileSource.class, () -> segment -> ProfileReader.of(List.of()))
        .withBean(FieldMapping.class, () -> FieldMapping.email("email"));
  }

  @Test
  void a_catalog_that_is_switched_on_and_has_no_source_or_two_is_told_so() {
    ApplicationContextRunner catalog =
        runner
            .withPropertyValues("klaviyo.export.catalog.enabled=true")
            .withBean(CatalogStore.class, MemoryCatalogStore::create);

    assertThat(printed(catalog))
        .contains("klaviyo.export.catalog.enabled is true, and", "no ProfileSource bean")
        .contains("Define a ProfileSource bean");
    assertThat(
            printed(
                catalog
                    .withBean(
                        "one", ProfileSource.class, () -> segment -> ProfileReader.of(List.of()))
                    .withBean(
                        "other",
                        ProfileSource.class,
                        () -> segment -> ProfileReader.of(List.of()))))
        .contains("several beans of type io.github.klaviyoexport.source.ProfileSource")
        .contains("one, other");
  }

  @Test
  void who_asks_for_an_exporter_is_told_what_it_takes() {
    assertThat(printed(runner.withUserConfiguration(Nightly.class)))
        .contains("a bean of type io.github.klaviyoexport.SegmentExporter")
        .contains("define a ProfileSource bean")
        .contains("define a FieldMapping bean")
        .contains("set klaviyo.export.credentials");
  }

  @Test
  void who_has_two_sources_is_told_to_mark_one() {
    assertThat(
            printed(
                runner
                    .withUserConfiguration(Nightly.class)
                    .withPropertyValues(KEY)
                    .withBean(
                        "one", ProfileSource.class, () -> segment -> ProfileReader.of(List.of()))
                    .withBean(
                        "other", ProfileSource.class, () -> segment -> ProfileReader.of(List.of()))
                    .withBean(FieldMapping.class, () -> FieldMapping.email("email"))))
        .contains("mark one of the 2 ProfileSource beans (one, other) as @Primary")
        .doesNotContain("FieldMapping", "credentials");
  }

  @Test
  void every_advice_ends_as_a_sentence() {
    Stream.of("klaviyo.export.journal.database=true", "klaviyo.export.fake.enabled=true")
        .forEach(
            property -> assertThat(printed(runner.withPropertyValues(property))).endsWith("."));
  }
}
