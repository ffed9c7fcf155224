package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A night on which customers were lost does not look like a good one. */
class LossIsToldTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(30)).start();

  private SegmentExporter.Builder exporter(String emailField, int customers, int bad) {
    List<CustomerProfile> profiles = new ArrayList<>();
    for (int i = 1; i <= customers; i++) {
      String email = i <= bad ? "none" : "customer." + i + "@shop.example";
      profiles.add(CustomerProfile.of("c-" + i, Map.of(emailField, email)));
    }
    return SegmentExporter.builder()
        .source(InMemorySegments.of(SEGMENT.name(), profiles.toArray(CustomerProfile[]::new)))
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("email"))
        .time(time);
  }

  private ExportException stopped(SegmentExporter.Builder builder) {
    try (SegmentExporter exporter = builder.build()) {
      return catchThrowableOfType(
          ExportException.class, () -> exporter.export(SEGMENT, klaviyo.listId()));
    }
  }

  @Test
  void a_mapping_of_email_on_a_source_that_has_mail_reaches_nobody_and_says_why() {
    ExportException stopped = stopped(exporter("mail", 3_000, 0));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.MAPPING_UNFIT);
    assertThat(stopped).hasMessageContaining("'email'").hasMessageContaining("'mail'");
    assertThat(klaviyo.list().size()).isZero();
  }

  @Test
  void more_than_half_rejected_stops_when_the_others_are_confirmed_and_nobody_leaves() {
    klaviyo.list().add("leaver@shop.example");

    ExportException stopped =
        stopped(exporter("email", 50, 40).mode(SyncMode.MIRROR).maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
    assertThat(stopped.report()).isConfirmed().hasAccepted(10).hasRejected(40);
    assertThat(klaviyo.list().size()).isEqualTo(11);
  }

  @Test
  void what_is_allowed_ends_well_and_is_not_clean() {
    try (SegmentExporter exporter = exporter("email", 50, 40).build()) {
      ExportReport report = exporter.prepare(SEGMENT, klaviyo.listId()).maxRejected(0.8).run();

      assertThat(report).isConfirmed().hasAccepted(10);
      assertThat(report.isClean()).isFalse();
    }
  }
}
