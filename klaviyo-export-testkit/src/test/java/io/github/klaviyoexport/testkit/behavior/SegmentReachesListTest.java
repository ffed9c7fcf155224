package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        SegmentExporter exporter = exporter(klaviyo.httpConnection(), profiles)) {
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

  private static CustomerProfile unusual(int number, String email) {
    return CustomerProfile.of("c-" + number, Map.of("EMailAddress", email));
  }

  private static List<CustomerProfile> unusualAmongOthers() {
    List<CustomerProfile> customers = new ArrayList<>();
    for (int number = 0; number < 1_000; number++) {
      customers.add(
          unusual(
              number,
              number % 100 == 7
                  ? "o'brien." + number + "@shop.example"
                  : number + "@shop.example"));
    }
    customers.add(unusual(1_000, "ada@b\u00fccher.example\u00a0"));
    customers.add(unusual(1_001, "no address"));
    return customers;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unusual_addresses_are_judged_by_klaviyo_and_cost_the_others_nothing(boolean taken) {
    try (FakeKlaviyo klaviyo =
            FakeKlaviyo.builder().time(time).takesUnusualEmails(email -> taken).start();
        SegmentExporter exporter =
            SegmentExporter.builder()
                .source(InMemorySegments.of(SEGMENT.name(), unusualAmongOthers()))
                .klaviyo(klaviyo.connection())
                .mapping(FieldMapping.email("EMailAddress"))
                .time(time)
                .build()) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report.profiles().accepted())
          .isEqualTo(taken ? 1_001 : 990)
          .isEqualTo(klaviyo.list().size());
      assertThat(report.rejections().reasons().getOrDefault(Reason.REFUSED_BY_KLAVIYO, 0L))
          .isEqualTo(taken ? 0 : 11);
      assertThat(report.rejections().reasons()).containsEntry(Reason.EMAIL_MALFORMED, 1L);
      assertThat(klaviyo.list().emails().contains("ada@xn--bcher-kva.example")).isEqualTo(taken);
      assertThat(klaviyo.requests(Operation.BULK_IMPORT_PROFILES))
          .as("the batch of ordinary ones is sent once")
          .filteredOn(request -> request.bodyBytes() > 20_000)
          .hasSize(1);
    }
  }

  @Test
  void a_mirror_knows_an_international_address_in_the_form_in_which_it_was_sent() {
    CustomerProfile ada = unusual(1, "Ada@B\u00dcCHER.example");
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
        SegmentExporter exporter =
            SegmentExporter.builder()
                .source(
                    InMemorySegments.of(SEGMENT.name(), ada, unusual(2, "o'brien@shop.example")))
                .klaviyo(klaviyo.connection())
                .mapping(FieldMapping.email("EMailAddress"))
                .mode(SyncMode.MIRROR)
                .time(time)
                .build()) {
      exporter.export(SEGMENT, klaviyo.listId());
      ExportReport second = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(second.leavers().found()).isZero();
      assertThat(klaviyo.list().emails())
          .containsExactlyInAnyOrder("Ada@xn--bcher-kva.example", "o'brien@shop.example");
    }
  }

  @Test
  void an_empty_segment_makes_no_call_and_an_empty_report() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
        SegmentExporter exporter = exporter(klaviyo.connection(), GeneratedProfiles.of(0))) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report.profiles().read()).isZero();
      assertThat(report.isConfirmed()).isTrue();
      assertThat(klaviyo.requests()).isEmpty();
    }
  }

  @Test
  void twenty_jobs_are_watched_with_few_calls() {
    try (FakeKlaviyo klaviyo =
            FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(20)).start();
        SegmentExporter exporter = exporter(klaviyo.connection(), GeneratedProfiles.of(200_000))) {
      ExportReport report = exporter.prepare(SEGMENT, klaviyo.listId()).limit(200_000).run();

      assertThat(report.profiles().accepted()).isEqualTo(200_000);
      assertThat(report.jobs()).hasSizeGreaterThanOrEqualTo(20);
      assertThat(klaviyo.requests(Operation.GET_BULK_IMPORT_PROFILES_JOB)).isEmpty();
      assertThat(klaviyo.requests(Operation.GET_BULK_IMPORT_PROFILES_JOBS).size()).isLessThan(70);
    }
  }

  private SegmentExporter exporter(KlaviyoConnection klaviyo, GeneratedProfiles profiles) {
    return SegmentExporter.builder()
        .source(InMemorySegments.of(SEGMENT.name(), profiles))
        .klaviyo(klaviyo)
        .mapping(profiles.mapping())
        .time(time)
        .build();
  }
}
