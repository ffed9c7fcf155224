package io.github.klaviyoexport.internal.catalog.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.ListVerificationData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.internal.report.WaitData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs are kept as JSON with their reports, and read again from what versions of before kept. */
class RunFormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant AT = Instant.parse("2026-09-01T08:00:00Z");

  private final RunFormat format = new RunFormat();

  private static ReportData report() {
    return new ReportData(
        "run-1",
        Segment.named("vip"),
        ListId.of("Y6nRLr"),
        SyncMode.UPSERT,
        AT,
        Duration.ofSeconds(9),
        new ProfilesData(30, 20, 0, 0, 10, 0),
        RejectionsData.NONE,
        List.of(),
        List.of(
            new JobData(
                "job-1", JobStatus.COMPLETE, 20, 20, 0, AT.plusMillis(1), AT.plusSeconds(4)),
            new JobData("job-2", JobStatus.RUNNING, 10, 0, 0, AT.plusSeconds(2), null)),
        LeaversData.NONE,
        new TrafficData(
            5,
            100,
            0,
            Duration.ofMillis(300),
            Duration.ZERO,
            List.of(new WaitData(AT.plusMillis(5), AT.plusMillis(405), Duration.ofMillis(300)))),
        NoticesData.NONE,
        null);
  }

  private ObjectNode written() {
    return written(report());
  }

  private ObjectNode written(ExportReport report) {
    ObjectNode node = JSON.createObjectNode();
    format.write(
        new RunData(
            "vip.20260901t080000z",
            "vip",
            "VIP",
            Trigger.ON_DEMAND,
            "ada",
            RunStatus.SUCCESSFUL,
            1,
            AT,
            AT,
            AT,
            null,
            null,
            null,
            report,
            null,
            null,
            1),
        node);
    return node;
  }

  private ExportReport readFrom(ObjectNode node) throws Exception {
    return format
        .read(new JsonReader(JSON.readTree(node.toString()), ""), "vip.20260901t080000z", 1)
        .report();
  }

  @Test
  void a_report_that_is_kept_is_read_again_with_its_times() throws Exception {
    assertThat(readFrom(written())).isEqualTo(report());
  }

  @Test
  void a_report_of_before_there_were_times_has_none() throws Exception {
    ObjectNode node = written();
    ObjectNode report = (ObjectNode) node.get("report");
    report.remove("waits");
    report.get("jobs").forEach(job -> ((ObjectNode) job).remove(List.of("made_at", "ended_at")));

    ExportReport read = readFrom(node);

    assertThat(read.profiles()).isEqualTo(report().profiles());
    assertThat(read.traffic().waits()).isEmpty();
    assertThat(read.jobs())
        .containsExactly(
            new JobData("job-1", JobStatus.COMPLETE, 20, 20, 0),
            new JobData("job-2", JobStatus.RUNNING, 10, 0, 0));
    assertThat(read.toHtml()).doesNotContain("When it happened");
  }

  @Test
  void that_a_list_was_compared_with_a_part_of_its_segment_is_kept() throws Exception {
    ListVerificationData part =
        new ListVerificationData(
            Segment.named("vip"),
            ListId.of("Y6nRLr"),
            AT,
            Duration.ofSeconds(1),
            2,
            0,
            30,
            false,
            1,
            0,
            0,
            List.of("c-1"),
            List.of(),
            List.of(),
            new TrafficData(5, 100, 0, Duration.ZERO, Duration.ZERO));
    ObjectNode node = written(report().verification(part));

    assertThat(readFrom(node).verification()).isEqualTo(part);
    ((ObjectNode) node.get("report").get("verification")).remove("whole");
    assertThat(readFrom(node).verification().isWhole()).as("kept before it was told").isTrue();
  }
}
