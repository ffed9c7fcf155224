package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.ERRORS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.SmallKlaviyo.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The errors of an import job name the customers whose rows failed, counted once each, whatever the
 * pages hold.
 */
class ImportErrorsTest extends JobsInLab {
  @Test
  void rows_that_fail_in_the_job_are_named_by_their_customer() {
    lab.klaviyo.failing(row -> Lab.number(row.email()) % 3 == 0);

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.profiles().accepted()).isEqualTo(7);
    assertThat(report.rejections().first())
        .isEqualTo(lab.rejections)
        .extracting(Rejection::customerId)
        .containsExactly("c-3", "c-6", "c-9");
    assertThat(report.rejections().first())
        .allMatch(
            rejection ->
                rejection.reason() == Rejection.Reason.FAILED_IN_KLAVIYO
                    && "invalid".equals(rejection.code()));
    assertThat(report.jobs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("madeAt", "endedAt")
        .containsExactly(new JobData("job-1", JobStatus.COMPLETE, 10, 7, 3));
  }

  @Test
  void all_pages_of_import_errors_are_read() {
    lab.klaviyo.failing(row -> Lab.number(row.email()) <= 950);

    ExportReport report = lab.export(Lab.customers(1_000));

    assertThat(report.profiles().rejected()).isEqualTo(950);
    assertThat(report.rejections().first())
        .hasSize(950)
        .allMatch(named -> named.customerId() != null);
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

    assertThat(report.rejections().first())
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

    assertThat(report.rejections().first())
        .startsWith(
            Rejection.ofProfile("c-2", "Phone", Rejection.Reason.FAILED_IN_KLAVIYO)
                .withCode("invalid"));
  }

