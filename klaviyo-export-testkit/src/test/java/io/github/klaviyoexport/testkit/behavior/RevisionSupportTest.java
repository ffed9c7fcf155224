package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That Klaviyo will stop to support the revision that the library speaks comes as no surprise. */
class RevisionSupportTest {
  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
  private final List<String> warnings = new ArrayList<>();

  private ExportReport exportAt(String moment) {
    time.advance(Duration.between(time.now(), Instant.parse(moment)));
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(
                InMemorySegments.of(
                    "vip-eu", CustomerProfile.of("c-1", Map.of("email", "one@shop.example"))))
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("email"))
            .listener(
                new ExportListener() {
                  @Override
                  public void warned(String what) {
                    warnings.add(what);
                  }
                })
            .time(time)
            .build()) {
      return exporter.export(Segment.named("vip-eu"), klaviyo.listId());
    }
  }

  @Test
  void an_export_says_from_half_a_year_before_when_the_support_ends() {
    ExportReport report = exportAt("2028-02-01T00:00:00Z");

    assertThat(report).isConfirmed().hasAccepted(1);
    assertThat(report.notices().revisionSupportEnds()).isEqualTo("2028-07-15");
    assertThat(report.toString()).contains("until 2028-07-15: use a newer version");
    assertThat(report.toJson()).contains("\"revision_support_ends\" : \"2028-07-15\"");
    assertThat(warnings).singleElement().asString().contains("2028-07-15");
  }

  @Test
  void before_that_nothing_is_said() {
    ExportReport report = exportAt("2027-12-31T00:00:00Z");

    assertThat(report.notices().revisionSupportEnds()).isNull();
    assertThat(report.toString()).doesNotContain("revision");
    assertThat(warnings).isEmpty();
  }
}
