package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.ERRORS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.JOB;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Journaled;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Import jobs are watched in rounds until they end: how often, by which calls, and what each end
 * means.
 */
class JobWatcherTest extends JobsInLab {
  // Watching

  @Test
  void a_complete_job_without_failures_is_confirmed_without_reading_errors() {
    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(report.jobs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("madeAt", "endedAt")
        .containsExactly(new JobData("job-1", JobStatus.COMPLETE, 10, 10, 0));
    assertThat(report.jobs())
        .allMatch(job -> !job.madeAt().isBefore(report.startedAt()))
        .allMatch(job -> !job.endedAt().isBefore(job.madeAt().plusSeconds(1)));
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

    assertThat(report.profiles().accepted()).isEqualTo(100);
    assertThat(lab.klaviyo.asked(JOB)).isEmpty();
    assertThat(lab.klaviyo.asked(LISTING)).hasSizeLessThan(30);
  }

  @Test
  void jobs_of_other_tools_in_between_are_passed_over() {
    lab.klaviyo.strangers(40).status(job -> job.age().toSeconds() < 20 ? "queued" : "complete");

    ExportReport report = export(12, 1);

    assertThat(report.profiles().accepted()).isEqualTo(12);
    assertThat(report.jobs()).extracting(Job::id).allMatch(id -> id.startsWith("job-"));
    assertThat(lab.klaviyo.asked(LISTING))
        .anyMatch(asked -> asked.request().uri().getRawQuery().contains("cursor=200"));
  }

  @Test
  void a_job_buried_under_those_of_other_tools_is_asked_for_by_its_id() {
    lab.klaviyo.strangers(1_000).status(job -> job.age().toSeconds() < 3 ? "queued" : "complete");

    ExportReport report = export(2, 1);

    assertThat(report.profiles().accepted()).isEqualTo(2);
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
                    {"type":"profile-bulk-import-job","id":"old-%d","attributes":{"status":"complete",\
                    "created_at":"2026-09-01T07:00:00+00:00"}}\
                    """
                        .formatted(i))
            .toList();
    klaviyo.on(LISTING, asked -> SmallKlaviyo.page(asked, old));

    ExportReport report = export(20, 1);

    assertThat(report.profiles().accepted()).isEqualTo(20);
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

    assertThat(report.profiles().accepted()).isEqualTo(20);
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

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
    assertThat(lab.klaviyo.asked())
        .allMatch(asked -> asked.request().uri().getHost().equals("a.klaviyo.com"));
  }

  @Test
  void jobs_of_a_listing_that_answers_nothing_but_429_are_asked_for_by_their_ids() {
    lab.klaviyo.on(LISTING, Answer.error(429, "throttled", "/data", "Retry-After", "1"));

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(lab.klaviyo.asked(JOB)).hasSize(1);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(11));
  }

  @Test
  void a_listing_that_cannot_be_had_is_tried_again_until_it_can() {
    lab.klaviyo.on(LISTING, asked -> asked.at().toMinutes() < 30 ? Answer.json(503, "") : null);

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 407})
  void a_listing_that_the_key_or_a_proxy_stands_before_stops_the_export_and_blames_no_list(
      int status) {
    lab.klaviyo.on(LISTING, Answer.error(status, "no", "/data"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason())
        .isEqualTo(
            switch (status) {
              case 401 -> Reason.UNAUTHORIZED;
              case 403 -> Reason.FORBIDDEN;
              default -> Reason.UNAVAILABLE;
            });
    assertThat(stopped).message().contains("(" + status);
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(5);
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
    assertThat(report.profiles().unconfirmed()).isEqualTo(10);
    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(report.profiles().unsent()).isZero();
    assertThat(report.isConfirmed()).isFalse();
  }

  @Test
  void a_status_that_is_not_known_counts_as_running() {
    lab.klaviyo.status(
        job -> job.age().toMinutes() < 5 ? "reticulating \\\"splines\\\"" : "complete");

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
    assertThat(lab.time.elapsed()).isGreaterThan(Duration.ofMinutes(5));
  }

  @Test
  void a_job_that_never_ends_is_watched_until_the_deadline() {
    lab.klaviyo.status(job -> "processing");

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(lab.time.elapsed()).isEqualTo(Duration.ofHours(6));
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(5);
    assertThat(stopped.report().unconfirmedCustomers())
        .containsExactly("c-1", "c-2", "c-3", "c-4", "c-5");
    assertThat(stopped.report().jobs().get(0).status()).isEqualTo(JobStatus.RUNNING);
    assertThat(lab.klaviyo.asked()).hasSizeLessThan(800);
  }

  @Test
  void a_status_that_is_not_known_is_named_at_once_in_a_warning_and_in_the_progress() {
    lab.klaviyo.status(job -> job.age().toMinutes() < 20 ? "on-hold" : "complete");

    export(20, 10);

    assertThat(lab.warnings)
        .singleElement()
        .asString()
        .startsWith("Klaviyo has job job-2, which has the status 'on-hold': ")
        .contains("does not know what that means", "until the export's deadline");
    assertThat(lab.waits())
        .first(STRING)
        .isEqualTo("Klaviyo to end job job-1, which has the status 'on-hold', and 1" + " more");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ' ',                    for which it gives no status
          'reticulating splines', which has a status that is no word
          Zoe,                    which has a status that is no word\
          """)
  void a_status_that_is_missing_or_no_word_is_said_to_be_and_not_shown(String status, String said) {
    lab.klaviyo.status(job -> job.age().toMinutes() < 5 ? status : "complete");

    lab.export(Lab.customers(5));

    assertThat(lab.warnings)
        .singleElement()
        .asString()
        .startsWith("Klaviyo has job job-1, " + said + ": ");
  }

  @Test
  void jobs_that_take_long_are_told_once_and_named_in_the_progress_and_at_the_deadline() {
    lab.klaviyo.status(job -> "processing");

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(lab.warnings)
        .containsExactly(
            "The export waits for Klaviyo to end job job-1, which has the status 'processing' after"
                + " 30 minutes. Imports can take hours; it is waited for until the export's"
                + " deadline of 6 hours. Klaviyo's status page says whether imports are delayed.");
    assertThat(lab.waits())
        .first(STRING)
        .startsWith("Klaviyo to end job job-1, which has the status 'processing' after 30 minutes");
    assertThat(stopped)
        .hasMessageContaining(
            "its deadline of 6 hours has passed while it waited for Klaviyo to end job job-1, which"
                + " has the status 'processing' after ")
        .hasMessageContaining(". Klaviyo goes on with 1 job; look it up by the id");
  }

  @Test
  void jobs_that_end_within_half_an_hour_are_worth_no_word() {
    lab.klaviyo.status(job -> job.age().toMinutes() < 29 ? "processing" : "complete");

    lab.export(Lab.customers(5));

    assertThat(lab.warnings).isEmpty();
    assertThat(lab.waits()).isEmpty();
  }

  @Test
  void a_job_that_klaviyo_has_forgotten_is_lost() {
    lab.klaviyo.on(LISTING, Answer.json(200, "{\"data\":[]}"));
    lab.klaviyo.on(JOB, Answer.error(404, "not_found", "/data/"));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.jobs()).extracting(Job::status).containsExactly(JobStatus.LOST);
    assertThat(report.profiles().unconfirmed()).isEqualTo(5);
  }

