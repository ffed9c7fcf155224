package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leavers are known from memory, and the list is read when it does not know all. */
class RememberedListTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(30)).start();
  private final HeapMemory memory = HeapMemory.create(MemoryKey.random());
  private final List<CustomerProfile> segment = new ArrayList<>();
  private int seen;

  @AfterEach
  void close() {
    klaviyo.close();
  }

  private SegmentExporter.Builder exporter() {
    return SegmentExporter.builder()
        .source(any -> ProfileReader.of(segment))
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("EMailAddress").externalId("Key").property("LTV"))
        .mode(SyncMode.MIRROR)
        .memory(memory)
        .sending(Sending.CHANGED_ONLY)
        .maxLeavers(1)
        .maxSizeChange(1_000)
        .time(time);
  }

  private ExportReport mirrored() {
    seen = klaviyo.requests().size();
    try (SegmentExporter exporter = exporter().build()) {
      return exporter.export(SEGMENT, klaviyo.listId());
    } finally {
      time.advance(Duration.ofHours(24));
    }
  }

  private long calls(Operation operation) {
    return klaviyo.requests().stream()
        .skip(seen)
        .filter(request -> request.operation() == operation)
        .count();
  }

  private void given(int from, int to) {
    segment.clear();
    for (int i = from; i < to; i++) {
      segment.add(customer(i, "c" + i + "@shop.example"));
    }
  }

  private static CustomerProfile customer(int number, String email) {
    return Customer.of("c-" + number)
        .email(email)
        .field("Key", "k-" + number)
        .field("LTV", number)
        .profile();
  }

  @Test
  void a_list_that_nobody_else_has_changed_is_not_read() {
    given(0, 2_000);
    mirrored();
    given(150, 2_100);

    ExportReport report = mirrored();

    assertThat(report.leavers().removed()).isEqualTo(150);
    assertThat(report.leavers().members()).isEqualTo(2_000);
    assertThat(report.profiles().unchanged()).isEqualTo(1_850);
    assertThat(klaviyo.list().size()).isEqualTo(1_950);
    // Who has joined since the last run, and since this one began; two look-ups of a hundred each.
    assertThat(calls(Operation.GET_PROFILES_FOR_LIST)).isEqualTo(4);
  }

  @Test
  void an_unchanged_segment_costs_four_calls() {
    given(0, 2_000);
    mirrored();

    ExportReport report = mirrored();

    assertThat(report.profiles().unchanged()).isEqualTo(2_000);
    assertThat(report.isClean()).isTrue();
    assertThat(klaviyo.requests().size() - seen).isEqualTo(4);
  }

  @Test
  void a_customer_whose_profile_shows_a_leavers_address_stays_though_a_stranger_makes_the_sum() {
    given(0, 20);
    klaviyo.list().add("c0@shop.example", "form@shop.example");
    FakeProfile both = klaviyo.profile("c0@shop.example").orElseThrow();
    both.addAddress("c1@shop.example");
    String stranger = klaviyo.profile("form@shop.example").orElseThrow().id();
    Client client = Client.inProcess(klaviyo);
    client.members("DELETE", List.of(both.id(), stranger));
    ExportListener joinsMeanwhile =
        new ExportListener() {
          @Override
          public void batchSent(String jobId, int rows, long bytes) {
            time.advance(Duration.ofSeconds(2));
            client.members("POST", List.of(stranger));
          }
        };
    SegmentExporter.Builder byAddress =
        exporter().mapping(FieldMapping.email("EMailAddress").property("LTV"));
    try (SegmentExporter exporter = byAddress.build()) {
      exporter.prepare(SEGMENT, klaviyo.listId()).listener(joinsMeanwhile).run();
      time.advance(Duration.ofHours(24));
      segment.remove(0);

      exporter.export(SEGMENT, klaviyo.listId());
    }

    assertThat(klaviyo.profile("c1@shop.example").orElseThrow().lists())
        .contains(klaviyo.listId().value());
    assertThat(klaviyo.list().emails()).hasSize(19).doesNotContain("form@shop.example");
  }

  @Test
  void who_was_added_by_others_since_leaves_and_the_list_is_not_read() {
    given(0, 1_000);
    mirrored();
    klaviyo.list().add("stranger@shop.example", "other@shop.example");

    assertThat(mirrored().leavers().removed()).isEqualTo(2);
    assertThat(calls(Operation.GET_PROFILES_FOR_LIST)).isEqualTo(1);
    assertThat(klaviyo.list().size()).isEqualTo(1_000);
  }
}
