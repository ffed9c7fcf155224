package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of this package; its regions are shown there. */
class ExamplesTest {
  private final Service service = new Service();

  private static final class Service {
    void exportTo(KlaviyoConnection connection, ListId list) {
      InMemorySegments segments =
          InMemorySegments.of("vip", Customer.of("c-17").email("ada@shop.example").profile());
      try (SegmentExporter exporter =
          SegmentExporter.builder()
              .source(segments)
              .klaviyo(connection)
              .mapping(FieldMapping.email("EMailAddress"))
              .build()) {
        exporter.export(Segment.named("vip"), list);
      }
    }
  }

  @Test
  void an_account_takes_what_a_service_exports() {
    // @start region="account"
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start()) {
      service.exportTo(klaviyo.connection(), klaviyo.listId());
      assertThat(klaviyo.list().emails()).containsExactlyInAnyOrder("ada@shop.example");
    }
    // @end
  }

  @Test
  void one_account_is_reached_in_process_and_over_http() throws Exception {
    // @start region="entries"
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start()) {
      KlaviyoConnection inProcess = klaviyo.connection();
      KlaviyoConnection overHttp = klaviyo.httpConnection(); // listens from here on
      URI forOtherClients = klaviyo.baseUrl();
      // @end
      service.exportTo(inProcess, klaviyo.listId());
      service.exportTo(overHttp, klaviyo.listId());

      assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
      assertThat(klaviyo.requests(Operation.BULK_IMPORT_PROFILES)).hasSize(2);
      assertThat(forOtherClients).hasScheme("http").hasPort(klaviyo.port());
    }
  }

  @Test
  void faults_meet_the_calls_that_they_are_scripted_for() {
    VirtualTime time = VirtualTime.create();
    FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
    // @start region="faults"
    klaviyo.script(
        Operation.BULK_IMPORT_PROFILES,
        Fault.rateLimited(Duration.ofSeconds(2)), // the next call
        Fault.dropped(Fault.Moment.AFTER_PROCESSING)); // the one after that
    // @end

    assertThat(export(klaviyo, time).profiles().accepted()).isEqualTo(1);
    assertThat(klaviyo.unused()).isEmpty();
  }

  @Test
  void virtual_time_makes_minutes_pass_at_once() {
    // @start region="time"
    VirtualTime time = VirtualTime.create();
    FakeKlaviyo klaviyo =
        FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(3)).start();
    // @end

    assertThat(export(klaviyo, time).profiles().accepted()).isEqualTo(1);
    assertThat(time.waited()).isGreaterThanOrEqualTo(Duration.ofMinutes(3));
  }

  private static ExportReport export(FakeKlaviyo klaviyo, VirtualTime time) {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(
                InMemorySegments.of("vip", Customer.of("c-17").email("ada@shop.example").profile()))
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("EMailAddress"))
            .time(time)
            .build()) {
      return exporter.export(Segment.named("vip"), klaviyo.listId());
    }
  }

  @Test
  void seats_are_taken_before_the_first_thread_starts() throws Exception {
    VirtualTime time = VirtualTime.create();
    // @start region="seats"
    List<VirtualTime.Seat> seats = List.of(time.join(), time.join()); // two exporters, one account
    // @end
    seats.get(0).close();

    // One thread waits, and one seat is taken.
    time.await(new Semaphore(0), Duration.ofMinutes(1), false);
    assertThat(time.waited()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void customers_are_said_in_few_words() throws Exception {
    // @start region="customer"
    Customer member = Customer.of("c-17").email("ada@shop.example").field("Points", 120);
    InMemorySegments segments =
        InMemorySegments.of(
            "loyalty",
            member.profile(),
            member.as("c-18").email("bo@shop.example").profile(),
            member.as("c-19").without("EMailAddress").profile());
    // @end

    assertThat(segments.open(Segment.named("loyalty")).size()).hasValue(3);
  }

  @Test
  void generated_customers_have_exactly_so_many_exceptions() {
    // @start region="generated"
    GeneratedProfiles customers =
        GeneratedProfiles.of(1_000_000)
            .withBadEmails(500) // exactly so many
            .withDuplicates(2_000);
    // @end

    assertThat(customers.good()).isEqualTo(997_500);
  }

  @Test
  void segments_in_memory_are_given_or_generated() throws Exception {
    // @start region="segments"
    InMemorySegments segments =
        InMemorySegments.of(
                "vip", CustomerProfile.of("c-17", Map.of("EMailAddress", "ada@shop.example")))
            .segment("everyone", GeneratedProfiles.of(100_000));
    // @end

    assertThat(segments.open(Segment.named("everyone")).size()).hasValue(100_000);
  }
}
