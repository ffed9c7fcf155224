package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever foreign code throws, and wherever: the export ends with its reason, its report comes,
 * its exporter closes, and nothing repeats what was said.
 */
@Timeout(60)
class ForeignCodeTest {
  private final Lab lab = new Lab();

  /** How foreign code is brought to throw, and with which reason the export ends then. */
  private record Boundary(@Nullable Reason reason, Fault fault) {}

  private interface Fault {
    void in(SegmentExporter.Builder builder, Lab lab, Supplier<Throwable> thrown);
  }

  private static final Map<String, Boundary> BOUNDARIES = new LinkedHashMap<>();

  static {
    for (String method :
        new String[] {"open", "size", "fields", "next", "next at last", "position"}) {
      BOUNDARIES.put(
          "the source's " + method,
          new Boundary(
              Reason.SOURCE_FAILED,
              (builder, lab, thrown) ->
                  builder.source(new Throwing(method, thrown)).journal(MemoryJournal.create())));
      BOUNDARIES.put(
          "a mirror's source's " + method,
          new Boundary(
              Reason.SOURCE_FAILED,
              (builder, lab, thrown) ->
                  builder
                      .source(new Throwing(method, thrown))
                      .journal(MemoryJournal.create())
                      .mode(SyncMode.MIRROR)));
    }
    BOUNDARIES.put(
        "the source's close",
        new Boundary(
            null, (builder, lab, thrown) -> builder.source(new Throwing("close", thrown))));
    BOUNDARIES.put(
        "all methods of a listener",
        new Boundary(null, (builder, lab, thrown) -> builder.listener(listener(thrown))));
    BOUNDARIES.put(
        "the token supplier",
        new Boundary(
            Reason.UNAVAILABLE,
            (builder, lab, thrown) ->
                builder.klaviyo(
                    KlaviyoConnection.oauth(
                            () -> {
                              throw Thrown.sneaky(thrown.get());
                            })
                        .transport(lab.klaviyo))));
    BOUNDARIES.put(
        "the transport",
        new Boundary(
            Reason.UNAVAILABLE,
            (builder, lab, thrown) ->
                builder.klaviyo(
                    through(
                        request -> {
                          throw Thrown.sneaky(thrown.get());
                        }))));
    BOUNDARIES.put(
        "the transport's future",
        new Boundary(
            Reason.UNAVAILABLE,
            (builder, lab, thrown) ->
                builder.klaviyo(through(request -> CompletableFuture.failedFuture(thrown.get())))));
    BOUNDARIES.put(
        "the cancelling of a future that never ends",
        new Boundary(
            Reason.UNAVAILABLE,
            (builder, lab, thrown) ->
                builder.klaviyo(through(request -> new Uncancellable(thrown)))));
    for (String method : new String[] {"open", "replay", "restart", "append", "keepAlive"}) {
      BOUNDARIES.put(
          "the journal's " + method,
          new Boundary(
              Reason.JOURNAL_FAILED,
              (builder, lab, thrown) -> {
                builder.journal(journal(method, thrown));
                lab.klaviyo.status(job -> job.age().toSeconds() < 60 ? "processing" : "complete");
              }));
    }
    BOUNDARIES.put(
        "the journal's close",
        new Boundary(null, (builder, lab, thrown) -> builder.journal(journal("close", thrown))));
    for (String method : new String[] {"now", "nanoTime", "await"}) {
      BOUNDARIES.put(
          "the clock's " + method,
          new Boundary(
              Reason.RUNTIME_UNFIT,
              (builder, lab, thrown) -> builder.time(clock(lab.time, method, thrown))));
    }
  }

  static Stream<Arguments> boundaries_and_what_is_thrown() {
    return BOUNDARIES.keySet().stream()
        .flatMap(
            boundary -> Thrown.KINDS.keySet().stream().map(kind -> Arguments.of(boundary, kind)));
  }

