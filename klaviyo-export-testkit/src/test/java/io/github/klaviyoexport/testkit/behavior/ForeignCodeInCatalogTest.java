package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.ListingSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever foreign code throws or drops in a run of a saved export: the run ends, and is told. */
@Timeout(60)
class ForeignCodeInCatalogTest {
  private static final String QUOTED = "ada@shop.example";

  private static final Map<String, Supplier<Throwable>> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("an unchecked exception", () -> new IllegalStateException(QUOTED));
    KINDS.put("a checked exception", () -> new SQLException(QUOTED));
    KINDS.put("an error", () -> new AssertionError(QUOTED));
    KINDS.put("an exhausted memory", () -> new OutOfMemoryError(QUOTED));
    KINDS.put("a class that does not link", () -> new NoClassDefFoundError(QUOTED));
  }

  private final Office office = new Office();
  private final HeardEvents heard = new HeardEvents();
  private final Logger logger = Logger.getLogger("io.github.klaviyoexport.catalog");
  private final StringBuffer log = new StringBuffer();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          log.append(new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void close() {
    logger.removeHandler(handler);
    office.close();
  }

  static Stream<String> kinds() {
    return KINDS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void a_run_whose_source_throws_fails_and_is_tried_again(String kind) {
    try (Catalog catalog =
        office
            .catalog()
            .listener(heard)
            .source(
                segment ->
                    new ProfileReader() {
                      @Override
                      public @Nullable CustomerProfile next() {
                        throw sneaky(KINDS.get(kind).get());
                      }
                    })
            .attempts(3, Duration.ofMinutes(5))
            .build()) {
      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, saved(catalog).id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.FAILED);
      assertThat(run.message()).contains("its source failed").doesNotContain(QUOTED);
      assertThat(heard.events).containsExactly("started", "ended FAILED");
    }
  }

  static Stream<Arguments> opened() {
    return Stream.concat(
            kinds().map(KINDS::get),
            Stream.<Supplier<Throwable>>of(() -> new IllegalArgumentException(QUOTED)))
        .flatMap(
            thrown ->
                Stream.of(
                    Arguments.of("open()", failing(thrown)),
                    Arguments.of(
                        "fields()",
                        (ProfileSource)
                            segment -> new Opened(() -> failing(thrown).open(segment).fields()))));
  }

  /** Returns a source that cannot be opened. */
  private static ProfileSource failing(Supplier<Throwable> thrown) {
    return segment -> {
      throw sneaky(thrown.get());
    };
  }

  /** A segment without customers, whose fields are asked for elsewhere. */
  private record Opened(Callable<Optional<FieldNames>> asked) implements ProfileReader {
    @Override
    public @Nullable CustomerProfile next() {
      return null;
    }

    @Override
    public Optional<FieldNames> fields() {
      try {
        return asked.call();
      } catch (Exception thrown) {
        throw sneaky(thrown);
      }
    }
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("opened")
  void an_export_whose_source_throws_is_not_saved_and_what_it_says_is_not_told(
      String method, ProfileSource source) {
    try (Catalog catalog = office.catalog().source(source).build()) {
      CatalogException refused = catchThrowableOfType(CatalogException.class, () -> saved(catalog));

      assertThat(refused.reason()).isEqualTo(Reason.SEGMENT_UNREADABLE);
      assertThat(refused).hasMessageContaining("segment vip-eu (an error of the program)");
      assertThat(trace(refused)).doesNotContain(QUOTED);
      assertThat(log.toString()).contains("vip-eu").contains("in " + method).doesNotContain(QUOTED);
      assertThat(catalog.exports(ADMINISTRATOR)).isEmpty();
    }
  }

  @Test
  @SuppressWarnings("NullAway")
  void an_export_whose_source_opens_nothing_is_not_saved() {
    try (Catalog catalog = office.catalog().source(segment -> null).build()) {
      assertThatThrownBy(() -> saved(catalog))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("cannot open segment vip-eu (it returned null)");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void a_source_that_throws_lists_no_segments_and_what_it_says_is_not_told(String kind) {
    try (Catalog catalog =
        office
            .catalog()
            .source(
                listing(
                    () -> {
                      throw sneaky(KINDS.get(kind).get());
                    }))
            .build()) {
      CatalogException refused =
          catchThrowableOfType(CatalogException.class, () -> catalog.segments(ADMINISTRATOR));

      assertThat(refused.reason()).isEqualTo(Reason.SEGMENT_UNREADABLE);
      assertThat(trace(refused)).doesNotContain(QUOTED);
    }
  }

  private static ListingSource listing(Supplier<List<AvailableSegment>> segments) {
    return new ListingSource() {
      @Override
      public List<AvailableSegment> segments() {
        return segments.get();
      }

      @Override
      public ProfileReader open(Segment segment) {
        List<AvailableSegment> unused = segments.get();
        return new Opened(Optional::empty);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void who_waits_for_a_source_that_hangs_waits_no_longer_than_the_catalog_is_open(boolean saving)
      throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Catalog catalog =
        office
            .catalog()
            .source(
                listing(
                    () -> {
                      asked.countDown();
                      try {
                        new CountDownLatch(1).await();
                      } catch (InterruptedException interrupt) {
                        interrupted.countDown();
                      }
                      throw new IllegalStateException("interrupted");
                    }))
            .build();
    CompletableFuture<Object> waiting =
        CompletableFuture.supplyAsync(
            () -> saving ? saved(catalog) : catalog.segments(ADMINISTRATOR));
    asked.await();

    catalog.close(Duration.ZERO);

    assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            CatalogException.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.CLOSED));
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void who_is_interrupted_while_a_source_hangs_waits_no_longer() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (Catalog catalog =
        office
            .catalog()
            .source(
                segment -> {
                  asked.countDown();
                  while (true) {
                    LockSupport.park();
                  }
                })
            .build()) {
      CompletableFuture<Throwable> refusal = new CompletableFuture<>();
      Thread waiting =
          new Thread(
              () -> {
                Throwable thrown = catchThrowable(() -> saved(catalog));
                refusal.complete(Thread.currentThread().isInterrupted() ? thrown : null);
              });
      waiting.start();
      asked.await();

      waiting.interrupt();

      assertThat(refusal.get(20, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              CatalogException.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.INTERRUPTED));
    }
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void a_run_whose_secret_store_throws_fails_and_is_tried_again(String kind) {
    AtomicBoolean throwing = new AtomicBoolean();
    try (Catalog catalog =
        office
            .catalog()
            .secrets(
                reference -> {
                  if (throwing.get()) {
                    throw sneaky(KINDS.get(kind).get());
                  }
                  return office.klaviyo.apiKey().value();
                })
            .build()) {
      SavedExport export = saved(catalog);
      throwing.set(true);

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.FAILED);
      assertThat(run.message()).doesNotContain(QUOTED);
      assertThat(catalog.history(ADMINISTRATOR, export.id()).get(0).details())
          .contains("vault:klaviyo", "which the log names");
      assertThat(log.toString())
          .contains("The secret store threw " + KINDS.get(kind).get().getClass().getName())
          .doesNotContain(QUOTED);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void a_listener_that_throws_disturbs_no_run(String kind) {
    CatalogListener throwing =
        (CatalogListener)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CatalogListener.class},
                (proxy, method, arguments) -> {
                  if (method.getDeclaringClass() == CatalogListener.class) {
                    throw KINDS.get(kind).get();
                  }
                  return method.getName().equals("hashCode") ? 1 : proxy == arguments[0];
                });
    try (Catalog catalog = office.catalog().listener(throwing).listener(heard).build()) {
      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, saved(catalog).id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(heard.events).containsExactly("started", "ended SUCCESSFUL");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void a_store_that_throws_is_a_failed_store(String kind) {
    AtomicBoolean throwing = new AtomicBoolean();
    CatalogStore store =
        Intercepted.part(
            CatalogStore.class,
            MemoryCatalogStore.create(),
            method -> {
              if (throwing.get()) {
                throw KINDS.get(kind).get();
              }
            });
    try (Office other = new Office(store, UnaryOperator.identity());
        Catalog catalog = other.catalog().build()) {
      SavedExport export = saved(catalog);
      throwing.set(true);

      CatalogException failure =
          catchThrowableOfType(
              CatalogException.class, () -> catalog.run(ADMINISTRATOR, export.id()));

      throwing.set(false);
      assertThat(failure.reason()).isEqualTo(Reason.STORE_FAILED);
      assertThat(trace(failure)).contains("mend the store").doesNotContain(QUOTED);
    }
  }

  @Test
  void a_run_that_its_executor_holds_back_ends_when_it_is_cancelled() {
    List<Runnable> held = new ArrayList<>();
    try (Catalog catalog = office.catalog().listener(heard).executor(held::add).build()) {
      RunRecord run = catalog.run(ADMINISTRATOR, saved(catalog).id());
      assertThat(run.status()).isEqualTo(RunStatus.QUEUED);

      catalog.cancel(ADMINISTRATOR, run.id());

      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
      held.forEach(Runnable::run);
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(heard.events).doesNotContain("started");
    }
  }

  @Test
  void a_run_that_its_executor_drops_is_tried_again_once_nothing_holds_it() throws Exception {
    try (Catalog catalog = office.catalog().executor(task -> {}).build()) {
      RunRecord run = catalog.run(ADMINISTRATOR, saved(catalog).id());

      for (int i = 0; i < 200 && catalog.run(run.id()).status() == RunStatus.QUEUED; i++) {
        System.gc();
        assertThat(new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS)).isFalse();
      }

      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.FAILED);
      assertThat(catalog.run(run.id()).message()).contains("it was dropped");
    }
  }

  @Test
  void a_catalog_closes_at_once_with_a_run_that_its_executor_dropped() {
    List<Runnable> held = new ArrayList<>();
    Catalog catalog = office.catalog().executor(held::add).build();
    RunRecord run = catalog.run(ADMINISTRATOR, saved(catalog).id());

    catalog.close();

    try (Catalog next = office.catalog().build()) {
      assertThat(next.run(run.id()).status()).isEqualTo(RunStatus.FAILED);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void an_export_keeps_its_connection_when_the_store_fails_after_it_was_saved() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      SavedExport export = saved(catalog);
      var fails = new AtomicBoolean();
      CatalogStore frail =
          Intercepted.part(
              CatalogStore.class,
              office.store,
              (method, arguments) -> {
                if (method.getName().equals("put")) {
                  fails.set(true);
                } else if (arguments[0] == CatalogStore.Kind.CONNECTION && fails.getAndSet(false)) {
                  throw new IllegalStateException("hiccup");
                }
              });
      try (Catalog other = office.catalog().store(frail).build()) {
        other.edit(ADMINISTRATOR, export, export.definition().name("Renamed"));
      }

      SavedExport renamed = catalog.export(ADMINISTRATOR, export.id());
      assertThat(fails).isFalse();
      assertThat(renamed.name()).isEqualTo("Renamed");
      assertThat(renamed.isActive()).isTrue();
    }
  }
}
