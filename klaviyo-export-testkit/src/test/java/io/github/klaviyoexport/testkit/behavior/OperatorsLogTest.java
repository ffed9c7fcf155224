package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads in the log under io.github.klaviyoexport: little, and enough. */
class OperatorsLogTest {
  private final Logger logger = Logger.getLogger("io.github.klaviyoexport");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          records.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void close() {
    logger.removeHandler(handler);
    klaviyo.close();
  }

  private List<String> lines(Level level) {
    return records.stream()
        .filter(line -> line.getLevel().equals(level))
        .map(LogRecord::getMessage)
        .toList();
  }

  private SegmentExporter exporter(InMemorySegments segments) {
    return SegmentExporter.builder()
        .source(segments)
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("email"))
        .time(time)
        .build();
  }

  private static InMemorySegments segments() {
    return InMemorySegments.of(
        "vip-eu",
        CustomerProfile.of("c-1", Map.of("email", "ada@shop.example")),
        CustomerProfile.of("c-2", Map.of("email", "bo@shop.example")));
  }

  private void export(InMemorySegments segments) {
    try (SegmentExporter exporter = exporter(segments)) {
      exporter.export(Segment.named("vip-eu"), klaviyo.listId());
    }
  }

  @Test
  void an_export_has_a_line_when_it_begins_and_one_when_it_ends() {
    export(segments());

    assertThat(lines(Level.INFO)).hasSize(2);
    assertThat(lines(Level.INFO).get(0))
        .isEqualTo("The export of segment vip-eu to list Y6nRLr begins.");
    assertThat(lines(Level.INFO).get(1))
        .startsWith("The export of segment vip-eu to list Y6nRLr has ended: ")
        .contains("2 read", "2 accepted", "It took ");
    assertThat(lines(Level.WARNING)).isEmpty();
    assertThat(records.toString()).doesNotContain("shop.example");
  }

  @Test
  void one_that_stops_says_why_in_the_line_of_its_end() {
    assertThatThrownBy(() -> export(segments().failingAfter("vip-eu", 1)))
        .isInstanceOf(ExportException.class);

    assertThat(lines(Level.INFO)).hasSize(2);
    assertThat(lines(Level.INFO).get(1))
        .startsWith("The export of segment vip-eu to list Y6nRLr stopped: its source failed")
        .contains("So far", "It took ");
  }

  @Test
  void an_empty_segment_has_both_lines_too() {
    export(InMemorySegments.of("vip-eu", List.of()));

    assertThat(lines(Level.INFO)).hasSize(2);
  }

  @Test
  void a_wait_of_more_than_a_minute_that_klaviyo_asks_for_is_a_warning_and_told_once() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited(Duration.ofSeconds(20)));
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited(Duration.ofMinutes(5)));

    export(segments());

    assertThat(lines(Level.WARNING))
        .singleElement()
        .asString()
        .contains("segment vip-eu to list Y6nRLr", "waits for 300 s", "429");
  }

  @Test
  void retries_that_fail_one_after_the_other_are_one_wait() {
    for (int i = 0; i < 9; i++) {
      klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.serverError(503));
    }

    export(segments());

    assertThat(lines(Level.WARNING))
        .singleElement()
        .asString()
        .contains("waits for", "answered 503");
  }

  @Test
  void short_waits_are_not_told() {
    for (int i = 0; i < 3; i++) {
      klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.serverError(503));
    }
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited(Duration.ofSeconds(60)));

    export(segments());

    assertThat(lines(Level.WARNING)).isEmpty();
  }
}
