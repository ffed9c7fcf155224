package io.github.klaviyoexport.testkit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatIllegalArgumentException;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatThrownBy;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FakeSourceTest {
  private static final Segment VIP = Segment.named("vip-eu");
  private static final CustomerProfile ADA = Customer.of("c-1").email("ada@shop.example").profile();
  private static final CustomerProfile BO = Customer.of("c-2").email("bo@shop.example").profile();

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();

  private SegmentExporter exporter(FakeSource source) {
    return exporter(source, FieldMapping.email("EMailAddress"));
  }

  private SegmentExporter exporter(FakeSource source, FieldMapping mapping) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(klaviyo.connection())
        .mapping(mapping)
        .time(time)
        .build();
  }

  private ExportReport export(FakeSource source) {
    try (SegmentExporter exporter = exporter(source)) {
      return exporter.export(VIP, klaviyo.listId());
    }
  }

  @AfterEach
  void closes_the_account() {
    klaviyo.close();
  }

  @Test
  void a_nightly_export_is_tested_with_a_source_that_fails_and_recovers() {
    // @start region="example"
    FakeSource source = FakeSource.of("vip-eu", ADA, BO).failsAfter(1);
    try (SegmentExporter exporter = exporter(source)) {
      assertThatThrownBy(() -> exporter.export(VIP, klaviyo.listId()))
          .isInstanceOf(ExportException.class);

      source.recovers();
      assertThat(exporter.export(VIP, klaviyo.listId())).isClean().hasAccepted(2);
    }
    assertThat(source).hasNoOpenReader();
    // @end
    assertThat(source.openedReaders()).isEqualTo(2);
    assertThat(source.readProfiles()).isEqualTo(3);
  }

  @Test
  void a_segment_that_does_not_open_and_one_that_it_does_not_know_are_refused_with_advice() {
    FakeSource source = FakeSource.of("vip-eu", ADA).failsToOpen();

    assertThatThrownBy(() -> source.open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessage("Segment vip-eu does not open, as the source was told.");
    assertThatThrownBy(() -> source.open(Segment.named("others")))
        .isInstanceOf(IOException.class)
        .hasMessage("This source has no segment others, only vip-eu: ask for that.");
    assertThat(source.openedReaders()).isZero();
    assertThat(export(source.recovers())).hasAccepted(1);
  }

  @Test
  void what_no_reader_should_throw_stops_the_export_and_is_told_by_its_type() {
    FakeSource source =
        FakeSource.of("vip-eu", ADA, BO)
            .throwsAfter(1, () -> new ArithmeticException("ada@shop.example"));

    assertThatThrownBy(() -> export(source))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("ArithmeticException")
        .message()
        .doesNotContain("ada");
    assertThat(source).hasNoOpenReader();
  }

  @Test
  void a_slow_source_takes_its_time_and_no_real_time_passes() {
    FakeSource source = FakeSource.of("vip-eu", ADA, BO).time(time).slow(Duration.ofHours(1));

    ExportReport report = export(source);

    // Each of the two, and finding that there are no more.
    assertThat(report.took()).isBetween(Duration.ofHours(3), Duration.ofHours(4));
    assertThat(report).hasAccepted(2);
  }

  @Test
  void an_export_of_a_source_that_blocks_can_be_cancelled() {
    FakeSource source = FakeSource.of("vip-eu", ADA, BO).blocksAfter(1);
    try (SegmentExporter exporter = exporter(source)) {
      ExportRun run = exporter.prepare(VIP, klaviyo.listId()).start();
      source.awaitBlocked();

      run.cancel();

      CompletionException stopped =
          catchThrowableOfType(
              CompletionException.class, () -> run.report().toCompletableFuture().join());
      assertThat(stopped).hasCauseInstanceOf(ExportException.class);
    }
    assertThat(source).hasNoOpenReader();
  }

  @Test
  void a_reader_that_does_not_heed_interrupts_goes_on_when_its_source_recovers() throws Exception {
    FakeSource source = FakeSource.of("vip-eu", ADA, BO).blocksUninterruptedAfter(1);
    ProfileReader reader = source.open(VIP);
    reader.next();
    String[] read = new String[1];
    boolean[] interrupted = new boolean[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                CustomerProfile next = reader.next();
                read[0] = next == null ? "none" : next.id();
              } catch (IOException failure) {
                read[0] = failure.toString();
              }
              interrupted[0] = Thread.currentThread().isInterrupted();
            });
    thread.start();
    source.awaitBlocked();
    thread.interrupt();
    source.recovers();
    thread.join();

    assertThat(read[0]).isEqualTo("c-2");
    assertThat(interrupted[0]).isTrue();
    reader.close();
    reader.close();
    assertThat(source).hasNoOpenReader().hasToString("FakeSource[vip-eu, 0 open readers]");
    assertThatThrownBy(reader::next).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_segment_changes_between_two_readings() {
    FakeSource source = FakeSource.of("vip-eu", ADA).then(ADA, BO);

    assertThat(export(source)).hasRead(1);
    assertThat(export(source)).hasRead(2);
    assertThat(export(source)).hasRead(2);
  }

  @Test
  void a_size_may_be_unknown_or_wrong() throws IOException {
    assertThat(FakeSource.of("vip-eu", ADA).open(VIP).size()).hasValue(1);
    assertThat(FakeSource.of("vip-eu", ADA).sizeUnknown().open(VIP).size()).isEmpty();
    assertThat(FakeSource.of("vip-eu", ADA).claimsSize(9).open(VIP).size()).hasValue(9);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FakeSource.of("vip-eu", ADA).failsAfter(-1))
        .withMessage("There cannot be -1 profiles: pass 0 or more.");
  }

  @Test
  void odd_customers_cost_a_field_or_a_profile_each_and_never_the_export() {
    FakeSource source = FakeSource.of("vip-eu", ADA).withOddCustomers("EMailAddress").sizeUnknown();
    FieldMapping mapping = FieldMapping.email("EMailAddress").property("Odd");
    ExportReport report;
    try (SegmentExporter exporter = exporter(source, mapping)) {
      report = exporter.export(VIP, klaviyo.listId());
    }

    assertThat(report).isConfirmed().hasRead(8).hasAccepted(6);
    assertThat(report.rejections().first())
        .extracting(Rejection::customerId)
        .containsExactlyInAnyOrder(
            "odd-not-a-number",
            "odd-half-a-character",
            "odd-too-deep",
            "odd-too-large",
            "odd-type",
            "odd-unreadable-value",
            "odd-unreadable");
  }

  @Test
  void an_open_reader_is_told() throws IOException {
    FakeSource source = FakeSource.of("vip-eu", ADA);
    try (ProfileReader open = source.open(VIP)) {
      assertThatThrownBy(() -> assertThat(source).hasNoOpenReader())
          .hasMessage(
              "Every reader of FakeSource[vip-eu, 1 open reader] should be closed, but of 1 that was"
                  + " opened 1 is still open: close each reader when it has been read, also after a"
                  + " failure.");
      assertThat(open).isNotNull();
    }
  }
}
