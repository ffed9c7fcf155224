package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  @AfterEach
  void close() {
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
      assertThat(failure.reason()).isEqualTo(CatalogException.Reason.STORE_FAILED);
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString()).contains("mend the store").doesNotContain(QUOTED);
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
