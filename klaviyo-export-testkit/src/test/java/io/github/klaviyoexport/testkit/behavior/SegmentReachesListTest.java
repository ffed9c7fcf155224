package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The main job: a segment reaches a list, and every profile is accounted for. */
class SegmentReachesListTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");

  private final VirtualTime time = VirtualTime.create();

  @Test
  void every_good_profile_is_in_the_list_and_every_other_one_in_the_report() {
    GeneratedProfiles profiles =
        GeneratedProfiles.of(25_000).withBadEmails(30).withBadPhones(40).withDuplicates(50);
    try (FakeKlaviyo klaviyo =
            FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(3)).start();
        SegmentExporter exporter = exporter(klaviyo, profiles)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report.profiles().read()).isEqualTo(25_000);
      assertThat(report.profiles().accepted())
          .isEqualTo(profiles.good())
          .isEqualTo(klaviyo.list().size());
      assertThat(report.profiles().rejected()).isEqualTo(30);
      assertThat(report.profiles().duplicates()).isEqualTo(50);
      assertThat(report.profiles().unconfirmed()).isZero();
      assertThat(report.rejections().fields()).isEqualTo(40);
      assertThat(report.rejections().reasons())
          .containsEntry(Reason.EMAIL_MALFORMED, 30L)
          .containsEntry(Reason.PHONE_MALFORMED, 40L);
      assertThat(report.jobs()).hasSize(3);
    }
  }

  @Test
  void an_empty_segment_makes_no_call_and_an_empty_report() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
        SegmentExporter exporter = exporter(klaviyo, GeneratedProfiles.of(0))) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report.profiles().read()).isZero();
      assertThat(report.isConfirmed()).isTrue();
      assertThat(klaviyo.requests()).isEmpty();
    }
  }

  @Test
  void twenty_jobs_are_watched_with_few_calls() {
    try (FakeKlaviyo klaviyo =
            FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(20)).build();
        SegmentExporter exporter = exporter(klaviyo, GeneratedProfiles.of(200_000))) {
      ExportReport report = exporter.prepare(SEGMENT, klaviyo.listId()).limit(200_000).run();

      assertThat(report.profiles().accepted()).isEqualTo(200_000);
      assertThat(report.jobs()).hasSizeGreaterThanOrEqualTo(20);
      assertThat(klaviyo.requests(Operation.GET_BULK_IMPORT_PROFILES_JOB)).isEmpty();
      assertThat(klaviyo.requests(Operation.GET_BULK_IMPORT_PROFILES_JOBS).size()).isLessThan(70);
    }
  }

  private SegmentExporter exporter(FakeKlaviyo klaviyo, GeneratedProfiles profiles) {
    return SegmentExporter.builder()
        .source(InMemorySegments.of(SEGMENT.name(), profiles))
        .klaviyo(klaviyo.connection())
        .mapping(profiles.mapping())
        .time(time)
        .build();
  }
}
