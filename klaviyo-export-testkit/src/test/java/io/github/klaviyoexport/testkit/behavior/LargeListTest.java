package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A large list is read as fast as Klaviyo's quota allows, at 0.3 s a page. */
class LargeListTest {
  private static final int MEMBERS = Integer.getInteger("large.list", 50_000);
  private static final Duration MILLION = Duration.ofMinutes(14);

  /** What it costs to divide a list among cursors, which does not grow with it. */
  private static final int DIVIDING = 150;

  private static final Segment SEGMENT = Segment.named("vip-eu");

  @ParameterizedTest
  @CsvSource({"86400, 200", "1, 20"})
  void it_is_read_within_the_quota_by_few_calls_more_than_it_has_pages(
      int secondsApart, int times) {
    VirtualTime time = VirtualTime.create();
    FakeKlaviyo klaviyo =
        FakeKlaviyo.builder().time(time).latency(Duration.ofMillis(300)).keepBodies(false).start();
    for (int joining = 0; joining < times; joining++) {
      int first = joining;
      klaviyo
          .list()
          .add(
              IntStream.range(0, MEMBERS / times)
                  .mapToObj(i -> "m" + first + "." + i + "@shop.example")
                  .toArray(String[]::new));
      time.advance(Duration.ofSeconds(secondsApart));
    }
    List<Long> members = new ArrayList<>();
    Duration began = time.waited();
    Duration[] read = new Duration[1];
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(
                InMemorySegments.of(
                    "vip-eu", Customer.of("c-1").email("m0.1@shop.example").profile()))
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("EMailAddress"))
            .mode(SyncMode.MIRROR)
            .maxLeavers(1)
            .time(time)
            .listener(
                new ExportListener() {
                  @Override
                  public void progressed(ExportProgress progress) {
                    members.add(progress.members());
                  }

                  @Override
                  public void listRead(long members, long leavers) {
                    read[0] = time.waited().minus(began);
                  }
                })
            .build()) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report.leavers().members()).isEqualTo(MEMBERS / times * times);
      assertThat(report.leavers().removed()).isEqualTo(MEMBERS / times * times - 1);
    }
    int calls = klaviyo.requests(Operation.GET_PROFILES_FOR_LIST).size();
    assertThat(calls).isLessThan(MEMBERS / 100 + DIVIDING);
    assertThat(read[0]).isLessThan(MILLION.multipliedBy(MEMBERS).dividedBy(1_000_000));
    assertThat(members.stream().distinct()).as("progress").hasSizeGreaterThan(50);
    klaviyo.close();
  }
}