  @Test
  void a_job_that_was_just_made_need_not_be_found_at_once() {
    lab.klaviyo.on(
        LISTING, asked -> asked.at().toSeconds() < 30 ? Answer.json(200, "{\"data\":[]}") : null);
    lab.klaviyo.on(
        JOB, asked -> asked.at().toSeconds() < 30 ? Answer.error(404, "no", "/data/") : null);

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
  }

  @Test
  void a_job_that_the_listing_does_not_show_and_that_cannot_be_read_is_asked_for_again() {
    lab.klaviyo.on(LISTING, Answer.json(200, "{\"data\":[]}"));
    lab.klaviyo.on(
        JOB, asked -> asked.at().toMinutes() < 10 ? Answer.error(400, "no", "/data/") : null);

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
  }

  // Counts

  @ParameterizedTest
  @CsvSource({
    "7, 0, 7, 3",
    "0, 0, 0, 10",
    "null, 0, 0, 10",
    "null, null, 0, 10",
    "-1, 0, 0, 10",
    "\"ten\", 0, 0, 10",
    "10, 0, 10, 0",
    "11, 0, 10, 0",
    "10, null, 10, 0"
  })
  void a_complete_job_that_counts_fewer_than_it_was_sent_leaves_the_difference_unconfirmed(
      String completed, String failed, int accepted, int unconfirmed) {
    lab.klaviyo.counting(
        job -> "\"completed_count\":%s,\"failed_count\":%s".formatted(completed, failed));

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.profiles().accepted()).isEqualTo(accepted);
    assertThat(report.profiles().rejected()).isZero();
    assertThat(report.profiles().unconfirmed()).isEqualTo(unconfirmed);
    assertThat(report.isConfirmed()).isEqualTo(unconfirmed == 0);
    assertThat(report.jobs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("madeAt", "endedAt")
        .containsExactly(new JobData("job-1", JobStatus.COMPLETE, 10, accepted, 0));
    // Which of the job's customers they are is not known.
    assertThat(report.unconfirmedCustomers()).hasSize(unconfirmed == 0 ? 0 : 10);
  }

