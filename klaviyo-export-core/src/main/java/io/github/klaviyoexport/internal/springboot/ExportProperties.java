package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.Sending;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the application's properties say under {@code klaviyo.export}. The list for people is {@code
 * docs/spring-boot.md}, that for editors {@code META-INF/spring-configuration-metadata.json}.
 *
 * @param apiKey the private key itself, as it comes from a variable or a vault of the application's
 * @param credentials where the key is kept, such as {@code env:KLAVIYO_API_KEY}
 */
@ConfigurationProperties(ExportProperties.PREFIX)
public record ExportProperties(
    @Nullable String apiKey,
    @Nullable String credentials,
    @Nullable URI baseUrl,
    @Nullable Double share,
    @Nullable Duration requestTimeout,
    @Nullable Long limit,
    @Nullable Sending sending,
    @DefaultValue Permits permits,
    @DefaultValue Journal journal,
    @DefaultValue Memory memory,
    @DefaultValue Saved catalog,
    @DefaultValue Fake fake) {
  /** What all of them begin with. */
  static final String PREFIX = "klaviyo.export";

  /**
   * Permits that processes share.
   *
   * @param account the name under which they find each other
   */
  record Permits(@Nullable String account) {}

  /** Where runs are remembered: in a directory or in the database. */
  record Journal(@Nullable Path directory, @DefaultValue("false") boolean database) {}

  /**
   * Where it is remembered what Klaviyo has confirmed.
   *
   * @param key where the key is kept that seals it
   */
  record Memory(
      @Nullable Path directory, @DefaultValue("false") boolean database, @Nullable String key) {}

  /** The catalog: whether there is one, and where it is kept. */
  record Saved(
      @DefaultValue("false") boolean enabled,
      @Nullable Path directory,
      @DefaultValue("false") boolean database,
      @DefaultValue Scheduler scheduler) {}

  /** What starts the catalog's runs by the clock. */
  record Scheduler(@DefaultValue("true") boolean enabled) {}

  /** The fake account of the testkit. */
  record Fake(@DefaultValue("false") boolean enabled, @DefaultValue("0") int port) {}

  /** Returns that they are there, and no value of them: one is a key. */
  @Override
  public String toString() {
    return "ExportProperties[hidden]";
  }
}
