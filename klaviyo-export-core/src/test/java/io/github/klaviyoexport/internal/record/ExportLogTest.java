package io.github.klaviyoexport.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads of an export's waits. */
class ExportLogTest {
  // Held, since loggers are kept by nothing else.
  private final Logger logger = Logger.getLogger("io.github.klaviyoexport");
  private final List<String> warnings = new ArrayList<>();
  private final Thread here = Thread.currentThread();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord logged) {
          if (logged.getLevel() == Level.WARNING && Thread.currentThread() == here) {
            warnings.add(logged.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final ExportLog log = new ExportLog("The export", () -> 0);

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
  }

  @Test
  void a_wait_that_klaviyo_asks_for_is_told() {
    log.rateLimited(Duration.ofMinutes(15));

    assertThat(warnings)
        .containsExactly(
            "The export waits for 900 s or more: Klaviyo has asked for it (429). It goes on by"
                + " itself, as long as its deadline allows.");
  }

  @Test
  void a_wait_that_is_longer_than_an_export_makes_is_not_told_as_one() {
    log.rateLimited(Duration.ofMinutes(15).plusSeconds(1));

    assertThat(warnings).isEmpty();
  }

  @Test
  void an_export_that_came_to_its_end_and_left_profiles_unconfirmed_ends_with_a_warning() {
    log.ended(report(100, new JobData("job-1", JobStatus.CANCELLED, 100, 0, 0)), null);

    assertThat(warnings)
        .containsExactly(
            "The export has ended: 100 read = 0 accepted + 0 rejected + 0 duplicates + 100"
                + " unconfirmed. Of those unconfirmed, 100 are in a job that Klaviyo ended before"
                + " it was done (job-1): run the export again, no profile is added twice. It took 2"
                + " s, as run run-1.");
  }

  @Test
  void an_export_that_has_all_confirmed_or_tells_by_an_exception_ends_without_a_warning() {
    log.ended(report(0, new JobData("job-1", JobStatus.COMPLETE, 100, 100, 0)), null);
    log.ended(report(100, new JobData("job-1", JobStatus.RUNNING, 100, 0, 0)), "It has stopped.");

    assertThat(warnings).isEmpty();
  }

  private static ExportReport report(int unconfirmed, Job job) {
    return new ReportData(
        "run-1",
        Segment.named("vip"),
        ListId.of("Y6nRLr"),
        SyncMode.UPSERT,
        Instant.EPOCH,
        Duration.ofSeconds(2),
        new ProfilesData(100, 100 - unconfirmed, 0, 0, unconfirmed, 0),
        RejectionsData.NONE,
        List.of(),
        List.of(job),
        LeaversData.NONE,
        TrafficData.NONE,
        NoticesData.NONE,
        null);
  }
}
