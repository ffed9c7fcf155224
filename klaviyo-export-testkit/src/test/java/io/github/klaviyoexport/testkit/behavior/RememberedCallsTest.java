package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a second export of a large segment costs in calls, with a memory.
 *
 * <p>{@code -Dremembered.customers=1000000} counts them for so many.
 */
class RememberedCallsTest {
  private static final int CUSTOMERS = Integer.getInteger("remembered.customers", 100_000);
  private static final int LEAVERS = CUSTOMERS / 100;
  private static final Segment SEGMENT = Segment.named("vip-eu");

  /** The list, how many members it has before and after, and who has joined since. */
  private static final int CHECKS = 4;

  private final VirtualTime time = VirtualTime.create();
  private final HeapMemory memory = HeapMemory.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();

  @Test
  void an_unchanged_segment_takes_at_most_ten_calls_and_leavers_take_their_own_only() {
    export(GeneratedProfiles.of(CUSTOMERS), SyncMode.MIRROR);
    time.advance(Duration.ofHours(1));

    ExportReport unchanged = export(GeneratedProfiles.of(CUSTOMERS), SyncMode.MIRROR);
    assertThat(unchanged.profiles().unchanged()).isEqualTo(CUSTOMERS);
    assertThat(unchanged.traffic().calls()).isLessThanOrEqualTo(10);
    time.advance(Duration.ofHours(1));

    int imports = klaviyo.requests(Operation.BULK_IMPORT_PROFILES).size();
    ExportReport left = export(GeneratedProfiles.of(CUSTOMERS - LEAVERS), SyncMode.MIRROR);

    assertThat(left.leavers().removed()).isEqualTo(LEAVERS);
    assertThat(klaviyo.list().size()).isEqualTo(CUSTOMERS - LEAVERS);
    assertThat(klaviyo.requests(Operation.BULK_IMPORT_PROFILES)).hasSize(imports);
    // A hundred are looked up, and a thousand removed, by a call.
    long least = CHECKS + (LEAVERS + 99) / 100 + (LEAVERS + 999) / 1_000;
    assertThat(left.traffic().calls()).isLessThanOrEqualTo((long) Math.ceil(least * 1.05));
    time.advance(Duration.ofHours(1));

    unchanged = export(GeneratedProfiles.of(CUSTOMERS - LEAVERS), SyncMode.UPSERT);
    assertThat(unchanged.profiles().unchanged()).isEqualTo(CUSTOMERS - LEAVERS);
    assertThat(unchanged.traffic().calls()).isLessThanOrEqualTo(10);
    klaviyo.close();
  }

  private ExportReport export(GeneratedProfiles profiles, SyncMode mode) {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(InMemorySegments.of(SEGMENT.name(), profiles))
            .klaviyo(klaviyo.connection())
            .mapping(profiles.mapping())
            .memory(memory)
            .sending(Sending.CHANGED_ONLY)
            .mode(mode)
            .limit(CUSTOMERS)
            .time(time)
            .build()) {
      return exporter.export(SEGMENT, klaviyo.listId());
    }
  }
}
