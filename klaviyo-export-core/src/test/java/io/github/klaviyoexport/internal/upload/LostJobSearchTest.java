package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A 202 that does not say which job it made: the job is looked for before the batch goes again. */
class LostJobSearchTest extends JobsInLab {

  /** Has the first batch taken over without a word, and the listing show these jobs first. */
  private void takenWithoutAWord(Answer first, Answer... listings) {
    int[] asked = {0};
    lab.klaviyo.on(IMPORT, any -> asked[0]++ == 0 ? first : null);
    int[] looks = {0};
    lab.klaviyo.on(
        LISTING,
        any ->
            looks[0] < listings.length && lab.klaviyo.jobs().isEmpty()
                ? listings[looks[0]++]
                : null);
  }

  private String created() {
    return lab.time.now().plusSeconds(1).toString();
  }

  private static String job(String id, int total, String created) {
    return """
    {"type":"profile-bulk-import-job","id":"%s","attributes":{"status":"complete","total_count":%d,"completed_count":%d,\
    "failed_count":0,"created_at":"%s"}}\
    """
        .formatted(id, total, total, created);
  }

  private static Answer listing(String... jobs) {
    return Answer.json(200, "{\"data\":[" + String.join(",", jobs) + "]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"data\":{}}",
        "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":null}}",
        "{\"data\":{\"type\":",
        "[]"
      })
  void the_only_job_of_that_size_since_then_is_it_and_nothing_is_sent_again(String body) {
    String ours = job("ours", 5, created());
    Answer all = listing(job("other", 6, created()), ours, job("old", 5, "2026-08-01T00:00:00Z"));
    takenWithoutAWord(Answer.json(202, body), all);
    lab.klaviyo.on(LISTING, all);

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.profiles().accepted()).isEqualTo(5);
    assertThat(report.jobs()).extracting(ExportReport.Job::id).containsExactly("ours");
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(1);
  }

  @Test
  void a_job_that_is_not_listed_yet_is_looked_for_a_second_time() {
    Answer ours = listing(job("ours", 5, created()));
    takenWithoutAWord(Answer.json(202, "{}"), listing());
    lab.klaviyo.on(LISTING, ours);

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(1);
  }

  @Test
  void where_two_may_be_it_the_batch_is_sent_again() {
    takenWithoutAWord(
        Answer.json(202, "{}"), listing(job("one", 5, created()), job("other", 5, created())));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.profiles().accepted()).isEqualTo(5);
    assertThat(report.jobs()).extracting(ExportReport.Job::id).containsExactly("job-1");
    List<Asked> sent = lab.klaviyo.asked(IMPORT);
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).body()).isEqualTo(sent.get(0).body());
  }

  @Test
  void where_none_is_it_the_batch_is_sent_again_after_two_looks() {
    takenWithoutAWord(
        Answer.json(202, "{}"),
        listing(job("old", 5, "2026-08-01T00:00:00Z"), job("other", 6, created())),
        listing());

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(2);
  }

  @Test
  void a_listing_that_cannot_be_had_has_the_batch_sent_again() {
    takenWithoutAWord(Answer.json(202, "{}"), Answer.error(404, "no", "/data"));

    assertThat(lab.export(Lab.customers(5)).profiles().accepted()).isEqualTo(5);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(2);
  }

  @Test
  void a_job_of_this_run_that_is_known_is_not_taken_for_another() {
    int[] asked = {0};
    lab.klaviyo.on(IMPORT, any -> ++asked[0] == 2 ? Answer.json(202, "{}") : null);

    ExportReport report = export(10, 5);

    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(report.jobs())
        .extracting(ExportReport.Job::id)
        .containsExactlyInAnyOrder("job-1", "job-2");
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(3);
  }

  @Test
  void the_search_ends_with_the_jobs_that_are_too_old() {
    List<String> old = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      old.add(job("old-" + i, 5, "2026-08-01T00:00:00Z"));
    }
    int[] asked = {0};
    lab.klaviyo.on(IMPORT, any -> asked[0]++ == 0 ? Answer.json(202, "{}") : null);
    lab.klaviyo.on(
        LISTING, any -> lab.klaviyo.jobs().isEmpty() ? SmallKlaviyo.page(any, old) : null);

    lab.export(Lab.customers(5));

    assertThat(lab.klaviyo.asked(LISTING))
        .noneMatch(any -> any.request().uri().getRawQuery().contains("cursor"));
  }

  @Test
  void a_klaviyo_that_never_says_which_job_it_made_stops_the_export_with_all_in_doubt() {
    lab.klaviyo.on(IMPORT, Answer.json(202, "{}"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.UNAVAILABLE);
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(5);
    assertThat(stopped.report().profiles().unsent()).isZero();
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(10);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(10));
  }
}
