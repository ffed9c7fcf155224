package io.github.klaviyoexport.testkit.readme;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.junit.KlaviyoExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KlaviyoExtension.class)
class LoyaltyTest {
  @Test
  void members_are_on_the_list(
      FakeKlaviyo klaviyo, InMemorySegments segments, SegmentExporter.Builder exporter) {
    segments.segment(
        "vip-eu", Customer.of("c-17").email("ada@shop.example").field("LTV", 120).profile());

    try (SegmentExporter ready =
        exporter.mapping(FieldMapping.email("EMailAddress").property("LTV")).build()) {
      ExportReport report = ready.export(Segment.named("vip-eu"), klaviyo.listId());
      assertThat(report).isClean().hasAccepted(1);
      assertThat(report.jobs()).hasSize(1);
    }

    assertThat(klaviyo.list())
        .holdsExactly("ada@shop.example")
        .hasProperty("ada@shop.example", "LTV", 120);
    assertThat(klaviyo).keptQuotas().changedNoConsent();
    assertThat(segments).hasNoOpenReader();
  }
}
