package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An exporter that is closed ends its exports as asked, and leaves nothing behind. */
class ClosingTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final Duration LONG = Duration.ofMinutes(2);

  private final StandingTime time = new StandingTime();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time.virtual).start();

  /** A clock that stands until an export that waits is woken, and then moves when waited for. */
  private static final class StandingTime implements TimeSource {
    private final VirtualTime virtual = VirtualTime.create();
    private final Semaphore standing = new Semaphore(0);
    private volatile boolean moves;

    @Override
    public Instant now() {
      return virtual.now();
    }

    @Override
    public long nanoTime() {
      return virtual.nanoTime();
    }

    @Override
    public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
        throws InterruptedException {
      if (moves) {
        return virtual.await(signal, atMost, exchanging);
      }
      // What is left of exchanges that ended before anybody waited.
      signal.drainPermits();
      standing.release();
      signal.acquire();
      moves = true;
      return true;
    }
  }

  @AfterEach
  void close() {
    klaviyo.close();
  }

  @Test
  void closing_cancels_what_runs_and_waits_for_it() throws InterruptedException {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobEndless());
    SegmentExporter exporter = exporter(time);
    ExportRun run = exporter.prepare(SEGMENT, klaviyo.listId()).start();
    time.standing.acquire();

    exporter.close();

    assertThat(stopped(run).reason()).isEqualTo(Reason.CANCELLED);
    assertThat(time.virtual.waited()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5, 90})
  void the_wait_for_klaviyos_word_can_be_set(long seconds) throws InterruptedException {
    Duration wait = Duration.ofSeconds(seconds);
    for (boolean whenDone : new boolean[] {false, true}) {
      StandingTime standing = new StandingTime();
      try (FakeKlaviyo account = FakeKlaviyo.builder().time(standing.virtual).start()) {
        account.script(Operation.BULK_IMPORT_PROFILES, Fault.jobEndless());
        SegmentExporter exporter = exporter(account, standing);
        ExportRun run = exporter.prepare(SEGMENT, account.listId()).start();
        standing.standing.acquire();

        if (whenDone) {
          exporter.closeWhenDone(Duration.ofMillis(1), wait);
        } else {
          exporter.close(wait);
        }

        assertThat(stopped(run).reason()).isEqualTo(Reason.CANCELLED);
        assertThat(standing.virtual.waited()).isBetween(wait, wait.plusSeconds(1));
      }
    }
  }

  @Test
  void a_run_that_is_being_cancelled_waits_no_longer_than_it_is_then_told()
      throws InterruptedException {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobEndless());
    SegmentExporter exporter = exporter(time);
    ExportRun run = exporter.prepare(SEGMENT, klaviyo.listId()).start();
    time.standing.acquire();
    time.virtual.schedule(Duration.ofSeconds(3), () -> run.cancel(Duration.ofSeconds(4)));

    run.cancel();
    exporter.closeWhenDone(LONG);

    assertThat(stopped(run).reason()).isEqualTo(Reason.CANCELLED);
    assertThat(time.virtual.waited()).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(8));
  }

  @Test
  void a_wait_is_not_negative() {
    SegmentExporter exporter = exporter(time);
    assertThatThrownBy(() -> exporter.close(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("zero or longer");
    assertThatNullPointerException().isThrownBy(() -> exporter.closeWhenDone(null));
    time.moves = true;
    assertThat(exporter.export(SEGMENT, klaviyo.listId()).isClean()).as("is still open").isTrue();
    exporter.close();
  }

  @Test
  void closing_when_done_takes_no_more_exports_and_lets_those_that_run_end() {
    time.moves = true;
    SegmentExporter exporter = exporter(time);
    ExportRun run = exporter.prepare(SEGMENT, klaviyo.listId()).start();

    exporter.closeWhenDone(LONG);

    ExportReport report = run.report().toCompletableFuture().join();
    assertThat(report.profiles().accepted()).isEqualTo(2);
    assertThatThrownBy(() -> exporter.export(SEGMENT, klaviyo.listId()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void closing_when_done_cancels_what_takes_longer() throws InterruptedException {
    SegmentExporter exporter = exporter(time);
    ExportRun run = exporter.prepare(SEGMENT, klaviyo.listId()).start();
    time.standing.acquire();

    exporter.closeWhenDone(Duration.ofMillis(1));

    assertThat(stopped(run).reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  @SuppressWarnings("try") // Closing from within is what is tried.
  void an_export_that_closes_its_own_exporter_is_told_so_and_goes_on() {
    time.moves = true;
    List<Exception> told = new ArrayList<>();
    try (SegmentExporter exporter = exporter(time)) {
      ExportListener closing =
          new ExportListener() {
            @Override
            public void batchSent(String jobId, int profiles, long bytes) {
              try {
                exporter.close();
              } catch (IllegalStateException advice) {
                told.add(advice);
              }
            }
          };

      ExportReport report = exporter.prepare(SEGMENT, klaviyo.listId()).listener(closing).run();

      assertThat(report.profiles().accepted()).isEqualTo(2);
      assertThat(told)
          .singleElement()
          .asString()
          .contains("close the exporter from another thread");
    }
  }

  /** How an export fares that is looked at for what it leaves behind. */
  private enum Course {
    COMES_TO_ITS_END {
      @Override
      void export(SegmentExporter exporter, FakeKlaviyo klaviyo, VirtualTime time) {
        assertThat(exporter.export(SEGMENT, klaviyo.listId()).profiles().accepted())
            .isEqualTo(5_000);
      }
    },
    STOPS_BECAUSE_ITS_SOURCE_FAILS {
      @Override
      InMemorySegments segments() {
        return super.segments().failingAfter(SEGMENT.name(), 3_000);
      }

      @Override
      void export(SegmentExporter exporter, FakeKlaviyo klaviyo, VirtualTime time) {
        assertThatThrownBy(() -> exporter.export(SEGMENT, klaviyo.listId()))
            .isInstanceOf(ExportException.class);
      }
    },
    IS_CLOSED_WHILE_KLAVIYO_KEEPS_SILENT {
      @Override
      void export(SegmentExporter exporter, FakeKlaviyo klaviyo, VirtualTime time) {
        klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.stalled());
        CompletableFuture<Void> sent = new CompletableFuture<>();
        klaviyo
            .wireMock()
            .addMockServiceRequestListener(
                (request, response) -> {
                  if (request.getMethod().getName().equals("POST")) {
                    sent.complete(null);
                  }
                });
        ExportRun run = exporter.prepare(SEGMENT, klaviyo.listId()).start();
        sent.join();
        time.patience(Duration.ofMillis(1));
        exporter.close();
        assertThat(stopped(run).reason()).isEqualTo(Reason.CANCELLED);
      }
    };

    // Their ids are so long that those of open jobs need a temporary file.
    InMemorySegments segments() {
      return InMemorySegments.of(
          SEGMENT.name(),
          IntStream.range(0, 5_000)
              .mapToObj(
                  i ->
                      CustomerProfile.of(
                          "c-" + i + "-".repeat(500),
                          Map.of("EMailAddress", "ada" + i + "@shop.example")))
              .toList());
    }

    abstract void export(SegmentExporter exporter, FakeKlaviyo klaviyo, VirtualTime time);

    void live(Path directory) {
      VirtualTime time = VirtualTime.create();
      try (FakeKlaviyo klaviyo = FakeKlaviyo.start();
          SegmentExporter exporter =
              SegmentExporter.builder()
                  .source(segments())
                  .klaviyo(klaviyo.httpConnection())
                  .mapping(FieldMapping.email("EMailAddress"))
                  .journal(FileJournal.in(directory))
                  .time(time)
                  .build()) {
        export(exporter, klaviyo, time);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void no_thread_socket_or_file_is_left_behind_by_an_export_that(
      Course course, @TempDir Path directory) throws Exception {
    assumeThat(Path.of("/proc/self/fd")).exists();
    course.live(directory);
    Set<Thread> threadsBefore = threads();
    List<String> filesBefore = openFiles();

    course.live(directory);

    // Before JDK 21 an HTTP client lets go of threads and sockets some time after its collection.
    for (int i = 0; i < 300 && isAnythingLeft(threadsBefore, filesBefore); i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(threadsAfter(threadsBefore)).isEmpty();
    assertThat(filesAfter(filesBefore)).isEmpty();
  }

  private static boolean isAnythingLeft(Set<Thread> threads, List<String> files)
      throws IOException {
    return !threadsAfter(threads).isEmpty() || !filesAfter(files).isEmpty();
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  private static Set<String> threadsAfter(Set<Thread> before) {
    return threads().stream()
        .filter(thread -> !before.contains(thread) && thread.isAlive())
        .map(Thread::getName)
        .filter(name -> name.contains("klaviyo") || name.contains("HttpClient"))
        .collect(Collectors.toSet());
  }

  /** The files, sockets and pipes that were opened since. */
  private static List<String> filesAfter(List<String> before) throws IOException {
    List<String> files = openFiles();
    before.forEach(files::remove);
    return files;
  }

  private static List<String> openFiles() throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
      for (Path handle : handles.toList()) {
        try {
          files.add(Files.readSymbolicLink(handle).toString());
        } catch (IOException closedMeanwhile) {
          // As the one that lists the directory.
        }
      }
    }
    files.removeIf(file -> file.endsWith(".jar") || file.contains("/proc/"));
    return files;
  }

  private static ExportException stopped(ExportRun run) {
    try {
      run.report().toCompletableFuture().join();
    } catch (CompletionException stopped) {
      return (ExportException) stopped.getCause();
    }
    throw new AssertionError("It did not stop.");
  }

  private SegmentExporter exporter(TimeSource clock) {
    return exporter(klaviyo, clock);
  }

  private static SegmentExporter exporter(FakeKlaviyo klaviyo, TimeSource clock) {
    return SegmentExporter.builder()
        .source(
            InMemorySegments.of(
                SEGMENT.name(),
                CustomerProfile.of("c-1", Map.of("EMailAddress", "ada@shop.example")),
                CustomerProfile.of("c-2", Map.of("EMailAddress", "bo@shop.example"))))
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("EMailAddress"))
        .time(clock)
        .build();
  }
}
