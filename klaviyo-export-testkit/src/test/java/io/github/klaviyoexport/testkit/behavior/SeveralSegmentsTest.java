package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.SegmentCount;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several segments into one list, and one segment into several lists. */
class SeveralSegmentsTest {
  private static final Segment EU = Segment.named("vip-eu");
  private static final Segment US = Segment.named("vip-us");
  private static final ListId VIP = ListId.of("Y6nRLr");
  private static final ListId NEWS = ListId.of("QwErTy");

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().list("Y6nRLr", "VIP").list("QwErTy", "News").time(time).start();
  private final InMemorySegments segments =
      InMemorySegments.of("vip-eu", customer("c-1"), customer("c-2"), bad("c-3"))
          .segment("vip-us", customer("c-2"), customer("c-4"));
  private final SegmentExporter exporter =
      SegmentExporter.builder()
          .source(segments)
          .klaviyo(klaviyo.connection())
          .mapping(FieldMapping.email("email"))
          .journal(MemoryJournal.create())
          .time(time)
          .build();

  private static CustomerProfile customer(String id) {
    return CustomerProfile.of(id, Map.of("email", id + "@shop.example"));
  }

  private static CustomerProfile bad(String id) {
    return CustomerProfile.of(id, Map.of("email", "none"));
  }

  @AfterEach
  void close() {
    exporter.close();
    klaviyo.close();
  }

  @Test
  void each_customer_of_several_segments_is_sent_once_and_counted_where_it_was_found() {
    ExportReport report = exporter.export(List.of(EU, US), VIP);

    assertThat(report.profiles().read()).isEqualTo(5);
    assertThat(report.profiles().accepted()).isEqualTo(3);
    assertThat(report.profiles().bySegment())
        .extracting(
            SegmentCount::segment,
            SegmentCount::read,
            SegmentCount::duplicates,
            SegmentCount::rejected)
        .containsExactly(tuple(EU, 3L, 0L, 1L), tuple(US, 2L, 1L, 0L));
    assertThat(report.toString())
        .contains("segment vip-us: 2 read, 1 duplicate, 0 rejected before sending");
    assertThat(report.toJson()).contains("\"by_segment\"");
    assertThat(klaviyo.list("Y6nRLr").emails())
        .containsExactlyInAnyOrder("c-1@shop.example", "c-2@shop.example", "c-4@shop.example");
    assertThat(segments.openReaders()).isZero();
  }

  @Test
  void a_mirror_keeps_the_customers_of_all_of_them() {
    segments.segment("vip-eu", customer("c-1"), customer("c-2"));
    klaviyo
        .list("Y6nRLr")
        .add("c-1@shop.example", "c-4@shop.example", "gone@shop.example", "c-2@shop.example");

    exporter.prepare(List.of(US, EU), VIP).mode(SyncMode.MIRROR).maxLeavers(0.5).run();

    assertThat(klaviyo.list("Y6nRLr").emails())
        .containsExactlyInAnyOrder("c-1@shop.example", "c-2@shop.example", "c-4@shop.example");
  }

  @Test
  void an_id_that_a_source_is_restricted_to_is_missing_only_if_none_of_them_has_it() {
    List<String> ids = List.of("c-1", "c-4", "c-9");
    try (SegmentExporter restricted = restricted(segments.only(ids));
        SegmentExporter twice =
            restricted(segments.only(List.of("c-1", "c-2", "c-4", "c-9")).only(ids))) {
      for (SegmentExporter some : List.of(restricted, twice)) {
        ExportReport report = some.export(List.of(EU, US), VIP);

        assertThat(report.profiles().accepted()).isEqualTo(2);
        assertThat(report.rejections().first())
            .extracting(Rejection::customerId, Rejection::reason)
            .containsExactly(tuple("c-9", Reason.UNREADABLE_IN_SOURCE));
        assertThat(report.profiles().bySegment())
            .extracting(SegmentCount::segment, SegmentCount::read, SegmentCount::rejected)
            .containsExactly(tuple(EU, 1L, 0L), tuple(US, 2L, 1L));
        ExportPreview preview = some.prepare(List.of(EU, US), VIP).preview();
        assertThat(preview.profiles().rejected()).isEqualTo(1);
        assertThat(preview.profiles().toSend()).isEqualTo(2);
      }
    }
  }

