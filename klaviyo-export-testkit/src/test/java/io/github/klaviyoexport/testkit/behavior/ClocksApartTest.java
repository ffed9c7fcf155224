package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An exporter that does not live by its account's virtual time fails soon, and is told why. */
@Timeout(120)
class ClocksApartTest {
  @Test
  void an_exporter_with_another_clock_than_the_account_is_told_so_and_does_not_wait_for_ever() {
    try (FakeKlaviyo klaviyo =
        FakeKlaviyo.builder()
            .time(VirtualTime.create())
            .jobDuration(Duration.ofSeconds(2))
            .start()) {
      for (KlaviyoConnection way : List.of(klaviyo.connection(), klaviyo.httpConnection())) {
        VirtualTime another = VirtualTime.create();
        try (SegmentExporter exporter =
            SegmentExporter.builder()
                .source(
                    InMemorySegments.of(
                        "vip", Customer.of("c-1").email("ada@shop.example").profile()))
                .klaviyo(way)
                .mapping(FieldMapping.email("EMailAddress"))
                .time(another)
                .build()) {
          ExportException stopped =
              catchThrowableOfType(
                  ExportException.class,
                  () -> exporter.export(Segment.named("vip"), klaviyo.listId()));

          assertThat(stopped.reason()).isEqualTo(ExportException.Reason.UNAUTHORIZED);
          assertThat(stopped)
              .hasMessageContaining("the_account_lives_by_virtual_time_and_the_caller_does_not");
          assertThat(klaviyo.timeline())
              .contains(": 401 [the account lives by virtual time, and the caller does not]");
        }
      }
    }
  }
}
