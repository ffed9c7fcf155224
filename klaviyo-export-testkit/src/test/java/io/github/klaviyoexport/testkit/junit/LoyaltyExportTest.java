package io.github.klaviyoexport.testkit.junit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first example in the Javadoc of {@link KlaviyoExtension}. */
// @start region="example"
@ExtendWith(KlaviyoExtension.class)
class LoyaltyExportTest {
  @Test
  void members_are_on_the_list(
      FakeKlaviyo klaviyo, InMemorySegments segments, SegmentExporter.Builder builder) {
    segments.segment("loyalty", CustomerProfile.of("c-17", Map.of("email", "ada@shop.example")));

    try (SegmentExporter exporter = builder.mapping(FieldMapping.email("email")).build()) {
      exporter.export(Segment.named("loyalty"), klaviyo.listId());
    }

    assertThat(klaviyo.list()).holdsExactly("ada@shop.example");
  }
}
// @end
