package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Journaled;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an earlier run has left with Klaviyo is waited for, told of, and not for ever. */
class PriorJobsWaitTest {
  private static final int BATCH = 7;

  private final Lab lab = new Lab();
  private final Journaled journal = new Journaled();
  private final List<String> warnings = new ArrayList<>();
  private final List<Duration> warnedAt = new ArrayList<>();
  private final List<ExportProgress> progresses = new ArrayList<>();
  private Duration cutOffAt = Duration.ZERO;

  private SegmentExporter.Builder exporter(int customers) {
    return lab.exporter(segment -> ProfileReader.of(Lab.customers(customers)))
        .batchSize(BATCH)
        .batchesInFlight(1)
        .journal(journal)
        .listener(
            new ExportListener() {
              @Override
              public void warned(String what) {
                warnings.add(what);
                warnedAt.add(lab.time.elapsed().minus(cutOffAt));
              }

              @Override
              public void progressed(ExportProgress progress) {
                progresses.add(progress);
              }
            });
  }

  /** Cuts an export off whose first job never ends, before or after it has written that down. */
  private void givenAJobWithoutEnd(String cutOffAtEntry) {
    lab.klaviyo.status(job -> job.id().equals(firstJob()) ? "processing" : "complete");
    journal.cutOffAt(1, cutOffAtEntry);
    try (SegmentExporter exporter = exporter(BATCH).deadline(Duration.ofMinutes(1)).build()) {
      assertThatThrownBy(() -> exporter.export(Lab.VIP, Lab.LIST))
          .isInstanceOf(ExportException.class);
    }
    journal.goOn();
    cutOffAt = lab.time.elapsed();
    warnings.clear();
    progresses.clear();
  }

  private String firstJob() {
    return lab.klaviyo.jobs().get(0).id();
  }

  private ExportException stopped() {
    return stopped(exporter(1));
  }

  private ExportException stopped(SegmentExporter.Builder builder) {
    try (SegmentExporter exporter = builder.build()) {
      return catchThrowableOfType(ExportException.class, () -> exporter.export(Lab.VIP, Lab.LIST));
    }
  }

  private Duration waited() {
    return lab.time.elapsed().minus(cutOffAt);
  }

  @Test
  void a_job_that_never_ends_is_waited_for_an_hour_and_named_at_the_end() {
    givenAJobWithoutEnd("ended");

    ExportException stopped = stopped();

    assertThat(waited()).isEqualTo(Duration.ofHours(1));
    assertThat(stopped.reason()).isEqualTo(Reason.PRIOR_JOBS);
    assertThat(stopped)
        .message()
        .contains(firstJob())
        .contains("2026-09-01 08:00:00 UTC")
        .contains("1 hour")
        .doesNotContain("in the report");
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(1);
    assertThat(stopped.report().profiles().read()).isZero();
  }

  @Test
  void the_wait_can_be_set_and_is_kept_to_the_second() {
    givenAJobWithoutEnd("ended");

    ExportException stopped = stopped(exporter(1).maxWaitForPriorJobs(Duration.ofSeconds(100)));

    assertThat(waited()).isEqualTo(Duration.ofSeconds(100));
    assertThat(stopped.reason()).isEqualTo(Reason.PRIOR_JOBS);
    assertThat(stopped).message().contains("It was waited for 1 minute 40 seconds");
  }

