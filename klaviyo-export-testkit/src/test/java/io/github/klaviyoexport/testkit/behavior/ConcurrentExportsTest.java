package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exports that run side by side in one JVM share the account's quota. */
class ConcurrentExportsTest {
  private static final int BATCHES = 200;
  private static final GeneratedProfiles PROFILES = GeneratedProfiles.of(BATCHES);

  private final VirtualTime time = VirtualTime.create();

  @ParameterizedTest
  @CsvSource({"4, 4", "1, 16", "16, 1"})
  void two_exports_with_as_many_batches_end_within_reach_of_each_other(
      int inFlightOfOne, int inFlightOfOther) {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start()) {
      Map<Integer, Duration> took = runSideBySide(klaviyo, List.of(inFlightOfOne, inFlightOfOther));

      assertThat(took.get(0).minus(took.get(1)).abs()).isLessThan(took.get(0).dividedBy(5));
    }
  }

  @Test
  void together_they_keep_to_the_quota() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start()) {
      runSideBySide(klaviyo, List.of(4, 4, 4));

      assertThat(klaviyo.mostRequests(Operation.BULK_IMPORT_PROFILES, Duration.ofSeconds(1)))
          .isEqualTo(10);
      assertThat(klaviyo.mostRequests(Operation.BULK_IMPORT_PROFILES, Duration.ofMinutes(1)))
          .isEqualTo(150);
      assertThat(klaviyo.requests()).noneMatch(request -> request.status() == 429);
    }
  }

  /** Runs exports of one profile a batch; says for each how long it took. */
  @SuppressWarnings("try") // A seat is held, not used.
  private Map<Integer, Duration> runSideBySide(FakeKlaviyo klaviyo, List<Integer> inFlight) {
    Map<Integer, Duration> took = new ConcurrentHashMap<>();
    List<VirtualTime.Seat> seats = inFlight.stream().map(each -> time.join()).toList();
    Stream<CompletableFuture<?>> exports =
        Stream.iterate(0, i -> i < inFlight.size(), i -> i + 1)
            .map(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          try (VirtualTime.Seat seat = seats.get(i);
                              SegmentExporter exporter = exporter(klaviyo, inFlight.get(i))) {
                            ExportReport report =
                                exporter.export(Segment.named("vip-" + i), klaviyo.listId());
                            assertThat(report.profiles().accepted()).isEqualTo(BATCHES);
                            took.put(i, report.took());
                          }
                        },
                        command -> new Thread(command, "export-" + i).start()));
    CompletableFuture.allOf(exports.toArray(CompletableFuture[]::new)).join();
    return took;
  }

  private SegmentExporter exporter(FakeKlaviyo klaviyo, int batchesInFlight) {
    InMemorySegments segments = InMemorySegments.of("vip-0", PROFILES);
    segments.segment("vip-1", PROFILES).segment("vip-2", PROFILES);
    return SegmentExporter.builder()
        .source(segments)
        .klaviyo(klaviyo.connection())
        .mapping(PROFILES.mapping())
        .batchSize(1)
        .batchesInFlight(batchesInFlight)
        .time(time)
        .build();
  }
}
