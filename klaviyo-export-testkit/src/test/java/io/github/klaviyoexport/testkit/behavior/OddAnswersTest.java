package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.OriginalPayload;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever Klaviyo answers: nothing good is lost, and the report says no more than is known. */
class OddAnswersTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final FieldNames FIELDS = FieldNames.of("Email", "Phone", "Title");
  private static final Operation IMPORT = Operation.BULK_IMPORT_PROFILES;

  private final VirtualTime time = VirtualTime.create();

  private FakeKlaviyoBuilder account() {
    return FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(20));
  }

  private SegmentExporter exporter(FakeKlaviyo klaviyo, int customers, int batchSize) {
    CustomerProfile[] profiles =
        IntStream.rangeClosed(1, customers)
            .mapToObj(OddAnswersTest::customer)
            .toArray(CustomerProfile[]::new);
    return SegmentExporter.builder()
        .source(InMemorySegments.of(SEGMENT.name(), profiles))
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("Email").phone("Phone").title("Title"))
        .batchSize(batchSize)
        .time(time)
        .build();
  }

  private static CustomerProfile customer(int number) {
    String phone = "+3584012" + (10_000 + number);
    return CustomerProfile.of("c-" + number, FIELDS, email(number), phone, "Title " + number);
  }

  private static String email(int number) {
    return "customer." + number + "@shop.example";
  }

  private static ExportReport export(FakeKlaviyo klaviyo, SegmentExporter exporter) {
    return exporter.export(SEGMENT, klaviyo.listId());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_profile_on_which_klaviyo_fails_costs_no_other_one_its_place(boolean cut) {
    try (FakeKlaviyo klaviyo = account().start();
        SegmentExporter exporter = exporter(klaviyo, 4_000, 1_000)) {
      klaviyo.breakOnProfiles(
          cut ? Fault.dropped(Fault.Moment.BEFORE_PROCESSING) : Fault.serverError(500),
          email(2_345));

      ExportReport report = export(klaviyo, exporter);

      assertThat(report.rejections().first())
          .containsExactly(Rejection.ofProfile("c-2345", null, Reason.FAILS_KLAVIYO));
      assertThat(report.profiles().accepted()).isEqualTo(3_999);
      assertThat(klaviyo.list().emails()).hasSize(3_999).doesNotContain(email(2_345));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void load_shedding_by_403_is_waited_out(boolean challenge) {
    try (FakeKlaviyo klaviyo = account().start();
        SegmentExporter exporter = exporter(klaviyo, 200, 50)) {
      Fault shed = challenge ? Fault.edgeChallenge() : Fault.forbidden();
      klaviyo.script(IMPORT, Fault.none(), shed, shed, Fault.none(), shed);
      klaviyo.script(Operation.GET_BULK_IMPORT_PROFILES_JOBS, Fault.none(), shed, shed, shed);

      assertThat(export(klaviyo, exporter).profiles().accepted()).isEqualTo(200);
    }
  }

  @Test
  void a_403_to_the_first_call_of_its_kind_is_a_missing_scope_still() {
    try (FakeKlaviyo klaviyo = account().start();
        SegmentExporter exporter = exporter(klaviyo, 10, 10)) {
      klaviyo.script(IMPORT, Fault.forbidden());

      ExportException stopped =
          catchThrowableOfType(ExportException.class, () -> export(klaviyo, exporter));

      assertThat(stopped.reason()).isEqualTo(ExportException.Reason.FORBIDDEN);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 422})
  void two_thousand_profiles_with_one_bad_column_cost_sixty_imports_at_most(int status) {
    try (FakeKlaviyo klaviyo = account().badProfilesPerAnswer(1).refusalStatus(status).start();
        SegmentExporter exporter = exporter(klaviyo, 2_000, 10_000)) {
      klaviyo.refuseProfiles(
          "title",
          IntStream.rangeClosed(1, 2_000).mapToObj(OddAnswersTest::email).toArray(String[]::new));

      ExportReport report = export(klaviyo, exporter);

      assertThat(klaviyo.requests(IMPORT)).hasSizeLessThanOrEqualTo(60);
      long once = klaviyo.requests(IMPORT).get(0).bodyBytes();
      assertThat(klaviyo.requests(IMPORT).stream().mapToLong(RecordedRequest::bodyBytes).sum())
          .isLessThan(8 * once);
      assertThat(report.profiles().accepted()).isEqualTo(2_000).isEqualTo(klaviyo.list().size());
      assertThat(report.rejections().fields()).isEqualTo(2_000);
      assertThat(report.rejections().reasons())
          .containsEntry(Reason.REFUSED_BY_KLAVIYO, 20L)
          .containsEntry(Reason.REFUSED_TOO_OFTEN, 1_980L);
    }
  }

  @Test
  void a_job_that_was_not_told_of_is_found_and_no_profile_sent_twice() {
    try (FakeKlaviyo klaviyo = account().start();
        SegmentExporter exporter = exporter(klaviyo, 100, 40)) {
      klaviyo.script(IMPORT, Fault.none(), Fault.jobUntold(), Fault.emptied());

      ExportReport report = export(klaviyo, exporter);

      assertThat(report.profiles().accepted()).isEqualTo(100);
      assertThat(report.jobs()).hasSize(3);
      assertThat(klaviyo.requests(IMPORT)).hasSize(3);
    }
  }

  @Test
  void a_job_that_counts_too_few_is_no_success() {
    try (FakeKlaviyo klaviyo = account().start();
        SegmentExporter exporter = exporter(klaviyo, 100, 50)) {
      klaviyo.script(IMPORT, Fault.jobMiscounts(8), Fault.jobCountsNothing());

      ExportReport report = export(klaviyo, exporter);

      assertThat(report.isConfirmed()).isFalse();
      assertThat(report.profiles().accepted()).isEqualTo(42);
      assertThat(report.profiles().unconfirmed()).isEqualTo(58);
      assertThat(report.unconfirmedCustomers()).hasSize(100);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ABSENT")
  void an_import_error_names_its_customer_in_every_shape(OriginalPayload payload) {
    try (FakeKlaviyo klaviyo = account().originalPayload(payload).start();
        SegmentExporter exporter = exporter(klaviyo, 50, 50)) {
      klaviyo.failProfiles(email(17));

      assertThat(export(klaviyo, exporter).rejections().first())
          .extracting(Rejection::customerId)
          .containsExactly("c-17");
    }
  }

  @Test
  void two_imports_that_klaviyo_says_are_one_job_are_told_apart() {
    try (FakeKlaviyo klaviyo = account().start();
        SegmentExporter exporter = exporter(klaviyo, 2_500, 1_000)) {
      klaviyo.script(IMPORT, Fault.none(), Fault.jobOfImportBefore());

      ExportReport report = export(klaviyo, exporter);

      assertThat(report.profiles().accepted()).isEqualTo(2_500);
      assertThat(report.jobs()).hasSize(3);
      assertThat(klaviyo.list().size()).isEqualTo(2_500);
    }
  }

  @Test
  void two_imports_of_one_size_that_klaviyo_says_are_one_job_leave_the_second_unconfirmed() {
    try (FakeKlaviyo klaviyo = account().start();
        SegmentExporter exporter = exporter(klaviyo, 3_000, 1_000)) {
      klaviyo.script(IMPORT, 3, Fault.jobOfImportBefore());
      klaviyo.script(Operation.GET_BULK_IMPORT_PROFILES_JOBS, 1_000, Fault.serverError(500));

      ExportReport report = export(klaviyo, exporter);

      assertThat(report.profiles().accepted() + report.profiles().unconfirmed()).isEqualTo(3_000);
      assertThat(report.profiles().unconfirmed()).isEqualTo(report.unconfirmedCustomers().size());
      assertThat(report.profiles().accepted()).isGreaterThanOrEqualTo(1_000);
      assertThat(klaviyo.list().size()).isEqualTo(3_000);
    }
  }

  @Test
  void a_quota_that_would_stop_imports_until_the_deadline_does_not() {
    try (FakeKlaviyo klaviyo = account().start();
        SegmentExporter exporter = exporter(klaviyo, 50, 1)) {
      klaviyo.script(IMPORT, 50, Fault.withHeaders(Map.of("RateLimit-Limit", "1, 1;w=999999")));

      assertThat(export(klaviyo, exporter).profiles().accepted()).isEqualTo(50);
      assertThat(Duration.between(VirtualTime.create().now(), time.now()))
          .isLessThan(Duration.ofMinutes(10));
    }
  }
}
