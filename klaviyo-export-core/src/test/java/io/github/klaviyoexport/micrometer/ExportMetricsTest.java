package io.github.klaviyoexport.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.TestTime;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example in the Javadoc of the metrics. */
class ExportMetricsTest {
  @Test
  void an_exporter_counts_in_the_registry_of_its_host() {
    TestTime time = new TestTime();
    SmallKlaviyo klaviyo = new SmallKlaviyo(time);
    List<CustomerProfile> customers =
        List.of(
            CustomerProfile.of("c-1", Map.of("email", "one@shop.example")),
            CustomerProfile.of("c-2", Map.of("email", "none")));
    ProfileSource segments = segment -> ProfileReader.of(customers);
    KlaviyoConnection connection =
        KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo);
    MeterRegistry registry = new SimpleMeterRegistry();
    ObservationRegistry observations = ObservationRegistry.create();
    // @start region="metrics"
    ExportMetrics metrics = ExportMetrics.of(registry).observing(observations);
    SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(connection)
            .mapping(FieldMapping.email("email"))
            .listener(metrics)
            // @end
            .maxRejected(1)
            .time(time)
            .build();
    try (exporter) {
      exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
    }

    assertThat(registry.get("klaviyo.export.profiles").tag("result", "accepted").counter().count())
        .isEqualTo(1);
    assertThat(registry.get("klaviyo.export.profiles").tag("result", "rejected").counter().count())
        .isEqualTo(1);
  }
}
