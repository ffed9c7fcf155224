package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Journaled;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an earlier run has left with Klaviyo ends before anything newer is sent. */
class PriorJobsTest {
  private static final int BATCH = 7;
  private static final String BEGUN = "2026-09-01T08:00:00Z";

  private final Lab lab = new Lab();
  private final Journaled journal = new Journaled();
  private Duration cutOffAt = Duration.ZERO;
  private int askedBefore;

  @BeforeEach
  void jobs_take_five_minutes() {
    lab.klaviyo.status(job -> job.age().toMinutes() < 5 ? "processing" : "complete");
  }

  private SegmentExporter exporter(int customers) {
    return lab.exporter(segment -> ProfileReader.of(Lab.customers(customers)))
        .batchSize(BATCH)
        .batchesInFlight(1)
        .journal(journal)
        .build();
  }

  /** Cuts an export off when the entry is to be written, that often. */
  private void cutOffAt(int time, String entry) {
    journal.cutOffAt(time, entry);
    try (SegmentExporter exporter = exporter(2 * BATCH)) {
      assertThatThrownBy(() -> exporter.export(Lab.VIP, Lab.LIST))
          .isInstanceOf(ExportException.class);
    }
    journal.goOn();
    markCutOff();
  }

  private void markCutOff() {
    cutOffAt = lab.time.elapsed();
    askedBefore = lab.klaviyo.asked().size();
  }

  private void startOver() {
    try (SegmentExporter exporter = exporter(1)) {
      exporter.export(Lab.VIP, Lab.LIST);
    }
  }

  private void resume() {
    try (SegmentExporter exporter = exporter(2 * BATCH)) {
      exporter.resume(exporter.unfinishedRun(Lab.VIP, Lab.LIST).orElseThrow());
    }
  }

  private List<Asked> sinceCutOff(String line) {
    List<Asked> all = lab.klaviyo.asked();
    return all.subList(askedBefore, all.size()).stream()
        .filter(asked -> asked.line().equals(line))
        .toList();
  }

  private Duration firstSent() {
    return sinceCutOff(IMPORT).get(0).at();
  }

  @Test
  void a_new_run_sends_nothing_before_the_jobs_of_the_unfinished_one_have_ended() {
    cutOffAt(1, "ended");
    lab.klaviyo.status(job -> job.age().toMinutes() < 10 ? "processing" : "complete");
    Duration made = lab.klaviyo.asked(IMPORT).get(1).at();

    startOver();

    assertThat(firstSent()).isBetween(made.plusMinutes(10), made.plusSeconds(631));
  }

  @Test
  void a_resumed_run_watches_its_jobs_itself_and_sends_on() {
    cutOffAt(2, "taken");
    journal.forget(line -> line.contains("\"batch\":1"));

    resume();

    assertThat(firstSent().minus(cutOffAt)).isLessThan(Duration.ofSeconds(10));
    assertThat(sinceCutOff(LISTING)).isNotEmpty();
  }