  @ParameterizedTest
  @CsvSource({"1, 4300", "901, 6", "86400, 1"})
  void errors_that_are_put_off_for_an_hour_are_given_up_and_asked_for_no_sooner_than_allowed(
      int seconds, int most) {
    lab.klaviyo.on(
        ERRORS, Answer.error(429, "throttled", "/data", "Retry-After", Integer.toString(seconds)));
    lab.klaviyo.failing(row -> true);

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.jobs()).extracting(Job::status).containsExactly(JobStatus.UNREAD);
    assertThat(lab.time.elapsed()).isBetween(Duration.ofHours(1), Duration.ofMinutes(80));
    assertThat(lab.klaviyo.asked(ERRORS)).hasSizeLessThanOrEqualTo(most);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"email\":\"ada@shop.example\"}",
        "{\"$email\":\"ada@shop.example\"}",
        "{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\"}}",
        "{\"type\":\"profile\",\"attributes\":{\"$email\":\"ada@shop.example\"}}",
        "{\"data\":{\"type\":\"profile\",\"attributes\":{\"email\":\"ADA@shop.example\"}}}",
        "{\"phone_number\":\"+358401234567\"}",
        "{\"$phone_number\":\"+358401234567\"}",
        "{\"attributes\":{\"phone_number\":\"+358401234567\"}}",
        "{\"data\":{\"attributes\":{\"phone_number\":\"+358401234567\",\"email\":null}}}",
        "{\"external_id\":\"4711\"}",
        "{\"external_id\":4711}",
        "{\"id\":\"4711\",\"anonymous_id\":null}",
        "{\"$id\":\"4711\"}",
        "{\"attributes\":{\"external_id\":\"4711\"}}",
        "{\"data\":{\"id\":\"4711\"}}",
        "{\"data\":{\"attributes\":{\"external_id\":\"4711\"}}}"
      })
  void an_error_finds_its_row_in_every_shape_of_payload(String payload) {
    FieldNames fields = FieldNames.of("Email", "Phone", "Number");
    List<CustomerProfile> customers =
        List.of(
            CustomerProfile.of("other", fields, "bob@shop.example", "+358409999999", "1"),
            CustomerProfile.of("c-1", fields, "ada@shop.example", "+358401234567", "4711"));
    errors(1, "{\"attributes\":{\"code\":\"invalid\",\"original_payload\":" + payload + "}}");

    ExportReport report;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(customers))
            .mapping(FieldMapping.email("Email").phone("Phone").externalId("Number"))
            .build()) {
      report = exporter.export(Lab.VIP, Lab.LIST);
    }

    assertThat(report.rejections().first())
        .extracting(Rejection::customerId)
        .containsExactly("c-1");
  }

  @Test
  void failures_beyond_those_named_are_reported_without_a_customer() {
    errors(3, SmallKlaviyo.importError(rowOf(2)), "{\"attributes\":{\"code\":\"odd\"}}", "{}");

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.profiles().rejected()).isEqualTo(3);
    assertThat(report.profiles().accepted()).isEqualTo(2);
    assertThat(report.rejections().first())
        .extracting(Rejection::customerId)
        .containsExactly("c-2", null, null);
  }

  @Test
  void a_row_with_several_errors_is_rejected_once() {
    String error = SmallKlaviyo.importError(rowOf(2));
    errors(1, error, error, error);

    assertThat(lab.export(Lab.customers(5)).profiles().rejected()).isEqualTo(1);
  }

  @Test
  void more_rows_named_than_counted_are_all_rejected() {
    errors(1, SmallKlaviyo.importError(rowOf(2)), SmallKlaviyo.importError(rowOf(4)));

    assertThat(lab.export(Lab.customers(5)).profiles().rejected()).isEqualTo(2);
  }

  @Test
  void no_more_are_rejected_than_were_sent() {
    errors(Long.MAX_VALUE, "{}", "{}", "{}");

    ExportReport report = lab.export(Lab.customers(2));

    assertThat(report.profiles().rejected()).isEqualTo(2);
    assertThat(report.profiles().accepted()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"many\"", "1.5"})
  void where_klaviyo_does_not_count_failures_its_errors_do(String failedCount) {
    lab.klaviyo.on(
        LISTING,
        Answer.json(
            200,
            "{\"data\":[{\"type\":\"profile-bulk-import-job\",\"id\":\"job-1\",\"attributes\":{\"status\":\"complete\",\"failed_count\":"
                + failedCount
                + "}}]}"));
    lab.klaviyo.failing(row -> row.email().equals(Lab.email(4)));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.rejections().first())
        .extracting(Rejection::customerId)
        .containsExactly("c-4");
    assertThat(report.profiles().accepted()).isEqualTo(4);
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

    assertThat(report.rejections().first())
        .hasSize(20)
        .allMatch(named -> named.customerId() != null);
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
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("madeAt", "endedAt")
        .containsExactly(
            new JobData("job-1", JobStatus.UNREAD, 10, 0, 0),
            new JobData("job-2", JobStatus.COMPLETE, 10, 0, 10));
    assertThat(report.profiles().unconfirmed()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void errors_that_are_no_more_leave_the_job_unread(int status) {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(ERRORS, Answer.error(status, "no", "/data"));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.jobs()).extracting(Job::status).containsExactly(JobStatus.UNREAD);
    assertThat(report.profiles().unconfirmed()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"401, does not know the API key", "403, with 403 for 5 minutes"})
  void errors_that_may_not_be_read_stop_the_export(int status, String told) {
    lab.klaviyo.failing(row -> true);
    lab.klaviyo.on(ERRORS, Answer.error(status, "no", "/data"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped).message().contains(told);
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(5);
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

    assertThat(report.profiles().rejected()).isEqualTo(40 * 150);
    assertThat(order).hasSize(80);
    for (int i = 0; i < 80; i += 2) {
      assertThat(order.get(i)).isEqualTo(order.get(i + 1));
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
            "{\"data\":[{\"type\":\"profile-bulk-import-job\",\"id\":\"job-1\",\"attributes\":{\"status\":\"complete\",\"failed_count\":"
                + failed
                + "}}]}"));
    lab.klaviyo.on(ERRORS, asked -> SmallKlaviyo.page(asked, List.of(errors)));
  }
}
