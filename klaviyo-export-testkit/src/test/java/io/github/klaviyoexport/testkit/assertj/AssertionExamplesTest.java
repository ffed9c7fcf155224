package io.github.klaviyoexport.testkit.assertj;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.junit.KlaviyoExtension;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example in the Javadoc of {@link KlaviyoAssertions}. */
@ExtendWith(KlaviyoExtension.class)
class AssertionExamplesTest {
  @Test
  void an_export_is_looked_at_from_all_sides(
      FakeKlaviyo klaviyo, InMemorySegments segments, SegmentExporter.Builder builder) {
    segments.segment(
        "vip",
        Customer.of("c-1").email("ada@shop.example").profile(),
        Customer.of("c-2").email("bo@shop.example").profile(),
        Customer.of("c-3").email("nobody").profile());
    ExportReport report;
    try (SegmentExporter exporter = builder.mapping(FieldMapping.email("EMailAddress")).build()) {
      report = exporter.export(Segment.named("vip"), klaviyo.listId());
    }

    // @start region="example"
    assertThat(report.jobs()).hasSize(1);
    assertThat(klaviyo.list()).holdsExactly("ada@shop.example", "bo@shop.example");
    assertThat(klaviyo).keptQuotas().changedNoConsent().usedAllScripts();
    assertThat(report).isConfirmed().hasRejected(1);
    assertThat(segments).hasNoOpenReader();
    // @end

    // @start region="soft"
    SoftAssertions.assertSoftly(
        all -> {
          all.check(() -> assertThat(report).isConfirmed());
          all.check(() -> assertThat(klaviyo.list()).hasSize(2));
          all.assertThat(report.jobs()).hasSize(1);
        });
    // @end
  }
}
