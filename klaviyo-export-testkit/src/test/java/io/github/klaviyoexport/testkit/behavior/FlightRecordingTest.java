package io.github.klaviyoexport.testkit.behavior;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.reducing;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why an export was slow is answered by a recording of JDK Flight Recorder. */
class FlightRecordingTest {
  private static final String CANARY = "canary.7f3a";

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();

  @TempDir private Path folder;
  private ExportReport report;

  private List<RecordedEvent> recorded(int profiles, int batchSize) throws IOException {
    InMemorySegments segments =
        InMemorySegments.of(
            "vip-eu",
            IntStream.range(0, profiles)
                .mapToObj(
                    i ->
                        CustomerProfile.of("c-" + i, Map.of("email", CANARY + i + "@shop.example")))
                .toArray(CustomerProfile[]::new));
    try (Recording recording = new Recording();
        SegmentExporter exporter =
            SegmentExporter.builder()
                .source(segments)
                .klaviyo(klaviyo.connection())
                .mapping(FieldMapping.email("email"))
                .batchSize(batchSize)
                .time(time)
                .build()) {
      recording.start();
      report = exporter.export(Segment.named("vip-eu"), klaviyo.listId());
      recording.stop();
      Path file = folder.resolve("export.jfr");
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().startsWith("klaviyo.export."))
          .toList();
    }
  }

  private static List<RecordedEvent> of(List<RecordedEvent> events, String kind) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("klaviyo.export." + kind))
        .toList();
  }

  @Test
  void it_shows_the_run_its_batches_attempts_and_jobs() throws IOException {
    List<RecordedEvent> events = recorded(25, 10);

    assertThat(of(events, "Run"))
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.getString("target")).isEqualTo("vip-eu to " + klaviyo.listId());
              assertThat(run.getString("outcome")).isEqualTo("completed");
            });
    assertThat(of(events, "Batch"))
        .extracting(batch -> batch.getLong("profiles"))
        .containsExactly(10L, 10L, 5L);
    assertThat(of(events, "Job"))
        .extracting(job -> job.getString("job"))
        .containsExactlyInAnyOrderElementsOf(
            report.jobs().stream().map(ExportReport.Job::id).toList());
    assertThat(of(events, "Job"))
        .extracting(job -> job.getString("status"))
        .containsOnly("COMPLETE");
    assertThat(of(events, "Attempt")).hasSize((int) report.traffic().calls());
    assertThat(
            of(events, "Attempt").stream().mapToLong(attempt -> attempt.getLong("bytesSent")).sum())
        .isEqualTo(report.traffic().bytesSent());
  }

  @Test
  void it_shows_what_klaviyo_answered_and_which_attempt_that_was() throws IOException {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.serverError(503));

    List<RecordedEvent> events = recorded(3, 10);

    assertThat(
            of(events, "Attempt").stream()
                .filter(attempt -> attempt.getString("operation").equals("import profiles")))
        .extracting(attempt -> attempt.getInt("attempt") + ": " + attempt.getString("status"))
        .containsExactly("1: 503", "2: 202");
  }

  @Test
  void it_shows_by_operation_where_the_time_went_and_each_wait_for_the_quota() throws IOException {
    List<RecordedEvent> events = recorded(30, 1);

    // @start region="reading"
    Map<String, Duration> byKind =
        events.stream()
            .collect(
                groupingBy(
                    event -> event.getEventType().getLabel(),
                    reducing(Duration.ZERO, RecordedEvent::getDuration, Duration::plus)));
    // @end

    assertThat(byKind).containsKeys("Run", "Batch", "Attempt", "Import Job", "Wait for the Quota");
    assertThat(of(events, "Wait"))
        .extracting(wait -> wait.getString("operation"))
        .contains("import profiles");
  }

  @Test
  void nothing_personal_is_in_it() throws IOException {
    assertThat(recorded(5, 10).toString()).doesNotContain(CANARY);
  }

  /** A program that exports and says so. */
  static final class UnrecordedExport {
    public static void main(String[] args) {
      FlightRecordingTest test = new FlightRecordingTest();
      try (SegmentExporter exporter =
          SegmentExporter.builder()
              .source(
                  InMemorySegments.of(
                      "vip-eu",
                      CustomerProfile.of("c-1", Map.of("email", CANARY + "@shop.example"))))
              .klaviyo(test.klaviyo.connection())
              .mapping(FieldMapping.email("email"))
              .time(test.time)
              .build()) {
        exporter.export(Segment.named("vip-eu"), test.klaviyo.listId());
      }
      System.out.println("exported");
    }
  }

  @Test
  void where_nothing_is_recorded_flight_recorder_is_not_even_started() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-verbose:class",
                "-cp",
                System.getProperty("java.class.path"),
                UnrecordedExport.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();

    assertThat(program.inputReader().lines())
        .contains("exported")
        .noneMatch(line -> line.contains("jdk.jfr.Event "));
  }
}