  @Test
  void a_segment_without_any_of_the_ids_that_a_source_is_restricted_to_is_not_called_empty() {
    try (SegmentExporter restricted = restricted(segments.only(List.of("c-1")))) {
      ExportReport report = restricted.export(List.of(EU, US), VIP);

      assertThat(report.isClean()).isTrue();
      assertThat(report.notices().emptySegments()).isEmpty();
      assertThat(restricted.prepare(List.of(EU, US), VIP).preview().notices().emptySegments())
          .isEmpty();
    }
  }

  private SegmentExporter restricted(ProfileSource source) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("email"))
        .time(time)
        .build();
  }

  @Test
  void the_report_of_one_segment_says_nothing_by_segment() {
    assertThat(exporter.export(EU, VIP).profiles().bySegment()).isEmpty();
    assertThat(exporter.export(List.of(EU), VIP).profiles().bySegment()).isEmpty();
  }

  @Test
  void a_run_of_several_segments_that_was_cut_off_goes_on() {
    segments.failingAfter("vip-us", 1);
    assertThatThrownBy(() -> exporter.export(List.of(EU, US), VIP))
        .isInstanceOf(ExportException.class);
    assertThat(exporter.unfinishedRun(List.of(EU, US), VIP)).isPresent();
    segments.segment("vip-us", customer("c-2"), customer("c-4"));

    ExportReport report = exporter.prepare(List.of(EU, US), VIP).continueUnfinished().run();

    assertThat(report.profiles().accepted()).isEqualTo(3);
    assertThat(report.profiles().bySegment())
        .extracting(SegmentCount::read)
        .containsExactly(3L, 2L);
    assertThat(exporter.unfinishedRun(List.of(EU, US), VIP)).isEmpty();
  }

  @Test
  void no_segments_or_one_that_is_named_twice_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exporter.export(List.of(), VIP))
        .withMessageContaining("name one at least");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exporter.export(List.of(EU, US, EU), VIP))
        .withMessageContaining("'vip-eu' is named twice");
  }

  @Test
  void an_unknown_segment_among_several_stops_before_anything_is_sent() {
    assertThatThrownBy(() -> exporter.export(List.of(EU, Segment.named("nosuch")), VIP))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("nosuch");
    assertThat(klaviyo.list("Y6nRLr").size()).isZero();
    assertThat(segments.openReaders()).isZero();
  }

  @Test
  void one_segment_goes_to_several_lists_and_one_that_stops_keeps_no_other_from_it() {
    Map<ListId, ExportReport> reports =
        exporter.exportToEach(US, List.of(VIP, ListId.of("NoSuch"), NEWS));

    assertThat(reports.keySet()).containsExactly(VIP, ListId.of("NoSuch"), NEWS);
    assertThat(reports.get(VIP).isClean()).isTrue();
    assertThat(reports.get(NEWS).isClean()).isTrue();
    assertThat(reports.get(ListId.of("NoSuch")).stopReason())
        .isEqualTo(ExportException.Reason.LIST_NOT_FOUND);
    assertThat(klaviyo.list("Y6nRLr").size()).isEqualTo(2);
    assertThat(klaviyo.list("QwErTy").size()).isEqualTo(2);
  }

  @Test
  void closing_cancels_the_lists_that_are_yet_to_come_too_and_all_are_reported() {
    AtomicReference<SegmentExporter> closed = new AtomicReference<>();
    Thread closing = new Thread(() -> closed.get().close());
    ExportListener closesAfterTheFirst =
        new ExportListener() {
          @Override
          public void finished(ExportReport report) {
            if (VIP.equals(report.list())) {
              closing.start();
              Until.holds(() -> closing.getState() == Thread.State.TIMED_WAITING);
            }
          }
        };
    closed.set(
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("email"))
            .listener(closesAfterTheFirst)
            .time(time)
            .build());

    Map<ListId, ExportReport> reports = closed.get().exportToEach(US, List.of(VIP, NEWS));

    assertThat(reports.get(VIP).isClean()).isTrue();
    assertThat(reports.get(NEWS).stopReason()).isEqualTo(ExportException.Reason.CANCELLED);
    assertThat(klaviyo.list("QwErTy").size()).isZero();
  }

  @Test
  void a_list_that_is_named_twice_is_refused_before_anything_is_sent() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exporter.exportToEach(US, List.of(VIP, NEWS, VIP)))
        .withMessageContaining("Y6nRLr is named twice");
    assertThat(klaviyo.list("Y6nRLr").size()).isZero();
  }
}
