package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** An export that is cut off at any step is continued, and nothing is lost or sent in vain. */
class ResumeTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");

  /** The end of the process, as far as an export can tell. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Lets so many steps happen, and then none: each write and each exchange is two. */
  private static final class Lifeline {
    private int left;

    Lifeline(int steps) {
      left = steps;
    }

    void step() {
      if (left-- <= 0) {
        throw new Killed();
      }
    }
  }

  private final GeneratedProfiles profiles =
      GeneratedProfiles.of(350).withBadEmails(20).withBadPhones(20).withDuplicates(30);

  @Test
  void killed_at_any_step_and_resumed_the_export_ends_as_if_nothing_had_happened() {
    int step = 0;
    boolean finished = false;
    while (!finished) {
      VirtualTime time = VirtualTime.create();
      MemoryJournal journal = new MemoryJournal();
      try (FakeKlaviyo klaviyo =
          FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(30)).build()) {
        finished = exportUntilKilled(klaviyo, time, journal, step);
        try (SegmentExporter exporter = exporter(klaviyo.transport(), klaviyo, time, journal)) {
          Optional<String> unfinished = exporter.unfinishedRun(SEGMENT, klaviyo.listId());
          ExportReport report =
              unfinished.isPresent()
                  ? exporter.resume(unfinished.get())
                  : exporter.export(SEGMENT, klaviyo.listId());

          assertThat(report.read()).as("read, killed at step %d", step).isEqualTo(350);
          assertThat(report.accepted()).as("step %d", step).isEqualTo(profiles.good());
          assertThat(report.rejected()).as("step %d", step).isEqualTo(20);
          assertThat(report.rejectedFields()).as("step %d", step).isEqualTo(20);
          assertThat(report.duplicates()).as("step %d", step).isEqualTo(30);
          assertThat(klaviyo.list().size()).as("step %d", step).isEqualTo(profiles.good());
          assertThat(exporter.unfinishedRun(SEGMENT, klaviyo.listId())).isEmpty();
        }
      }
      step++;
    }
    assertThat(step).as("steps tried").isGreaterThan(20);
  }

  private boolean exportUntilKilled(
      FakeKlaviyo klaviyo, VirtualTime time, MemoryJournal journal, int steps) {
    Lifeline lifeline = new Lifeline(steps);
    KlaviyoTransport transport = klaviyo.transport();
    KlaviyoTransport mortal =
        request -> {
          lifeline.step();
          var response = transport.send(request);
          lifeline.step();
          return response;
        };
    try (SegmentExporter exporter =
        exporter(mortal, klaviyo, time, key -> new MortalLog(journal.open(key), lifeline))) {
      exporter.export(SEGMENT, klaviyo.listId());
      return true;
    } catch (ExportException end) {
      assertThat(end).hasRootCauseInstanceOf(Killed.class);
      return false;
    }
  }

  private record MortalLog(JournalLog log, Lifeline lifeline) implements JournalLog {
    @Override
    public void replay(Consumer<String> line) throws IOException {
      log.replay(line);
    }

    @Override
    public void append(String line) throws IOException {
      lifeline.step();
      log.append(line);
      lifeline.step();
    }

    @Override
    public void restart(String line) throws IOException {
      lifeline.step();
      log.restart(line);
      lifeline.step();
    }

    @Override
    public void close() throws IOException {
      log.close();
    }
  }

  private SegmentExporter exporter(
      KlaviyoTransport transport, FakeKlaviyo klaviyo, VirtualTime time, ExportJournal journal) {
    return SegmentExporter.builder()
        .source(InMemorySegments.of(SEGMENT.name(), profiles))
        .klaviyo(klaviyo.connection().transport(transport))
        .mapping(profiles.mapping())
        .journal(journal)
        .batchSize(60)
        .time(time)
        .build();
  }
}
