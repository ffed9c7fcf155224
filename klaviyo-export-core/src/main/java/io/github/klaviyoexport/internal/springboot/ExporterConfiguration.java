package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.springboot.SegmentExporterCustomizer;
import io.github.klaviyoexport.time.TimeSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;

/** Exporters, and how they end with the application. */
@Configuration(proxyBeanMethods = false)
public final class ExporterConfiguration {
  private final @Nullable Long limit;

  /**
   * Creates the configuration.
   *
   * @throws UnfitPropertyException if the limit cannot be used
   */
  ExporterConfiguration(ExportProperties properties) {
    Long most = properties.limit();
    if (most != null) {
      Fitting.to("limit", () -> SegmentExporter.builder().limit(most));
    }
    this.limit = most;
  }

  @Bean
  @Scope("prototype")
  @ConditionalOnMissingBean
  SegmentExporter.Builder klaviyoSegmentExporterBuilder(
      ExportProperties properties,
      Environment environment,
      ExportActivity activity,
      ObjectProvider<ProfileSource> source,
      ObjectProvider<FieldMapping> mapping,
      ObjectProvider<KlaviyoConnection> connection,
      ObjectProvider<ExportJournal> journal,
      ObjectProvider<ExportMemory> memory,
      ObjectProvider<TimeSource> time,
      ObjectProvider<ExportListener> listeners,
      ObjectProvider<SegmentExporterCustomizer> customizers) {
    SegmentExporter.Builder builder = SegmentExporter.builder();
    source.ifUnique(builder::source);
    mapping.ifUnique(builder::mapping);
    connection.ifUnique(builder::klaviyo);
    journal.ifAvailable(builder::journal);
    memory.ifAvailable(builder::memory);
    time.ifAvailable(builder::time);
    ExportThreads.ofExporter(environment).ifPresent(builder::executor);
    if (limit != null) {
      builder.limit(limit);
    }
    Sending sending = properties.sending();
    if (sending != null) {
      builder.sending(sending(sending, memory));
    }
    activity.listeners().forEach(builder::listener);
    listeners.orderedStream().forEach(builder::listener);
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    return builder;
  }

  private static Sending sending(Sending which, ObjectProvider<ExportMemory> memory) {
    if (which == Sending.CHANGED_ONLY && memory.getIfAvailable() == null) {
      throw new UnfitPropertyException(
          "sending",
          "is changed-only, and there is no memory that knows what has changed.",
          "Set klaviyo.export.memory.key, and klaviyo.export.memory.directory or"
              + " klaviyo.export.memory.database=true; or define an ExportMemory bean.");
    }
    return which;
  }

  @Bean
  GracefulClose klaviyoGracefulClose(
      ConfigurableListableBeanFactory beans, Environment environment) {
    return new GracefulClose(beans, environment);
  }

  /** Exporters of an application with one source. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnSingleCandidate(ProfileSource.class)
  static final class OneSourceConfiguration {
    /** The exporter of an application with one mapping, too. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnSingleCandidate(FieldMapping.class)
    static final class OneMappingConfiguration {
      @Bean
      @ConditionalOnMissingBean
      @ConditionalOnSingleCandidate(KlaviyoConnection.class)
      SegmentExporter klaviyoSegmentExporter(SegmentExporter.Builder builder) {
        return builder.build();
      }
    }
  }
}
