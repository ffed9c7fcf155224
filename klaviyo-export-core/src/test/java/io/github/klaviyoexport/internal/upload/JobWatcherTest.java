package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.ERRORS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.JOB;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.SmallKlaviyo.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobWatcherTest {
  private final Lab lab = new Lab();

  // Watching

  @Test
  void a_complete_job_without_failures_is_confirmed_without_reading_errors() {
    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.accepted()).isEqualTo(10);
    assertThat(report.jobs()).containsExactly(new Job("job-1", JobStatus.COMPLETE, 10, 10, 0));
    assertThat(lab.klaviyo.asked(ERRORS)).isEmpty();
  }

  @Test
  void rounds_begin_a_second_apart_and_grow_to_half_a_minute() {
    lab.klaviyo.status(job -> job.age().toMinutes() < 10 ? "processing" : "complete");

    lab.export(Lab.customers(1));

    List<Duration> looks = lab.klaviyo.asked(LISTING).stream().map(Asked::at).toList();
    List<Duration> apart = new ArrayList<>();
    for (int i = 1; i < looks.size(); i++) {
      apart.add(looks.get(i).minus(looks.get(i - 1)));
    }
    assertThat(looks.get(0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(apart).isSorted().allMatch(wait -> wait.compareTo(Duration.ofSeconds(30)) <= 0);
    assertThat(apart.get(0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(apart).endsWith(Duration.ofSeconds(30));
    assertThat(looks).hasSizeLessThan(40);
  }

  @Test
  void one_call_watches_a_hundred_jobs() {
    lab.klaviyo.status(job -> job.age().toSeconds() < 90 ? "processing" : "complete");

    ExportReport report = export(100, 1);

    assertThat(report.accepted()).isEqualTo(100);
    assertThat(lab.klaviyo.asked(JOB)).isEmpty();
    assertThat(lab.klaviyo.asked(LISTING)).hasSizeLessThan(30);
  }

  @Test
  void jobs_of_other_tools_in_between_are_passed_over() {
    lab.klaviyo.strangers(40).status(job -> job.age().toSeconds() < 20 ? "queued" : "complete");

    ExportReport report = export(12, 1);

    assertThat(report.accepted()).isEqualTo(12);
    assertThat(report.jobs()).extracting(Job::id).allMatch(id -> id.startsWith("job-"));
    assertThat(lab.klaviyo.asked(LISTING))
        .anyMatch(asked -> asked.request().uri().getRawQuery().contains("cursor=200"));
  }

  @Test
  void a_job_buried_under_those_of_other_tools_is_asked_for_by_its_id() {
    lab.klaviyo.strangers(1_000).status(job -> job.age().toSeconds() < 3 ? "queued" : "complete");

    ExportReport report = export(2, 1);

    assertThat(report.accepted()).isEqualTo(2);
    assertThat(lab.klaviyo.asked(JOB)).isNotEmpty();
    assertThat(lab.klaviyo.asked(LISTING)).hasSizeLessThan(20);
  }

  @Test
  void pages_older_than_the_oldest_open_job_are_not_read() {
    SmallKlaviyo klaviyo = lab.klaviyo;
    klaviyo.status(job -> job.age().toSeconds() < 3 ? "queued" : "complete");
    List<String> old =
        IntStream.range(0, 1_000)
            .mapToObj(
                i ->
                    """
                    {"id":"old-%d","attributes":{"status":"complete",\
                    "created_at":"2026-09-01T07:00:00+00:00"}}\
                    """
                        .formatted(i))
            .toList();
    klaviyo.on(LISTING, asked -> SmallKlaviyo.page(asked, old));

    ExportReport report = export(20, 1);

    assertThat(report.accepted()).isEqualTo(20);
    assertThat(klaviyo.asked(LISTING))
        .noneMatch(asked -> asked.request().uri().getRawQuery().contains("cursor"));
  }

  @Test
  void a_listing_whose_pages_lead_round_in_a_circle_does_not_hold_the_export_up() {
    lab.klaviyo.on(
        LISTING,
        Answer.json(
            200,
            "{\"data\":[],\"links\":{\"next\":\"https://a.klaviyo.com"
                + SmallKlaviyo.JOBS
                + "?again\"}}"));

    ExportReport report = export(20, 1);

    assertThat(report.accepted()).isEqualTo(20);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void a_listing_that_links_to_another_host_is_not_followed_and_tried_again() {
    int[] looks = {0};
    lab.klaviyo.on(
        LISTING,
        asked ->
            looks[0]++ == 0
                ? Answer.json(
                    200, "{\"data\":[],\"links\":{\"next\":\"https://shop.example/jobs\"}}")
                : null);

    assertThat(lab.export(Lab.customers(5)).accepted()).isEqualTo(5);
    assertThat(lab.klaviyo.asked())
        .allMatch(asked -> asked.request().uri().getHost().equals("a.klaviyo.com"));
  }

  @Test
  void a_listing_that_cannot_be_had_is_tried_again_until_it_can() {
    lab.klaviyo.on(LISTING, asked -> asked.at().toMinutes() < 30 ? Answer.json(503, "") : null);

    assertThat(lab.export(Lab.customers(5)).accepted()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 410})
  void a_listing_that_is_refused_stops_the_export_and_blames_no_list(int status) {
    lab.klaviyo.on(LISTING, Answer.error(status, "no", "/data"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason())
        .isEqualTo(
            switch (status) {
              case 401 -> Reason.UNAUTHORIZED;
              case 403 -> Reason.FORBIDDEN;
              default -> Reason.REFUSED;
            });
    assertThat(stopped).message().contains("(" + status + ")");
    assertThat(stopped.report().unconfirmed()).isEqualTo(5);
    assertThat(stopped.report().unconfirmedCustomers())
        .containsExactly("c-1", "c-2", "c-3", "c-4", "c-5");
    assertThat(stopped.report().jobs().get(0).status()).isEqualTo(JobStatus.RUNNING);
  }

  // How jobs end

  @Test
  void a_cancelled_job_has_ended_and_its_profiles_are_unconfirmed() {
    lab.klaviyo.status(job -> job.id().equals("job-1") ? "cancelled" : "complete");

    ExportReport report = export(20, 10);

    assertThat(report.jobs())
        .extracting(Job::status)
        .containsExactly(JobStatus.CANCELLED, JobStatus.COMPLETE);
    assertThat(report.unconfirmed()).isEqualTo(10);
    assertThat(report.accepted()).isEqualTo(10);
    assertThat(report.unsent()).isZero();
    assertThat(report.isConfirmed()).isFalse();
  }

  @Test
  void a_status_that_is_not_known_counts_as_running() {
    lab.klaviyo.status(
        job -> job.age().toMinutes() < 5 ? "reticulating \\\"splines\\\"" : "complete");

    assertThat(lab.export(Lab.customers(5)).accepted()).isEqualTo(5);
    assertThat(lab.time.elapsed()).isGreaterThan(Duration.ofMinutes(5));
  }

  @Test
  void a_job_that_never_ends_is_watched_until_the_deadline() {
    lab.klaviyo.status(job -> "processing");

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(lab.time.elapsed()).isEqualTo(Duration.ofHours(6));
    assertThat(stopped.report().unconfirmed()).isEqualTo(5);
    assertThat(stopped.report().unconfirmedCustomers())
        .containsExactly("c-1", "c-2", "c-3", "c-4", "c-5");
    assertThat(stopped.report().jobs().get(0).status()).isEqualTo(JobStatus.RUNNING);
    assertThat(lab.klaviyo.asked()).hasSizeLessThan(800);
  }

  @Test
  void a_job_that_klaviyo_has_forgotten_is_lost() {
    lab.klaviyo.on(LISTING, Answer.json(200, "{\"data\":[]}"));
    lab.klaviyo.on(JOB, Answer.error(404, "not_found", "/data/"));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.jobs()).extracting(Job::status).containsExactly(JobStatus.LOST);
    assertThat(report.unconfirmed()).isEqualTo(5);
  }

  @Test
  void a_job_that_was_just_made_need_not_be_found_at_once() {
    lab.klaviyo.on(
        LISTING, asked -> asked.at().toSeconds() < 30 ? Answer.json(200, "{\"data\":[]}") : null);
    lab.klaviyo.on(
        JOB, asked -> asked.at().toSeconds() < 30 ? Answer.error(404, "no", "/data/") : null);

    assertThat(lab.export(Lab.customers(5)).accepted()).isEqualTo(5);
  }

  @Test
  void a_job_that_the_listing_does_not_show_and_that_cannot_be_read_is_asked_for_again() {
    lab.klaviyo.on(LISTING, Answer.json(200, "{\"data\":[]}"));
    lab.klaviyo.on(
        JOB, asked -> asked.at().toMinutes() < 10 ? Answer.error(400, "no", "/data/") : null);

    assertThat(lab.export(Lab.customers(5)).accepted()).isEqualTo(5);
  }

  // Import errors

  @Test
  void rows_that_fail_in_the_job_are_named_by_their_customer() {
    lab.klaviyo.failing(row -> Lab.number(row.email()) % 3 == 0);

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.accepted()).isEqualTo(7);
    assertThat(report.rejections())
        .isEqualTo(lab.rejections)
        .extracting(Rejection::customerId)
        .containsExactly("c-3", "c-6", "c-9");
    assertThat(report.rejections())
        .allMatch(
            rejection ->
                rejection.reason() == Rejection.Reason.FAILED_IN_KLAVIYO
                    && "invalid".equals(rejection.code()));
    assertThat(report.jobs()).containsExactly(new Job("job-1", JobStatus.COMPLETE, 10, 7, 3));
  }

  @Test
  void all_pages_of_import_errors_are_read() {
    lab.klaviyo.failing(row -> Lab.number(row.email()) <= 950);

    ExportReport report = lab.export(Lab.customers(1_000));

    assertThat(report.rejected()).isEqualTo(950);
    assertThat(report.rejections()).hasSize(950).allMatch(named -> named.customerId() != null);
    assertThat(lab.klaviyo.asked(ERRORS)).hasSize(10);
  }

  @Test
  void errors_name_the_right_rows_after_klaviyo_refused_others_of_the_batch() {
    lab.klaviyo.judging(
        rows -> {
          int[] bad =
              IntStream.range(0, rows.size())
                  .filter(i -> Lab.number(rows.get(i).email()) % 7 == 0)
                  .toArray();
          return bad.length == 0
              ? null
              : SmallKlaviyo.refusing(400, IntStream.of(bad), "/attributes/email");
        });
    lab.klaviyo.failing(row -> Lab.number(row.email()) % 10 == 1);

    ExportReport report = lab.export(Lab.customers(100));

    assertThat(report.rejections())
        .filteredOn(r -> r.reason() == Rejection.Reason.FAILED_IN_KLAVIYO)
        .extracting(Rejection::customerId)
        .containsExactly("c-1", "c-11", "c-31", "c-41", "c-51", "c-61", "c-71", "c-81");
  }

  @Test
  void an_error_finds_its_row_by_any_identifier_in_whatever_case_and_wherever_it_stands() {
    errors(
        3,
        "{\"attributes\":{\"code\":\"invalid\",\"source\":{\"pointer\":\"/data/attributes/phone_number\"},\"original_payload\":{\"attributes\":{\"email\":\""
            + " Customer.2@SHOP.example \"}}}}");

    ExportReport report = lab.export(Lab.customers(3));

    assertThat(report.rejections())
        .startsWith(
            Rejection.ofProfile("c-2", "Phone", Rejection.Reason.FAILED_IN_KLAVIYO)
                .withCode("invalid"));
  }

  @Test
  void failures_beyond_those_named_are_reported_without_a_customer() {
    errors(3, SmallKlaviyo.importError(rowOf(2)), "{\"attributes\":{\"code\":\"odd\"}}", "{}");

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.rejected()).isEqualTo(3);
    assertThat(report.accepted()).isEqualTo(2);
    assertThat(report.rejections())
        .extracting(Rejection::customerId)
        .containsExactly("c-2", null, null);
  }

  @Test
  void a_row_with_several_errors_is_rejected_once() {
    String error = SmallKlaviyo.importError(rowOf(2));
    errors(1, error, error, error);

    assertThat(lab.export(Lab.customers(5)).rejected()).isEqualTo(1);
  }

  @Test
  void more_rows_named_than_counted_are_all_rejected() {
    errors(1, SmallKlaviyo.importError(rowOf(2)), SmallKlaviyo.importError(rowOf(4)));

    assertThat(lab.export(Lab.customers(5)).rejected()).isEqualTo(2);
  }

  @Test
  void no_more_are_rejected_than_were_sent() {
    errors(Long.MAX_VALUE, "{}", "{}", "{}");

    ExportReport report = lab.export(Lab.customers(2));

    assertThat(report.rejected()).isEqualTo(2);
    assertThat(report.accepted()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"many\"", "1.5"})
  void where_klaviyo_does_not_count_failures_its_errors_do(String failedCount) {
    lab.klaviyo.on(
        LISTING,
        Answer.json(
            200,
            "{\"data\":[{\"id\":\"job-1\",\"attributes\":{\"status\":\"complete\",\"failed_count\":"
                + failedCount
                + "}}]}"));
    lab.klaviyo.failing(row -> row.email().equals(Lab.email(4)));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.rejections()).extracting(Rejection::customerId).containsExactly("c-4");
    assertThat(report.accepted()).isEqualTo(4);
  }

  @Test
  void errors_that_cannot_be_read_for_a_while_are_read_later() {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(
        ERRORS,
        asked ->
            asked.line().contains("job-1") && asked.at().toMinutes() < 30
                ? Answer.json(503, "")
                : null);

    ExportReport report = export(20, 10);

    assertThat(report.rejections()).hasSize(20).allMatch(named -> named.customerId() != null);
    assertThat(lab.events).containsSubsequence("jobFinished job-2 COMPLETE", "finished");
  }

  @Test
  void errors_behind_a_link_that_leads_elsewhere_leave_the_job_unread_and_the_others_alone() {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(
        ERRORS,
        asked ->
            asked.line().contains("job-1")
                ? Answer.json(200, "{\"data\":[],\"links\":{\"next\":\"https://shop.example/\"}}")
                : null);

    ExportReport report = export(20, 10);

    assertThat(report.jobs())
        .containsExactly(
            new Job("job-1", JobStatus.UNREAD, 10, 0, 0),
            new Job("job-2", JobStatus.COMPLETE, 10, 0, 10));
    assertThat(report.unconfirmed()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void errors_that_are_no_more_leave_the_job_unread(int status) {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(ERRORS, Answer.error(status, "no", "/data"));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.jobs()).extracting(Job::status).containsExactly(JobStatus.UNREAD);
    assertThat(report.unconfirmed()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void errors_that_may_not_be_read_stop_the_export(int status) {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(ERRORS, Answer.error(status, "no", "/data"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped).message().contains("(" + status + ")");
    assertThat(stopped.report().unconfirmed()).isEqualTo(5);
  }

  @Test
  void pages_of_errors_that_lead_round_in_a_circle_end() {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(
        ERRORS,
        asked ->
            Answer.json(
                200,
                "{\"data\":[],\"links\":{\"next\":\"https://a.klaviyo.com"
                    + asked.request().uri().getPath()
                    + "?again\"}}"));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.jobs()).extracting(Job::status).containsExactly(JobStatus.UNREAD);
    assertThat(lab.klaviyo.asked(ERRORS)).hasSize(2);
  }

  @Test
  void pages_of_errors_that_never_end_end() {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(
        ERRORS,
        asked ->
            Answer.json(
                200,
                "{\"data\":[],\"links\":{\"next\":\"https://a.klaviyo.com"
                    + asked.request().uri().getPath()
                    + "?page="
                    + lab.klaviyo.asked().size()
                    + "\"}}"));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.jobs()).extracting(Job::status).containsExactly(JobStatus.UNREAD);
    assertThat(lab.klaviyo.asked(ERRORS)).hasSizeLessThan(1_100);
  }

  @Test
  void the_errors_of_many_jobs_are_read_one_job_after_the_other() {
    lab.klaviyo.failing(row -> true);
    List<String> order = new ArrayList<>();
    lab.klaviyo.on(
        ERRORS,
        asked -> {
          order.add(asked.line());
          return null;
        });

    ExportReport report = export(40 * 150, 150);

    assertThat(report.rejected()).isEqualTo(40 * 150);
    assertThat(order).hasSize(80);
    for (int i = 0; i < 80; i += 2) {
      assertThat(order.get(i)).isEqualTo(order.get(i + 1));
    }
  }

  private ExportReport export(int customers, int batchSize) {
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(customers)))
            .batchSize(batchSize)
            .build()) {
      return exporter.export(Lab.VIP, Lab.LIST);
    }
  }

  /** The row that the customer of that number is sent as. */
  private static Row rowOf(int number) {
    Lab lab = new Lab();
    lab.export(List.of(Lab.customer(number)));
    return lab.klaviyo.jobs().get(0).rows().get(0);
  }

  /** Has every job complete with so many failures, and these errors. */
  private void errors(long failed, String... errors) {
    lab.klaviyo.on(
        LISTING,
        Answer.json(
            200,
            "{\"data\":[{\"id\":\"job-1\",\"attributes\":{\"status\":\"complete\",\"failed_count\":"
                + failed
                + "}}]}"));
    lab.klaviyo.on(ERRORS, asked -> SmallKlaviyo.page(asked, List.of(errors)));
  }
}