  @Test
  void a_job_that_no_answer_told_of_is_waited_for_by_a_new_run() {
    cutOffAt(1, "taken");

    startOver();

    assertThat(firstSent()).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void a_job_that_no_answer_told_of_is_waited_for_by_a_resumed_run() {
    cutOffAt(1, "taken");

    resume();

    assertThat(firstSent()).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void what_was_in_doubt_is_waited_for_once() {
    cutOffAt(1, "taken");
    journal.cutOffAt(1, "filled");
    assertThatThrownBy(this::resume).isInstanceOf(ExportException.class);
    journal.goOn();
    markCutOff();
    lab.klaviyo.on(LISTING, asked -> listing(asked, job("other", "processing", 7, BEGUN)));

    startOver();

    assertThat(firstSent().minus(cutOffAt)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void a_run_after_one_that_left_nothing_sends_at_once() {
    startOver();
    markCutOff();
    int listings = lab.klaviyo.asked(LISTING).size();
    lab.klaviyo.status(job -> "complete");

    startOver();

    assertThat(firstSent().minus(cutOffAt)).isLessThan(Duration.ofSeconds(1));
    assertThat(lab.klaviyo.asked(LISTING)).hasSize(listings + 1);
  }

  @Test
  void a_job_of_an_attempt_without_an_answer_is_waited_for_even_after_a_finished_run() {
    int[] attempts = {0};
    lab.klaviyo.on(IMPORT, asked -> attempts[0]++ == 0 ? Answer.broken(Fate.UNKNOWN) : null);
    try (SegmentExporter exporter = exporter(5)) {
      exporter.export(Lab.VIP, Lab.LIST);
    }
    markCutOff();
    showForTwentyMinutes(job("late", "processing", 5, BEGUN));

    startOver();

    assertThat(firstSent().minus(cutOffAt)).isGreaterThanOrEqualTo(Duration.ofMinutes(20));
  }

  @Test
  void the_job_of_a_part_of_a_batch_is_waited_for_as_well() {
    lab.klaviyo.judging(
        rows -> rows.size() == BATCH ? Answer.error(413, "too_large", "/data") : null);
    cutOffAt(1, "taken");
    showForTwentyMinutes(job("of-three", "processing", 3, BEGUN));

    startOver();

    assertThat(firstSent().minus(cutOffAt)).isGreaterThanOrEqualTo(Duration.ofMinutes(20));
  }

  private void showForTwentyMinutes(String job) {
    lab.klaviyo.on(
        LISTING, asked -> asked.at().minus(cutOffAt).toMinutes() < 20 ? listing(asked, job) : null);
  }

  @Test
  void the_looks_grow_apart_with_the_time_that_is_waited() {
    cutOffAt(1, "taken");

    startOver();

    List<Duration> looks =
        sinceCutOff(LISTING).stream()
            .map(Asked::at)
            .filter(at -> at.compareTo(firstSent()) < 0)
            .toList();
    assertThat(looks.get(1).minus(looks.get(0))).isEqualTo(Duration.ofSeconds(1));
    assertThat(looks).hasSizeBetween(10, 30);
    assertThat(looks.get(looks.size() - 1).minus(looks.get(looks.size() - 2)))
        .isEqualTo(Duration.ofSeconds(30));
  }

  /** The run was begun at eight, and seven profiles are in doubt. */
  @ParameterizedTest
  @CsvSource({
    "processing, 7, 2026-09-01T08:00:00Z, true",
    "processing, 7, , true",
    "processing, 7, 2026-08-31T08:00:01Z, true",
    "processing, 7, 2026-08-31T08:00:00Z, false",
    "processing, 6, 2026-09-01T08:00:00Z, false",
    "processing,  , 2026-09-01T08:00:00Z, false",
    "complete, 7, 2026-09-01T08:00:00Z, false"
  })
  void waited_for_is_what_runs_and_is_of_that_size_and_not_much_older(
      String status, Integer size, String created, boolean waitedFor) {
    cutOffAt(1, "taken");
    showForTwentyMinutes(job("other", status, size, created));

    startOver();

    assertThat(firstSent().minus(cutOffAt).toMinutes() >= 20).isEqualTo(waitedFor);
  }

  @Test
  void a_job_that_begins_after_the_first_look_is_not_waited_for() {
    cutOffAt(1, "taken");
    List<Asked> looks = new ArrayList<>();
    lab.klaviyo.on(
        LISTING,
        asked -> {
          looks.add(asked);
          return looks.size() == 1
              ? listing(asked, job("first", "processing", BATCH, BEGUN))
              : listing(asked, job("later-" + looks.size(), "processing", BATCH, BEGUN));
        });

    startOver();

    assertThat(firstSent().minus(cutOffAt)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void the_first_look_goes_through_all_pages_and_the_later_ones_until_one_is_found() {
    cutOffAt(1, "taken");
    List<String> jobs = new ArrayList<>();
    IntStream.range(0, 250)
        .forEach(i -> jobs.add(job("s-" + i, "processing", i == 50 || i == 249 ? 7 : 1, BEGUN)));
    List<String> pages = new ArrayList<>();
    lab.klaviyo.on(
        LISTING,
        asked -> {
          if (asked.at().minus(cutOffAt).toMinutes() < 2) {
            pages.add(asked.request().uri().getQuery().replaceFirst(".*cursor=|.*", ""));
            return SmallKlaviyo.page(asked, jobs);
          }
          if (asked.at().minus(cutOffAt).toMinutes() < 4) {
            return SmallKlaviyo.page(asked, jobs.subList(100, 250));
          }
          return null;
        });

    startOver();

    assertThat(pages).startsWith("", "100", "200", "", "");
    assertThat(pages.subList(3, pages.size())).containsOnly("");
    assertThat(firstSent().minus(cutOffAt)).isGreaterThanOrEqualTo(Duration.ofMinutes(4));
  }

  @Test
  void a_listing_that_leads_round_in_a_circle_comes_to_an_end() {
    cutOffAt(1, "taken");
    lab.klaviyo.on(
        LISTING,
        Answer.json(
            200,
            "{\"data\":[],\"links\":{\"next\":\"https://a.klaviyo.com"
                + SmallKlaviyo.JOBS
                + "?again\"}}"));

    startOver();

    assertThat(sinceCutOff(LISTING)).hasSizeGreaterThan(999);
    assertThat(sinceCutOff(IMPORT)).hasSize(1);
  }

  @Test
  void a_run_that_may_not_look_stops_before_it_sends() {
    cutOffAt(1, "taken");
    lab.klaviyo.on(LISTING, Answer.error(403, "permission_denied", "/data"));

    ExportException stopped = catchThrowableOfType(ExportException.class, this::startOver);

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(sinceCutOff(IMPORT)).isEmpty();
  }

  private static Answer listing(Asked asked, String job) {
    return SmallKlaviyo.page(asked, List.of(job));
  }

  private static String job(String id, String status, Integer size, String created) {
    return ("{\"type\":\"profile-bulk-import-job\",\"id\":\"%s\","
            + "\"attributes\":{\"status\":\"%s\",\"total_count\":%s,\"created_at\":%s}}")
        .formatted(id, status, size, created == null ? null : '"' + created + '"');
  }
}
