package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.ERRORS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.JOB;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Journaled;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever Klaviyo answers about jobs, the export ends soon, and its report adds up and claims
 * nothing that was not said.
 */
class LyingAnswersTest extends JobsInLab {
  private static void assertAddsUp(ExportReport report) {
    assertThat(report.profiles().read())
        .as(report.toString())
        .isEqualTo(
            report.profiles().accepted()
                + report.profiles().rejected()
                + report.profiles().duplicates()
                + report.profiles().unconfirmed());
  }

  // One id for two imports

  private void oneIdForAll() {
    lab.klaviyo.on(
        IMPORT,
        asked -> {
          List<SmallKlaviyo.Row> rows = SmallKlaviyo.rows(asked.body());
          return Lab.number(rows.get(0).email()) == 1
              ? null
              : Answer.json(
                  202, "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":\"job-1\"}}");
        });
  }

  @Test
  void two_imports_with_one_job_are_counted_as_that_job_says_and_the_rest_is_unconfirmed() {
    oneIdForAll();

    ExportReport report = export(30, 10);

    assertAddsUp(report);
    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(report.profiles().unconfirmed()).isEqualTo(20);
    assertThat(report.unconfirmedCustomers())
        .hasSize(20)
        .doesNotContain("c-1", "c-10")
        .contains("c-11", "c-30");
    assertThat(report.jobs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("madeAt", "endedAt")
        .containsExactly(new JobData("job-1", JobStatus.COMPLETE, 30, 10, 0));
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(3);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void the_job_that_klaviyo_did_make_of_the_second_import_is_found() {
    int[] asked = {0};
    lab.klaviyo.on(
        IMPORT,
        any -> {
          if (++asked[0] != 2) {
            return null;
          }
          lab.klaviyo.take(any);
          return Answer.json(
              202, "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":\"job-1\"}}");
        });

    ExportReport report = export(25, 10);

    assertThat(report.profiles().accepted()).isEqualTo(25);
    assertThat(report.jobs())
        .extracting(Job::id)
        .containsExactlyInAnyOrder("job-1", "job-2", "job-3");
  }

  @Test
  void a_resumed_run_takes_none_of_them_for_the_other() {
    oneIdForAll();
    lab.klaviyo.status(job -> "processing");
    Journaled journal = new Journaled();
    try (SegmentExporter exporter = journaled(journal, Duration.ofMinutes(5))) {
      assertAddsUp(Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST)).report());
    }
    lab.klaviyo.status(job -> "complete");
    ExportReport report;
    try (SegmentExporter exporter = journaled(journal, Duration.ofHours(6))) {
      report = exporter.resume(exporter.unfinishedRun(Lab.VIP, Lab.LIST).orElseThrow());
    }

    assertAddsUp(report);
    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(report.profiles().unconfirmed()).isEqualTo(10);
    assertThat(report.unconfirmedCustomers()).hasSize(10).contains("c-11", "c-20");
  }

  private SegmentExporter journaled(Journaled journal, Duration deadline) {
    return lab.exporter(segment -> ProfileReader.of(Lab.customers(20)))
        .batchSize(10)
        .deadline(deadline)
        .journal(journal)
        .build();
  }

