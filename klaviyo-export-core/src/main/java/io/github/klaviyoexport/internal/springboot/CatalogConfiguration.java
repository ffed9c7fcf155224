package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.JdbcCatalogStore;
import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.internal.springboot.ExportProperties.Saved;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.springboot.CatalogCustomizer;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The catalog, where properties switch it on, and what starts its runs. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("klaviyo.export.catalog.enabled")
public final class CatalogConfiguration {
  CatalogConfiguration() {}

  @Bean
  @ConditionalOnMissingBean({CatalogStore.class, Catalog.class})
  CatalogStore klaviyoCatalogStore(
      ExportProperties properties, ObjectProvider<DataSource> databases) {
    Saved catalog = properties.catalog();
    return Place.chosen(
        "catalog",
        catalog.directory(),
        catalog.database(),
        CatalogConfiguration::inDirectory,
        () -> JdbcCatalogStore.on(Database.of("catalog.database", databases)));
  }

  private static CatalogStore inDirectory(Path directory) throws IOException {
    CatalogStore store = FileCatalogStore.in(directory);
    Place.requireWritable(directory);
    return store;
  }

  @Bean
  @ConditionalOnMissingBean
  Catalog klaviyoCatalog(
      CatalogStore store,
      ObjectProvider<ProfileSource> sources,
      ConnectionSettings connections,
      Environment environment,
      ExportActivity activity,
      ObjectProvider<SecretStore> secrets,
      ObjectProvider<ExportJournal> journal,
      ObjectProvider<ExportMemory> memory,
      ObjectProvider<TimeSource> time,
      ObjectProvider<ExportListener> exportListeners,
      ObjectProvider<CatalogListener> listeners,
      ObjectProvider<CatalogCustomizer> customizers) {
    connections.check();
    Catalog.Builder builder =
        Catalog.builder()
            .store(store)
            .source(source(sources))
            .klaviyo(connections::applyTo)
            .secrets(Secrets.of(secrets).store());
    journal.ifAvailable(builder::journal);
    memory.ifAvailable(builder::memory);
    time.ifAvailable(builder::time);
    ExportThreads.ofCatalog(environment).ifPresent(builder::executor);
    activity.listeners().forEach(listener -> builder.exportListener(run -> listener));
    exportListeners
        .orderedStream()
        .map(SharedListener::of)
        .forEach(listener -> builder.exportListener(run -> listener));
    listeners.orderedStream().forEach(builder::listener);
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    return builder.build();
  }

  private static ProfileSource source(ObjectProvider<ProfileSource> sources) {
    ProfileSource source = sources.getIfAvailable();
    if (source == null) {
      throw new UnfitPropertyException(
          "catalog.enabled",
          "is true, and the application has no ProfileSource bean to export from.",
          "Define a ProfileSource bean, the place profiles come from; or remove"
              + " klaviyo.export.catalog.enabled.");
    }
    return source;
  }

  @Bean
  @ConditionalOnBooleanProperty(
      name = "klaviyo.export.catalog.scheduler.enabled",
      matchIfMissing = true)
  @ConditionalOnMissingBean(CatalogScheduler.class)
  ScheduledCatalog klaviyoScheduledCatalog(Catalog catalog) {
    return new ScheduledCatalog(catalog);
  }
}