  @ParameterizedTest
  @MethodSource("boundaries_and_what_is_thrown")
  void an_export_ends_with_its_reason_and_repeats_nothing(String where, String kind) {
    Boundary boundary = BOUNDARIES.get(where);
    SegmentExporter.Builder builder =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(5))).batchSize(2);
    boundary.fault.in(builder, lab, Thrown.KINDS.get(kind));
    AtomicReference<ExportRun> run = new AtomicReference<>();
    ExportReport report;

    try (SegmentExporter exporter = builder.build()) {
      try {
        report = exporter.prepare(Lab.VIP, Lab.LIST).run(run::set);
        assertThat(boundary.reason).isNull();
        assertThat(report.profiles().accepted()).isEqualTo(5);
      } catch (ExportException stopped) {
        report = stopped.report();
        assertThat(stopped.reason()).isEqualTo(boundary.reason);
        StringWriter trace = new StringWriter();
        stopped.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(Thrown.QUOTED);
      }
    }

    assertThat(run.get().report().toCompletableFuture()).isDone();
    assertThat(report.toString()).doesNotContain(Thrown.QUOTED);
    assertThat(report.profiles().read())
        .isEqualTo(
            report.profiles().accepted()
                + report.profiles().rejected()
                + report.profiles().duplicates()
                + report.profiles().unconfirmed());
    assertThat(lab.events).endsWith("finished");
  }

  static Stream<String> what_is_thrown() {
    return Thrown.KINDS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("what_is_thrown")
  void a_source_that_cannot_be_positioned_again_stops_a_resumed_run(String kind) {
    MemoryJournal journal = MemoryJournal.create();
    Throwing source = new Throwing("openAt", Thrown.KINDS.get(kind));
    SegmentExporter.Builder builder = lab.exporter(source).journal(journal).batchSize(2);
    lab.klaviyo.on(IMPORT, asked -> null);
    String unfinished;
    try (SegmentExporter exporter = builder.limit(3).build()) {
      unfinished = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST)).report().run();
    }
    try (SegmentExporter exporter = builder.limit(100).build()) {
      ExportException stopped =
          Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST).continueUnfinished());

      assertThat(stopped.report().run()).isEqualTo(unfinished);
      assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
      assertThat(stopped).hasMessageContaining(" in openAt()");
    }
  }

  @Test
  void an_own_io_exception_is_repeated_and_what_caused_it_is_not() {
    ExportException stopped =
        lab.stopped(
            segment -> {
              throw new java.io.IOException(
                  "The table is locked.", new IllegalStateException(Thrown.QUOTED));
            });

    StringWriter trace = new StringWriter();
    stopped.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString())
        .contains("The table is locked", "java.lang.IllegalStateException")
        .doesNotContain(Thrown.QUOTED);
  }

  @Test
  void memory_that_ran_out_in_the_source_has_advice_of_its_own() {
    ExportException stopped =
        lab.stopped(
            segment -> {
              throw new OutOfMemoryError("Java heap space");
            });

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(stopped)
        .message()
        .contains("because memory ran out with a heap of ", " MB: give the JVM more with -Xmx");
  }

  @Test
  void a_class_that_is_missing_in_the_source_has_advice_of_its_own() {
    ExportException stopped =
        lab.stopped(
            segment -> {
              throw new NoClassDefFoundError("com/example/Driver");
            });

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(stopped).message().contains("a class that it needs is missing, or of another");
  }

  @Test
  void a_library_that_turns_out_too_old_in_a_run_is_no_fault_of_the_exporter() {
    StopCause cause =
        StopCause.fault(
            new NoSuchMethodError("'void com.fasterxml.jackson.databind.JsonNode.properties()'"));

    assertThat(cause.reason()).isEqualTo(Reason.RUNTIME_UNFIT);
    assertThat(cause.advice()).startsWith("Jackson does not fit: the version that was found is 2.");
  }

  @Test
  void memory_that_ran_out_in_a_run_is_no_fault_of_the_exporter() {
    StopCause cause = StopCause.fault(new OutOfMemoryError("Java heap space"));

    assertThat(cause.reason()).isEqualTo(Reason.RUNTIME_UNFIT);
    assertThat(cause.advice()).startsWith("memory ran out with a heap of ");
  }

  // Executors

  @Test
  void an_export_that_its_executor_discards_ends_when_nothing_holds_it_any_more() throws Exception {
    SegmentExporter exporter = exporter(task -> {});
    ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();
    CompletableFuture<ExportReport> report = run.report().toCompletableFuture();

    for (int i = 0; i < 200 && !report.isDone(); i++) {
      System.gc();
      report.completeOnTimeout(null, 1, TimeUnit.NANOSECONDS);
      report = run.report().toCompletableFuture();
      new Semaphore(0).tryAcquire(50, TimeUnit.MILLISECONDS);
    }

    assertThat(ended(run)).hasMessageContaining("its executor dropped it before it began");
    exporter.close();
  }

  @Test
  void an_export_that_its_executor_discards_ends_when_the_exporter_is_closed() {
    Runnable[] held = new Runnable[1];
    SegmentExporter exporter = exporter(task -> held[0] = task);
    ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();

    exporter.close();

    assertThat(ended(run)).hasMessageContaining("its exporter was closed");
    held[0].run();
    assertThat(lab.klaviyo.asked()).as("what is run after all does nothing").isEmpty();
    assertThat(lab.events).containsExactly("finished");
  }

  @Test
  void an_export_that_waits_for_its_executor_can_be_cancelled() {
    Runnable[] held = new Runnable[1];
    try (SegmentExporter exporter = exporter(task -> held[0] = task)) {
      ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();

      run.cancel();

      assertThat(ended(run)).hasMessageContaining("it was cancelled");
    }
  }

  @Test
  void an_export_that_is_handed_to_a_pool_which_has_ended_ends_at_once() {
    java.util.concurrent.ThreadPoolExecutor pool =
        new java.util.concurrent.ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new java.util.concurrent.LinkedBlockingQueue<>(),
            new java.util.concurrent.ThreadPoolExecutor.DiscardPolicy());
    pool.shutdownNow();
    try (SegmentExporter exporter = exporter(pool)) {
      ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();

      assertThat(ended(run)).hasMessageContaining("its executor dropped it before it began");
    }
  }

  private SegmentExporter exporter(Executor executor) {
    return lab.exporter(segment -> ProfileReader.of(Lab.customers(5))).executor(executor).build();
  }

  private static ExportException ended(ExportRun run) {
    assertThat(run.report().toCompletableFuture()).isDone();
    try {
      throw new AssertionError("It ended: " + run.report().toCompletableFuture().join());
    } catch (CompletionException stopped) {
      ExportException why = (ExportException) stopped.getCause();
      assertThat(why.reason()).isEqualTo(Reason.CANCELLED);
      return why;
    }
  }

  // Foreign code that throws

  /** Five customers, and a method that throws. */
  private static final class Throwing implements PositionedSource {
    private final String method;
    private final Supplier<Throwable> thrown;

    Throwing(String method, Supplier<Throwable> thrown) {
      this.method = method;
      this.thrown = thrown;
    }

    private void at(String called) {
      if (called.equals(method)) {
        throw Thrown.sneaky(thrown.get());
      }
    }

    @Override
    public ProfileReader open(Segment segment) {
      at("open");
      return from(0);
    }

    @Override
    public ProfileReader openAt(Segment segment, String position) {
      at("openAt");
      return from(Integer.parseInt(position));
    }

    private ProfileReader from(int start) {
      return new ProfileReader() {
        private int read = start;

        @Override
        public @Nullable CustomerProfile next() {
          at("next");
          if (read == 5) {
            at("next at last");
            return null;
          }
          return Lab.customer(++read);
        }

        @Override
        public OptionalLong size() {
          at("size");
          return OptionalLong.empty();
        }

        @Override
        public Optional<FieldNames> fields() {
          at("fields");
          return Optional.of(Lab.FIELDS);
        }

        @Override
        public Optional<String> position() {
          at("position");
          return Optional.of(Integer.toString(read));
        }

        @Override
        public void close() {
          at("close");
        }
      };
    }
  }

  private static ExportListener listener(Supplier<Throwable> thrown) {
    return (ExportListener)
        Proxy.newProxyInstance(
            ForeignCodeTest.class.getClassLoader(),
            new Class<?>[] {ExportListener.class},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == ExportListener.class) {
                throw thrown.get();
              }
              return method.getName().equals("hashCode") ? 1 : proxy == arguments[0];
            });
  }

  private static KlaviyoConnection through(KlaviyoTransport transport) {
    return KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(transport);
  }

  private static final class Uncancellable extends CompletableFuture<KlaviyoResponse> {
    private final Supplier<Throwable> thrown;

    Uncancellable(Supplier<Throwable> thrown) {
      this.thrown = thrown;
    }

    @Override
    public boolean cancel(boolean interrupting) {
      throw Thrown.sneaky(thrown.get());
    }
  }

  private static ExportJournal journal(String method, Supplier<Throwable> thrown) {
    Consumer<String> at =
        called -> {
          if (called.equals(method)) {
            throw Thrown.sneaky(thrown.get());
          }
        };
    MemoryJournal memory = MemoryJournal.create();
    return key -> {
      at.accept("open");
      JournalLog log = memory.open(key);
      return new JournalLog() {
        @Override
        public void replay(Consumer<String> line) throws java.io.IOException {
          at.accept("replay");
          log.replay(line);
        }

        @Override
        public void append(String line) throws java.io.IOException {
          at.accept("append");
          log.append(line);
        }

        @Override
        public void restart(String line) throws java.io.IOException {
          at.accept("restart");
          log.restart(line);
        }

        @Override
        public void keepAlive() throws java.io.IOException {
          at.accept("keepAlive");
          log.keepAlive();
        }

        @Override
        public void close() throws java.io.IOException {
          at.accept("close");
          log.close();
        }
      };
    };
  }

  private static TimeSource clock(TimeSource time, String method, Supplier<Throwable> thrown) {
    return new TimeSource() {
      private void at(String called) {
        if (called.equals(method)) {
          throw Thrown.sneaky(thrown.get());
        }
      }

      @Override
      public Instant now() {
        at("now");
        return time.now();
      }

      @Override
      public long nanoTime() {
        at("nanoTime");
        return time.nanoTime();
      }

      @Override
      public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
          throws InterruptedException {
        at("await");
        return time.await(signal, atMost, exchanging);
      }
    };
  }
}