  // The listing

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "7",
        "[]",
        "{\"type\":\"profile-bulk-import-job\",\"id\":\"\"}",
        "{\"type\":\"profile-bulk-import-job\",\"id\":null,\"attributes\":{}}",
        "{\"type\":\"profile-bulk-import-job\",\"id\":{},\"attributes\":[]}",
        "{\"type\":\"profile-bulk-import-job\",\"id\":\"x\",\"attributes\":{\"status\":7,\"total_count\":\"x\",\"created_at\":{}}}"
      })
  void an_unusable_item_in_the_listing_costs_that_item_only(String item) {
    lab.klaviyo.on(
        LISTING,
        asked -> {
          List<String> items = lab.klaviyo.listed();
          items.add(0, item);
          return SmallKlaviyo.page(asked, items);
        });
    lab.klaviyo.status(job -> job.age().toSeconds() < 5 ? "processing" : "complete");

    ExportReport report = export(20, 10);

    assertThat(report.profiles().accepted()).isEqualTo(20);
    assertThat(lab.klaviyo.asked(JOB)).isEmpty();
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(1));
  }

  static Stream<Answer> failures() {
    return Stream.of(
        Answer.json(500, ""),
        Answer.json(503, "{\"errors\":[]}", "Retry-After", "999999999999"),
        Answer.error(404, "not_found", "/data"),
        Answer.error(410, "gone", "/data"),
        Answer.error(400, "invalid", "/data"),
        Answer.error(405, "no", "/data"),
        Answer.json(400, "{}"),
        Answer.json(200, "{}"),
        Answer.json(200, "{\"data\":null}"),
        Answer.json(200, "{\"data\":{}}"),
        Answer.json(200, "{\"data\":\"x\"}"),
        Answer.json(200, "garbage"),
        Answer.json(200, "[]"),
        Answer.of(204, "", ""),
        Answer.of(200, "text/html", "<html>"),
        Answer.json(200, "{\"data\":[" + "{},".repeat(2_000) + "{}]}"),
        Answer.json(200, "{\"data\":[],\"links\":{\"next\":\"https://shop.example/\"}}"),
        Answer.broken(Fate.UNKNOWN),
        Answer.broken(Fate.UNPROCESSED));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void jobs_are_asked_for_by_their_ids_where_the_listing_never_serves(Answer failure) {
    lab.klaviyo.on(LISTING, failure);

    ExportReport report = export(40, 10);

    assertThat(report.profiles().accepted()).isEqualTo(40);
    assertThat(lab.klaviyo.asked(LISTING)).hasSizeLessThanOrEqualTo(2);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void a_listing_that_serves_again_is_used_again() {
    lab.klaviyo.on(LISTING, asked -> asked.at().toMinutes() < 8 ? Answer.json(500, "") : null);
    lab.klaviyo.status(job -> job.age().toMinutes() < 20 ? "processing" : "complete");

    ExportReport report = export(40, 10);

    assertThat(report.profiles().accepted()).isEqualTo(40);
    assertThat(lab.klaviyo.asked(JOB)).allMatch(asked -> asked.at().toMinutes() < 12);
  }

  // One job

  @ParameterizedTest
  @MethodSource("failures")
  void a_job_of_which_nothing_usable_is_ever_said_is_given_up_and_the_others_are_not(
      Answer failure) {
    lab.klaviyo.on(LISTING, Answer.json(500, ""));
    lab.klaviyo.on(JOB, asked -> asked.line().endsWith("job-2") ? failure : null);
    lab.klaviyo.status(
        job -> job.id().equals("job-3") && job.age().toMinutes() < 20 ? "queued" : "complete");

    ExportReport report = export(30, 10);

    assertAddsUp(report);
    assertThat(report.profiles().accepted()).isEqualTo(20);
    assertThat(report.profiles().unconfirmed()).isEqualTo(10);
    assertThat(report.unconfirmedCustomers()).hasSize(10).contains("c-11", "c-20");
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(45));
  }

  @Test
  void an_answer_about_another_job_is_none_about_this_one() {
    lab.klaviyo.on(LISTING, Answer.json(200, "{\"data\":[]}"));
    lab.klaviyo.on(
        JOB,
        Answer.json(
            200,
            "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":\"job-1\",\"attributes\":{\"status\":\"complete\","
                + "\"completed_count\":10,\"failed_count\":0}}}"));

    ExportReport report = export(20, 10);

    assertAddsUp(report);
    assertThat(report.jobs())
        .extracting(Job::status)
        .containsExactly(JobStatus.COMPLETE, JobStatus.UNREAD);
    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(20));
  }

  @Test
  void a_gateway_that_knows_nothing_for_minutes_loses_no_job() {
    lab.klaviyo.on(
        LISTING + "|" + JOB,
        asked -> asked.at().toMinutes() < 10 ? Answer.error(404, "no", "/data") : null);

    assertThat(export(20, 10).profiles().accepted()).isEqualTo(20);
  }

  @Test
  void what_comes_after_waits_for_a_job_that_was_given_up_and_is_still_running() {
    boolean[] lies = {true};
    lab.klaviyo.on(LISTING, asked -> lies[0] ? Answer.json(500, "") : null);
    lab.klaviyo.on(JOB, asked -> lies[0] ? Answer.error(404, "no", "/data") : null);
    Journaled journal = new Journaled();
    try (SegmentExporter exporter = journaled(journal, Duration.ofHours(6))) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).jobs())
          .extracting(Job::status)
          .containsOnly(JobStatus.LOST);
    }
    lies[0] = false;
    lab.klaviyo.status(
        job ->
            job.id().matches("job-[12]") && lab.time.elapsed().toMinutes() < 50
                ? "processing"
                : "complete");
    try (SegmentExporter exporter = journaled(journal, Duration.ofHours(6))) {
      exporter.export(Lab.VIP, Lab.LIST);
    }

    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(4);
    assertThat(lab.klaviyo.asked(IMPORT).get(2).at()).isGreaterThan(Duration.ofMinutes(50));
  }

  @Test
  void an_outage_of_hours_is_waited_out() {
    lab.klaviyo.on(
        LISTING + "|" + JOB,
        asked -> asked.at().toHours() < 3 ? Answer.broken(Fate.UNPROCESSED) : null);

    assertThat(export(300, 10).profiles().accepted()).isEqualTo(300);
    assertThat(lab.klaviyo.asked().size()).isLessThan(4_000);
  }

  // Import errors

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"data\":{}}", "{\"data\":null}", "{\"data\":\"x\"}", "[]", "garbage", ""})
  void import_errors_that_are_no_array_leave_the_job_unread_within_a_minute(String body) {
    lab.klaviyo.failing(row -> Lab.number(row.email()) % 2 == 0);
    lab.klaviyo.on(
        ERRORS, asked -> asked.line().contains("job-1/") ? Answer.json(200, body) : null);

    ExportReport report = export(20, 10);

    assertAddsUp(report);
    assertThat(report.jobs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("madeAt", "endedAt")
        .containsExactly(
            new JobData("job-1", JobStatus.UNREAD, 10, 0, 0),
            new JobData("job-2", JobStatus.COMPLETE, 10, 5, 5));
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void import_errors_that_fail_for_ever_leave_the_job_unread_after_an_hour() {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(ERRORS, Answer.json(500, ""));

    ExportReport report = export(20, 10);

    assertAddsUp(report);
    assertThat(report.jobs()).extracting(Job::status).containsOnly(JobStatus.UNREAD);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofHours(2));
  }

  @Test
  void import_errors_that_are_too_large_a_page_are_read_in_small_ones() {
    lab.klaviyo.failing(row -> Lab.number(row.email()) > 1);
    lab.klaviyo.on(
        ERRORS,
        asked ->
            asked.request().uri().getQuery().contains("page[size]=100")
                ? Answer.broken(Fate.UNUSABLE)
                : null);

    ExportReport report = export(50, 50);

    assertThat(report.profiles().accepted()).isEqualTo(1);
    assertThat(report.rejections().first())
        .hasSize(49)
        .allMatch(rejection -> rejection.customerId() != null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "[]", "\"x\"", "{\"attributes\":null}", "[[[]]]"})
  void an_import_error_that_is_none_costs_its_name_only(String item) {
    lab.klaviyo.failing(row -> Lab.number(row.email()) == 3 || Lab.number(row.email()) == 4);
    lab.klaviyo.on(
        ERRORS,
        asked ->
            Answer.json(
                200,
                "{\"data\":["
                    + item
                    + ","
                    + SmallKlaviyo.importError(lab.klaviyo.jobs().get(0).rows().get(3))
                    + "]}"));

    ExportReport report = export(10, 10);

    assertAddsUp(report);
    assertThat(report.profiles().accepted()).isEqualTo(8);
    assertThat(report.rejections().first())
        .extracting(rejection -> rejection.customerId())
        .containsExactly("c-4", null);
  }

  // Counts

  @ParameterizedTest
  @CsvSource({
    "99, 99",
    "2147483648, 0",
    "9223372036854775807, 9223372036854775807",
    "99999999999999999999999, 99999999999999999999999",
    "10, -1",
    "10, -99999999999999999999999",
    "-9223372036854775808, -9223372036854775808",
    "\"10\", \"0\"",
    "10.0, 0.0",
    "1e1, 0",
    "{}, []",
    "true, false",
    "null, 10",
    "3, 3",
    "10, 10"
  })
  void counts_of_any_size_and_kind_make_a_report_that_adds_up(String completed, String failed) {
    lab.klaviyo.counting(
        job -> "\"completed_count\":%s,\"failed_count\":%s".formatted(completed, failed));

    ExportReport report = export(20, 10);

    assertAddsUp(report);
    assertThat(report.profiles().unsent()).isZero();
    assertThat(report.profiles().accepted()).isBetween(0L, 20L);
    assertThat(report.profiles().rejected()).isBetween(0L, 20L);
    assertThat(report.profiles().unconfirmed()).isBetween(0L, 20L);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(3));
  }

  // Links

  @Test
  void a_listing_whose_pages_never_end_and_repeat_their_items_holds_nothing_up() {
    lab.klaviyo.status(job -> job.age().toSeconds() < 30 ? "processing" : "complete");
    lab.klaviyo.on(
        LISTING,
        asked ->
            Answer.json(
                200,
                "{\"data\":"
                    + Stream.concat(
                            lab.klaviyo.listed().stream().limit(1),
                            IntStream.range(0, 99)
                                .mapToObj(
                                    i -> "{\"type\":\"profile-bulk-import-job\",\"id\":\"other\"}"))
                        .toList()
                    + ",\"links\":{\"next\":\"https://a.klaviyo.com"
                    + SmallKlaviyo.JOBS
                    + "?page="
                    + lab.klaviyo.asked().size()
                    + "\"}}"));

    ExportReport report = export(200, 10);

    assertThat(report.profiles().accepted()).isEqualTo(200);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(2));
  }

  @Test
  void a_report_exists_whatever_an_import_is_answered() {
    for (String body :
        List.of(
            "{\"data\":[]}",
            "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":{}}}",
            "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":\""
                + "x".repeat(5_000)
                + "\"}}",
            "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":\"../../lists\"}}",
            "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":\"a/b?c=d#e f\",\"attributes\":{\"created_at\":"
                + "\"+999999999-12-31T23:59:59+00:00\"}}}",
            "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":7,\"attributes\":{\"total_count\":1e400}}}")) {
      Lab other = new Lab();
      other.klaviyo.on(IMPORT, Answer.json(202, body));
      ExportReport report;
      try {
        report = other.export(Lab.customers(5));
      } catch (ExportException stopped) {
        assertThat(stopped.reason()).isNotEqualTo(ExportException.Reason.FAULT);
        report = stopped.report();
      }
      assertAddsUp(report);
      assertThat(other.time.elapsed()).as(body).isLessThan(Duration.ofMinutes(10));
    }
  }
}
