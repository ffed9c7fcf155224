package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
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

    boolean isOver() {
      return left < 0;
    }
  }

  /** More than one call removes. */
  private static final String[] LEAVERS =
      IntStream.range(0, 1_100)
          .mapToObj(i -> "leaver." + i + "@shop.example")
          .toArray(String[]::new);

  /** A customer whose email address cannot be read would keep them all in the list. */
  private final GeneratedProfiles segment =
      GeneratedProfiles.of(100).withBadPhones(10).withDuplicates(10);

  private final GeneratedProfiles profiles =
      GeneratedProfiles.of(350).withBadEmails(20).withBadPhones(20).withDuplicates(30);

  @Test
  void killed_at_any_step_and_resumed_the_export_ends_as_if_nothing_had_happened() {
    int step = 0;
    boolean finished = false;
    while (!finished) {
      VirtualTime time = VirtualTime.create();
      MemoryJournal journal = MemoryJournal.create();
      try (FakeKlaviyo klaviyo =
          FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(30)).start()) {
        finished = exportUntilKilled(klaviyo, time, journal, step);
        try (SegmentExporter exporter = exporter(klaviyo.transport(), klaviyo, time, journal)) {
          Optional<String> unfinished = exporter.unfinishedRun(SEGMENT, klaviyo.listId());
          ExportReport report =
              unfinished.isPresent()
                  ? exporter.resume(unfinished.get())
                  : exporter.export(SEGMENT, klaviyo.listId());

          assertThat(report.profiles().read()).as("read, killed at step %d", step).isEqualTo(350);
          assertThat(report.profiles().accepted()).as("step %d", step).isEqualTo(profiles.good());
          assertThat(report.profiles().rejected()).as("step %d", step).isEqualTo(20);
          assertThat(report.rejections().fields()).as("step %d", step).isEqualTo(20);
          assertThat(report.profiles().duplicates()).as("step %d", step).isEqualTo(30);
          assertThat(klaviyo.list().size()).as("step %d", step).isEqualTo(profiles.good());
          assertThat(exporter.unfinishedRun(SEGMENT, klaviyo.listId())).isEmpty();
        }
      }
      step++;
    }
    assertThat(step).as("steps tried").isGreaterThan(20);
  }

  @Test
  void killed_at_any_step_and_resumed_a_mirror_has_removed_every_leaver_and_nobody_else() {
    int step = 0;
    boolean finished = false;
    while (!finished) {
      VirtualTime time = VirtualTime.create();
      MemoryJournal journal = MemoryJournal.create();
      try (FakeKlaviyo klaviyo =
          FakeKlaviyo.builder()
              .time(time)
              .jobDuration(Duration.ofSeconds(30))
              .refusesStrangers(step % 2 == 0)
              .start()) {
        klaviyo.list().add(LEAVERS);
        klaviyo.list().add(emailOf(segment.iterator().next()));
        time.advance(Duration.ofMinutes(1));
        Lifeline lifeline = new Lifeline(step);
        finished =
            untilKilled(
                mirror(klaviyo, time, mortalJournal(journal, lifeline), lifeline),
                klaviyo,
                lifeline);
        try (SegmentExporter exporter =
            mirror(klaviyo, time, journal, new Lifeline(Integer.MAX_VALUE))) {
          Optional<String> unfinished = exporter.unfinishedRun(SEGMENT, klaviyo.listId());
          // A run that had not begun, or had ended, is followed by one of its own account.
          long leavers =
              unfinished.isPresent() ? LEAVERS.length : leaversIn(klaviyo.list().emails());
          ExportReport report =
              unfinished.isPresent()
                  ? exporter.resume(unfinished.get())
                  : exporter.export(SEGMENT, klaviyo.listId());

          assertThat(report.profiles().read()).as("read, killed at step %d", step).isEqualTo(100);
          assertThat(report.profiles().accepted()).as("step %d", step).isEqualTo(segment.good());
          assertThat(klaviyo.list().size()).as("step %d", step).isEqualTo(segment.good());
          assertThat(leaversIn(klaviyo.list().emails())).as("step %d", step).isZero();
          assertThat(report.leavers().found()).as("step %d", step).isEqualTo(leavers);
          assertThat(report.leavers().removed()).as("step %d", step).isEqualTo(leavers);
          assertThat(exporter.unfinishedRun(SEGMENT, klaviyo.listId())).isEmpty();
        }
      }
      step++;
    }
    assertThat(step).as("steps tried").isGreaterThan(60);
  }

  private static long leaversIn(List<String> emails) {
    return emails.stream().filter(email -> email.startsWith("leaver")).count();
  }

  private static String emailOf(CustomerProfile customer) {
    return String.valueOf(customer.value(customer.fields().indexOf("EMailAddress")));
  }

  private SegmentExporter mirror(
      FakeKlaviyo klaviyo, VirtualTime time, ExportJournal journal, Lifeline lifeline) {
    return SegmentExporter.builder()
        .source(InMemorySegments.of(SEGMENT.name(), segment))
        .klaviyo(klaviyo.connection().transport(mortal(klaviyo.transport(), lifeline)))
        .mapping(segment.mapping())
        .journal(journal)
        .mode(SyncMode.MIRROR)
        .maxLeavers(1)
        .batchSize(60)
        .time(time)
        .build();
  }

  private boolean exportUntilKilled(
      FakeKlaviyo klaviyo, VirtualTime time, MemoryJournal journal, int steps) {
    Lifeline lifeline = new Lifeline(steps);
    return untilKilled(
        exporter(
            mortal(klaviyo.transport(), lifeline), klaviyo, time, mortalJournal(journal, lifeline)),
        klaviyo,
        lifeline);
  }

  /**
   * Exports and closes; says whether the process lived to the end. One that was killed neither
   * sends nor writes anything more, whatever it tries.
   */
  private static boolean untilKilled(
      SegmentExporter exporter, FakeKlaviyo klaviyo, Lifeline lifeline) {
    try (exporter) {
      exporter.export(SEGMENT, klaviyo.listId());
      return true;
    } catch (ExportException end) {
      assertThat(lifeline.isOver()).as("%s", end).isTrue();
      return false;
    }
  }

  private static KlaviyoTransport mortal(KlaviyoTransport transport, Lifeline lifeline) {
    return request -> {
      lifeline.step();
      var response = transport.send(request);
      lifeline.step();
      return response;
    };
  }

  private static ExportJournal mortalJournal(ExportJournal journal, Lifeline lifeline) {
    return key -> new MortalLog(journal.open(key), lifeline);
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

  @Test
  void a_resumed_run_whose_segment_has_lost_its_rejected_customers_ends() {
    VirtualTime time = VirtualTime.create();
    MemoryJournal journal = MemoryJournal.create();
    CustomerProfile ada = Customer.of("c-1").email("ada@shop.example").profile();
    CustomerProfile bo = Customer.of("c-2").email("bo@shop.example").profile();
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start()) {
      klaviyo.failProfiles("ada@shop.example");
      InMemorySegments before = InMemorySegments.of("vip-eu", ada, bo).failingAfter("vip-eu", 1);
      try (SegmentExporter exporter = oneByOne(before, klaviyo, time, journal)) {
        assertThatThrownBy(() -> exporter.export(SEGMENT, klaviyo.listId()))
            .isInstanceOf(ExportException.class);
      }
      InMemorySegments after = InMemorySegments.of("vip-eu", new CustomerProfile[0]);
      try (SegmentExporter exporter = oneByOne(after, klaviyo, time, journal)) {
        ExportReport report =
            exporter.prepare(SEGMENT, klaviyo.listId()).continueUnfinished().run();

        assertThat(report.profiles().read()).isEqualTo(1);
        assertThat(report.profiles().rejected()).isEqualTo(1);
      }
    }
  }

  private static SegmentExporter oneByOne(
      InMemorySegments source, FakeKlaviyo klaviyo, VirtualTime time, MemoryJournal journal) {
    ProfileSource unpositioned = source::open;
    return SegmentExporter.builder()
        .source(unpositioned)
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("EMailAddress"))
        .journal(journal)
        .batchSize(1)
        .maxRejected(1)
        .time(time)
        .build();
  }
}
