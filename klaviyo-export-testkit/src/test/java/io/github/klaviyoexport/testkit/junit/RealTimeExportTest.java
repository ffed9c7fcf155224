package io.github.klaviyoexport.testkit.junit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.time.TimeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The third example in the Javadoc of {@link KlaviyoExtension}. */
class RealTimeExportTest {
  // @start region="example"
  @RegisterExtension
  static final KlaviyoExtension KLAVIYO =
      KlaviyoExtension.overHttp().account(account -> account.time(TimeSource.system()));

  // @end

  @Test
  void members_are_on_the_list_that_a_service_exports_to_by_itself(
      FakeKlaviyo klaviyo, InMemorySegments segments) {
    segments.segment("loyalty", Customer.of("c-17").email("ada@shop.example").profile());

    try (SegmentExporter ofTheService =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(KlaviyoConnection.of(klaviyo.apiKey()).baseUrl(klaviyo.baseUrl()))
            .mapping(FieldMapping.email("EMailAddress"))
            .build()) {
      ofTheService.export(Segment.named("loyalty"), klaviyo.listId());
    }

    assertThat(klaviyo.list()).holdsExactly("ada@shop.example");
    assertThat(klaviyo.time()).isSameAs(TimeSource.system());
  }
}
