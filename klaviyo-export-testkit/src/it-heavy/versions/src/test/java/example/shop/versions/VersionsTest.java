package example.shop.versions;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.micrometer.ExportMetrics;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import io.github.klaviyoexport.testkit.junit.KlaviyoExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports with libraries in the versions that a profile of the pom names. */
@ExtendWith(KlaviyoExtension.class)
class VersionsTest {
  private static final Segment VIP = Segment.named("vip");
  private static final FieldMapping EMAIL = FieldMapping.email("EMailAddress");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "assertj org.assertj.core.api.Assertions",
        "fastcsv de.siegmar.fastcsv.reader.CsvReader",
        "jackson com.fasterxml.jackson.core.JsonFactory",
        "jackson com.fasterxml.jackson.databind.ObjectMapper",
        "jackson3 tools.jackson.databind.ObjectMapper",
        "junit org.junit.jupiter.api.Test",
        "micrometer io.micrometer.core.instrument.MeterRegistry",
        "resilience4j io.github.resilience4j.core.IntervalFunction",
        "resilience4j io.github.resilience4j.ratelimiter.RateLimiter",
        "resilience4j io.github.resilience4j.retry.Retry"
      })
  void a_library_is_there_in_its_version(String library) throws Exception {
    String[] names = library.split(" ");
    String version = System.getProperty(names[0] + ".version");
    assumeFalse(version.equals("none"));

    assertThat(Class.forName(names[1]).getProtectionDomain().getCodeSource().getLocation())
        .asString()
        .endsWith("-" + version + ".jar");
  }

  @Test
  void a_csv_file_is_exported_and_counted(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("vip.csv"), "EMailAddress\nada@shop.example\n");
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    try (FakeKlaviyo klaviyo = FakeKlaviyo.start();
        SegmentExporter exporter =
            SegmentExporter.builder()
                .source(CsvSource.directory(directory))
                .klaviyo(klaviyo.connection())
                .mapping(EMAIL)
                .listener(ExportMetrics.of(meters))
                .build()) {
      ExportReport report = exporter.export(VIP, klaviyo.listId());

      assertThat(report).isConfirmed().hasAccepted(1);
      assertThat(report.toJson()).contains("\"accepted\" : 1");
      assertThat(klaviyo.list()).holdsExactly("ada@shop.example");
    }
    assertThat(meters.get("klaviyo.export.profiles").tag("result", "accepted").counter().count())
        .isEqualTo(1);
  }

  @Test
  void calls_are_spaced_evenly_once_others_share_the_account(
      FakeKlaviyo klaviyo, VirtualTime time, InMemorySegments customers) {
    customers.segment("vip", GeneratedProfiles.of(200_000));
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited(Duration.ofSeconds(2)));

    try (SegmentExporter exporter = exporter(klaviyo.connection(), time, customers)) {
      assertThat(exporter.export(VIP, klaviyo.listId())).isConfirmed().hasAccepted(200_000);
    }

    // After the pause, at least 400 ms lie between each of 20 imports and the next.
    assertThat(time.waited())
        .isBetween(Duration.ofSeconds(2).plusMillis(19 * 400), Duration.ofSeconds(60));
    assertThat(klaviyo).keptQuotas();
  }

  private static SegmentExporter exporter(
      KlaviyoConnection klaviyo, VirtualTime time, InMemorySegments customers) {
    return SegmentExporter.builder()
        .source(customers)
        .klaviyo(klaviyo)
        .mapping(EMAIL)
        .limit(1_000_000)
        .time(time)
        .build();
  }

  @Test
  void an_export_tries_again_after_a_failure(
      FakeKlaviyo klaviyo, VirtualTime time, InMemorySegments customers) {
    customers.segment("vip", GeneratedProfiles.of(10));
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.serverError(503), Fault.serverError(500));

    try (SegmentExporter exporter = exporter(klaviyo.connection(), time, customers)) {
      assertThat(exporter.export(VIP, klaviyo.listId())).isConfirmed().hasAccepted(10);
    }
    assertThat(time.waited()).isGreaterThan(Duration.ofMillis(500));
  }

  @Test
  void jackson_3_works_beside_it() throws Exception {
    assumeFalse(System.getProperty("jackson3.version").equals("none"));
    Class<?> mapper = Class.forName("tools.jackson.databind.ObjectMapper");

    Object json =
        mapper
            .getMethod("writeValueAsString", Object.class)
            .invoke(mapper.getConstructor().newInstance(), List.of(1, 2));

    assertThat(json).isEqualTo("[1,2]");
  }
}