  @Test
  void the_wait_can_be_set_for_one_export() {
    givenAJobWithoutEnd("ended");

    try (SegmentExporter exporter = exporter(1).build()) {
      Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST).maxWaitForPriorJobs(Duration.ofMinutes(3)));
    }

    assertThat(waited()).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void a_wait_of_zero_goes_on_at_once() {
    givenAJobWithoutEnd("ended");
    int looks = lab.klaviyo.asked(LISTING).size();

    try (SegmentExporter exporter = exporter(1).maxWaitForPriorJobs(Duration.ZERO).build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).profiles().accepted()).isEqualTo(1);
    }

    assertThat(lab.klaviyo.asked(LISTING)).hasSize(looks + 1);
  }

  @Test
  void a_wait_that_is_negative_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exporter(1).maxWaitForPriorJobs(Duration.ofSeconds(-5)))
        .withMessageContaining("it is minus 5 seconds");
  }

  @Test
  void which_job_is_waited_for_since_when_is_told_while_it_lasts() {
    givenAJobWithoutEnd("ended");

    stopped();

    assertThat(warnedAt).containsExactly(Duration.ofMinutes(1));
    assertThat(warnings.get(0))
        .contains("job " + firstJob() + ", which it has had since 2026-09-01 08:00:00 UTC")
        .contains("from an earlier run of this export")
        .contains("1 hour at most");
    assertThat(progresses.stream().map(ExportProgress::waitingFor).flatMap(Optional::stream))
        .hasSizeGreaterThan(300)
        .containsOnly("job " + firstJob() + " of an earlier run, since 2026-09-01 08:00:00 UTC");
  }

  @Test
  void a_wait_of_less_than_a_minute_is_no_news() {
    givenAJobWithoutEnd("ended");
    lab.klaviyo.status(
        job -> lab.time.elapsed().minus(cutOffAt).toSeconds() < 40 ? "processing" : "complete");

    try (SegmentExporter exporter = exporter(1).build()) {
      exporter.export(Lab.VIP, Lab.LIST);
    }

    assertThat(warnings).isEmpty();
    assertThat(progresses.get(progresses.size() - 1).waitingFor()).isEmpty();
  }

  @Test
  void a_job_that_only_may_be_ours_is_told_of_as_such() {
    givenAJobWithoutEnd("taken");

    ExportException stopped = stopped();

    assertThat(waited()).isEqualTo(Duration.ofHours(1));
    assertThat(stopped.reason()).isEqualTo(Reason.PRIOR_JOBS);
    assertThat(stopped)
        .message()
        .contains("and which may be from an earlier run")
        .contains("of as many profiles as a batch of which no answer came (7)");
  }

  @Test
  void a_job_of_that_size_that_was_made_long_after_the_run_is_not_ours() {
    givenAJobWithoutEnd("taken");
    lab.klaviyo.on(
        LISTING,
        asked -> SmallKlaviyo.page(asked, List.of(job("foreign", "2026-09-03T08:00:00Z"))));

    try (SegmentExporter exporter = exporter(1).build()) {
      exporter.export(Lab.VIP, Lab.LIST);
    }

    assertThat(waited()).isLessThan(Duration.ofMinutes(2));
  }

  @Test
  void a_job_that_is_a_day_old_will_never_end_and_is_told_of() {
    givenAJobWithoutEnd("ended");
    lab.time.pass(Duration.ofHours(25));
    Duration before = lab.time.elapsed();

    try (SegmentExporter exporter = exporter(1).build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).profiles().accepted()).isEqualTo(1);
    }

    assertThat(lab.time.elapsed().minus(before)).isLessThan(Duration.ofSeconds(10));
    assertThat(warnings).singleElement().asString().contains(firstJob(), "older values may");
  }

  @Test
  void a_clock_that_runs_ahead_makes_no_job_old() {
    givenAJobWithoutEnd("ended");
    lab.klaviyo.on(
        LISTING,
        asked -> SmallKlaviyo.page(asked, List.of(job(firstJob(), "2016-09-01T08:00:00Z"))));

    assertThat(stopped().reason()).isEqualTo(Reason.PRIOR_JOBS);
  }

  @Test
  void a_deadline_that_passes_meanwhile_says_what_was_waited_for() {
    givenAJobWithoutEnd("ended");

    ExportException stopped = stopped(exporter(1).deadline(Duration.ofMinutes(10)));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(stopped)
        .message()
        .contains("its deadline of 10 minutes has passed while it waited for job " + firstJob())
        .doesNotContain("in the report");
  }

  private static String job(String id, String created) {
    return ("{\"type\":\"profile-bulk-import-job\",\"id\":\"%s\","
            + "\"attributes\":{\"status\":\"processing\",\"total_count\":7,\"created_at\":\"%s\"}}")
        .formatted(id, created);
  }
}
