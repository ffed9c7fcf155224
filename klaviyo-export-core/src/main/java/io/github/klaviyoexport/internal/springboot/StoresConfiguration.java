package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.internal.springboot.ExportProperties.Memory;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.journal.JdbcJournal;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.JdbcMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Where exports are remembered, as properties say. */
@Configuration(proxyBeanMethods = false)
public final class StoresConfiguration {
  StoresConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  @Conditional(OnPlace.OfJournal.class)
  ExportJournal klaviyoExportJournal(
      ExportProperties properties, ObjectProvider<DataSource> databases) {
    ExportProperties.Journal journal = properties.journal();
    return Place.chosen(
        "journal",
        journal.directory(),
        journal.database(),
        directory -> FileJournal.in(Place.made(directory)),
        () -> JdbcJournal.on(Database.of("journal.database", databases)));
  }

  @Bean
  @ConditionalOnMissingBean
  @Conditional(OnPlace.OfMemory.class)
  ExportMemory klaviyoExportMemory(
      ExportProperties properties,
      ObjectProvider<SecretStore> secrets,
      ObjectProvider<DataSource> databases) {
    Memory memory = properties.memory();
    MemoryKey key = key(memory, Secrets.of(secrets));
    return Place.chosen(
        "memory",
        memory.directory(),
        memory.database(),
        directory -> FileMemory.in(Place.made(directory), key),
        () -> JdbcMemory.on(Database.of("memory.database", databases), key));
  }

  private static MemoryKey key(Memory memory, Secrets secrets) {
    String reference = memory.key();
    if (reference == null) {
      throw new UnfitPropertyException(
          "memory.key",
          "is not set, and a memory is sealed with a key.",
          "Have openssl rand -base64 32 make one, keep it where passwords are kept, and set"
              + " klaviyo.export.memory.key to where that is: env:MEMORY_KEY, for example.");
    }
    return Fitting.to("memory.key", () -> MemoryKey.of(secrets.read("memory.key", reference)));
  }
}