  @Test
  void a_complete_job_that_counts_nothing_at_all_leaves_all_of_it_unconfirmed() {
    lab.klaviyo.counting(job -> "\"expires_at\":null");

    assertThat(lab.export(Lab.customers(10)).profiles().unconfirmed()).isEqualTo(10);
  }

  @Test
  void of_a_job_that_counts_too_few_those_whom_klaviyo_named_as_failed_are_not_in_doubt() {
    lab.klaviyo.failing(row -> row.email().equals(Lab.email(4)));
    lab.klaviyo.counting(job -> "\"completed_count\":2,\"failed_count\":1");

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.profiles().accepted()).isEqualTo(2);
    assertThat(report.profiles().rejected()).isEqualTo(1);
    assertThat(report.profiles().unconfirmed()).isEqualTo(2);
    assertThat(report.unconfirmedCustomers()).containsExactly("c-1", "c-2", "c-3", "c-5");
  }

  @Test
  void counts_may_take_a_minute_to_add_up() {
    lab.klaviyo.counting(
        job -> job.age().toSeconds() < 45 ? "\"completed_count\":0,\"failed_count\":0" : "");

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
  }

  @Test
  void a_resumed_run_still_has_in_doubt_whom_a_job_left_uncounted() {
    lab.klaviyo.failing(row -> row.email().equals(Lab.email(4)));
    lab.klaviyo.counting(
        job -> job.id().equals("job-1") ? "\"completed_count\":3,\"failed_count\":1" : "");
    Journaled journal = new Journaled();
    journal.cutOffAt(2, "ended");
    try (SegmentExporter exporter = journaled(journal)) {
      Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }
    journal.goOn();
    ExportReport report;
    try (SegmentExporter exporter = journaled(journal)) {
      report = exporter.resume(exporter.unfinishedRun(Lab.VIP, Lab.LIST).orElseThrow());
    }

    assertThat(report.profiles().unconfirmed()).isEqualTo(1);
    assertThat(report.profiles().accepted()).isEqualTo(8);
    assertThat(report.unconfirmedCustomers()).containsExactly("c-1", "c-2", "c-3", "c-5");
  }

  private SegmentExporter journaled(Journaled journal) {
    return lab.exporter(segment -> ProfileReader.of(Lab.customers(10)))
        .batchSize(5)
        .journal(journal)
        .build();
  }
}
