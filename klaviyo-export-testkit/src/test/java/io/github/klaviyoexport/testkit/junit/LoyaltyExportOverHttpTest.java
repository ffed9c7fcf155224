package io.github.klaviyoexport.testkit.junit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The second example in the Javadoc of {@link KlaviyoExtension}. */
class LoyaltyExportOverHttpTest {
  // @start region="example"
  @RegisterExtension
  static final KlaviyoExtension KLAVIYO =
      KlaviyoExtension.overHttp()
          .account(account -> account.jobDuration(Duration.ofMinutes(3)))
          .strict();

  // @end

  @Test
  void members_are_on_the_list_when_the_job_is_done(
      FakeKlaviyo klaviyo,
      VirtualTime time,
      InMemorySegments segments,
      SegmentExporter.Builder builder) {
    segments.segment("loyalty", CustomerProfile.of("c-17", Map.of("email", "ada@shop.example")));

    try (SegmentExporter exporter = builder.mapping(FieldMapping.email("email")).build()) {
      exporter.export(Segment.named("loyalty"), klaviyo.listId());
    }

    assertThat(klaviyo.list()).holdsExactly("ada@shop.example");
    assertThat(klaviyo).usedAllScripts();
    org.assertj.core.api.Assertions.assertThat(time.waited()).isGreaterThan(Duration.ofMinutes(2));
  }
}
