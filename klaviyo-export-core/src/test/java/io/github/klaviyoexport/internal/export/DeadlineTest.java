package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.ERRORS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run says and leaves that has not ended by its deadline. */
class DeadlineTest {
  private final Lab lab = new Lab();

  @Test
  void the_deadline_ends_an_export_that_waits_for_an_answer() {
    lab.klaviyo.on(IMPORT, Answer.silence());

    ExportException stopped = stoppedWithin(Duration.ofSeconds(100), Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(stopped).message().contains("its deadline of 1 minute 40 seconds has passed");
    assertThat(lab.time.elapsed()).isEqualTo(Duration.ofSeconds(100));
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(5);
    assertThat(stopped.report().profiles().unsent()).isZero();
    assertThat(lab.klaviyo.asked(IMPORT).get(0).exchange()).isCancelled();
  }

  @Test
  void a_deadline_within_which_klaviyo_could_not_be_reached_says_so_and_since_when() {
    lab.klaviyo.on(
        ".*",
        asked ->
            (exchange, time) ->
                exchange.completeExceptionally(
                    new TransportException(Fate.UNPROCESSED, "no connection was made", null)));

    ExportException stopped = stoppedWithin(Duration.ofSeconds(10), Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(stopped)
        .message()
        .contains("its deadline of 10 seconds has passed")
        .contains("could not be reached or gave no usable answer since 2026-09-01 08:00:00 UTC")
        .contains("last, it gave no answer: no connection was made")
        .doesNotContain("raise")
        .doesNotContain("in the report");
  }

  @Test
  void a_deadline_in_the_midst_of_the_first_attempt_to_connect_says_so() {
    lab.klaviyo.on(".*", Answer.silence());

    ExportException stopped = stoppedWithin(Duration.ofSeconds(3), Lab.customers(5));

    assertThat(stopped)
        .message()
        .contains("could not be reached or gave no usable answer since 2026-09-01 08:00:00 UTC. ");
  }

  @ParameterizedTest
  @CsvSource({"200, {}", "202, <html>", "200, ''"})
  void answers_that_cannot_be_used_are_no_answers(int status, String body) {
    lab.klaviyo.on(".*", Answer.of(status, "application/json", body));

    assertThat(stoppedWithin(Duration.ofSeconds(10), Lab.customers(5)))
        .message()
        .contains("could not be reached or gave no usable answer since 2026-09-01 08:00:00 UTC")
        .contains("last, it answered " + status + " with");
  }

  @Test
  void a_429_is_no_usable_answer_and_the_deadline_says_so() {
    lab.klaviyo.on(".*", Answer.error(429, "throttled", "/data", "Retry-After", "1"));

    assertThat(stoppedWithin(Duration.ofMinutes(10), Lab.customers(5)))
        .message()
        .contains("Klaviyo gave no usable answer since 2026-09-01 08:00:00 UTC")
        .contains("last, it answered 429. The account's quota for that is used up: see which other")
        .doesNotContain("firewall");
  }

  @Test
  void an_export_whose_reads_are_only_put_off_ends_within_the_hour_and_blames_klaviyo() {
    lab.klaviyo.on(".*", Answer.error(429, "throttled", "/data", "Retry-After", "1"));

    ExportException stopped = stoppedWithin(Duration.ofHours(6), Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped)
        .message()
        .contains("Klaviyo gave no usable answer within 30 minutes of the first attempt")
        .contains("; last, it answered 429")
        .contains("The account's quota for that is used up: see which other apps and keys call");
    assertThat(lab.time.elapsed()).isEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void a_silent_klaviyo_shows_in_the_progress() {
    lab.klaviyo.on(".*", Answer.silence());

    stoppedWithin(Duration.ofSeconds(30), Lab.customers(5));

    assertThat(lab.progresses.get(lab.progresses.size() - 1).waitingFor())
        .hasValue("Klaviyo, which has given no usable answer since 2026-09-01 08:00:00 UTC");
  }

  @Test
  void a_deadline_that_passes_while_jobs_go_on_names_how_many() {
    lab.klaviyo.status(job -> "processing");

    ExportException stopped = stoppedWithin(Duration.ofMinutes(90), Lab.customers(5));

    assertThat(stopped)
        .message()
        .contains(
            "its deadline of 1 hour 30 minutes has passed while it waited for Klaviyo to end job"
                + " job-1, which has the status 'processing' after 1 hour 30 minutes. Klaviyo goes"
                + " on with 1 job; look it up by the id in the report, or raise the deadline");
  }

  @Test
  void
      a_deadline_that_passes_while_only_the_errors_of_jobs_are_missing_says_that_they_have_ended() {
    lab.klaviyo.status(job -> job.id().equals("job-1") ? "complete" : "processing");
    lab.klaviyo.failing(row -> true).on(ERRORS, Answer.of(500, "text/html", ""));

    ExportException one = stoppedWithin(Duration.ofMinutes(40), Lab.customers(5));

    assertThat(one.report().jobs())
        .extracting(ExportReport.Job::status)
        .containsExactly(JobStatus.UNREAD);
    assertThat(one)
        .message()
        .contains("has passed while it waited for the errors of job job-1, which has the status")
        .contains(
            ". Klaviyo has ended 1 job whose errors could not be read; look it up by the id in the"
                + " report, or raise the deadline");
  }

  @Test
  void a_deadline_tells_jobs_that_go_on_from_those_whose_errors_are_missing() {
    lab.klaviyo.status(job -> job.id().equals("job-1") ? "complete" : "processing");
    lab.klaviyo.failing(row -> true).on(ERRORS, Answer.of(500, "text/html", ""));

    ExportException stopped;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(30)))
            .batchSize(10)
            .deadline(Duration.ofMinutes(40))
            .build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(stopped.report().jobs())
        .extracting(ExportReport.Job::status)
        .containsExactly(JobStatus.UNREAD, JobStatus.RUNNING, JobStatus.RUNNING);
    assertThat(stopped)
        .hasMessageContaining(
            ". Klaviyo goes on with 2 jobs, and has ended 1 job whose errors could not be read;"
                + " look them up by the ids in the report");
  }

  @Test
  void errors_that_a_deadline_has_cut_off_are_read_when_the_run_is_gone_on_with() {
    Journaled journal = new Journaled();
    lab.klaviyo
        .failing(row -> Lab.number(row.email()) == 1)
        .on(
            ERRORS,
            asked -> lab.time.elapsed().toHours() < 1 ? Answer.of(500, "text/html", "") : null);
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(5)))
            .journal(journal)
            .deadline(Duration.ofMinutes(40))
            .build()) {
      SegmentExport export = exporter.prepare(Lab.VIP, Lab.LIST);
      assertThat(Lab.stopped(export).report().jobs().get(0).status()).isEqualTo(JobStatus.UNREAD);
      lab.time.pass(Duration.ofHours(1));

      ExportReport report = export.continueUnfinished().run();

      assertThat(report.jobs().get(0).status()).isEqualTo(JobStatus.COMPLETE);
      assertThat(report.profiles().accepted()).isEqualTo(4);
      assertThat(report.profiles().rejected()).isEqualTo(1);
    }
  }

  @Test
  void what_only_waited_for_the_quota_at_the_deadline_was_never_sent() {
    lab.klaviyo.on(IMPORT, Answer.error(429, "throttled", "/data", "Retry-After", "600"));

    ExportException stopped = stoppedWithin(Duration.ofSeconds(100), Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(stopped.report().profiles().unsent()).isEqualTo(5);
  }

  @Test
  void the_deadline_ends_a_source_that_never_ends() {
    ProfileSource endless =
        segment ->
            new ProfileReader() {
              private int number;

              @Override
              public CustomerProfile next() {
                lab.time.pass(Duration.ofSeconds(10));
                return Lab.customer(++number);
              }
            };

    ExportException stopped;
    try (SegmentExporter exporter = lab.exporter(endless).deadline(Duration.ofHours(2)).build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(lab.time.elapsed()).isBetween(Duration.ofHours(2), Duration.ofHours(3));
  }

  @Test
  void a_deadline_and_a_timeout_of_any_length_can_be_given() {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(5)))
            .klaviyo(
                KlaviyoConnection.of(ApiKey.of("pk_0123456789"))
                    .transport(lab.klaviyo)
                    .requestTimeout(forever))
            .deadline(forever)
            .build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).profiles().accepted()).isEqualTo(5);
    }
  }

  private ExportException stoppedWithin(Duration deadline, List<CustomerProfile> customers) {
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(customers)).deadline(deadline).build()) {
      return Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }
  }
}
