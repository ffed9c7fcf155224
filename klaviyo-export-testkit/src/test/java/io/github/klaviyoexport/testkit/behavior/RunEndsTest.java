package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.customer;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every run has one end, which its record and the listeners tell: whoever dies, whatever takes its
 * place, and when the store fails for a moment.
 */
@Timeout(60)
class RunEndsTest {
  private final Office office = new Office();
  private final HeardEvents heard = new HeardEvents();

  @AfterEach
  void close() {
    office.close();
  }

  /** A store that fails when it is asked for something in particular. */
  private record Failing(CatalogStore store, BiPredicate<String, String> when)
      implements CatalogStore {
    private void check(String call, Kind kind, String about) {
      if (when.test(call + " " + kind, about)) {
        throw new IllegalStateException("The row is locked.");
      }
    }

    @Override
    public List<Entry> list(Kind kind, String prefix) {
      check("list", kind, prefix);
      return store.list(kind, prefix);
    }

    @Override
    public Optional<Entry> find(Kind kind, String id) {
      check("find", kind, id);
      return store.find(kind, id);
    }

    @Override
    public Outcome put(Entry entry) {
      check("put", entry.kind(), entry.json());
      return store.put(entry);
    }

    @Override
    public boolean remove(Kind kind, String id, long version) {
      return store.remove(kind, id, version);
    }

    @Override
    public String setAside(Kind kind, String id) {
      return store.setAside(kind, id);
    }
  }

  private Catalog.Builder onStore(BiPredicate<String, String> fails) {
    return office.catalog().store(new Failing(office.store, fails)).listener(heard);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void another_attempt_does_not_go_on_with_a_run_that_was_given_up_days_ago(boolean keyIsAway) {
    AtomicBoolean cut = new AtomicBoolean(true);
    AtomicBoolean down = new AtomicBoolean();
    ProfileSource source =
        segment -> {
          ProfileReader reader = office.segments.open(segment);
          AtomicInteger read = new AtomicInteger();
          return () -> {
            if (cut.get() && read.getAndIncrement() == 1) {
              throw new IOException("the table is locked");
            }
            return reader.next();
          };
        };
    KlaviyoTransport transport =
        request ->
            down.get()
                ? CompletableFuture.failedFuture(
                    new TransportException(Fate.UNPROCESSED, "the line is down", null))
                : office.klaviyo.transport().send(request);
    try (Catalog catalog =
        office
            .catalog()
            .source(source)
            .journal(MemoryJournal.create())
            .klaviyo(connection -> connection.transport(transport))
            .attempts(2, Duration.ofMinutes(5))
            .build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connected(catalog)).segments("vip-eu").schedule(Schedule.off()));
      RunRecord monday = catalog.run(ADMINISTRATOR, export.id());
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();
      assertThat(catalog.run(monday.id()).status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);

      cut.set(false);
      office.time.advance(Duration.ofDays(4));
      office.segments.segment("vip-eu", List.of(customer("c-1", "ada"), customer("c-9", "new")));
      down.set(!keyIsAway);
      String key = keyIsAway ? office.vault.remove("klaviyo") : office.vault.get("klaviyo");
      RunRecord friday = catalog.run(ADMINISTRATOR, export.id());
      assertThat(catalog.run(friday.id()).status()).isEqualTo(RunStatus.FAILED);
      down.set(false);
      office.vault.put("klaviyo", key);
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();

      RunRecord ended = catalog.run(friday.id());
      assertThat(ended.status()).as("%s", ended).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(ended.report().run()).isNotEqualTo(catalog.run(monday.id()).report().run());
      assertThat(office.klaviyo.list("Y6nRLr").emails()).contains("new@shop.example");
    }
  }

  @Test
  void a_run_whose_process_has_died_is_over_when_its_export_is_removed() throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    GatedSource gate = new GatedSource(office.segments);
    ExecutorService executor = Executors.newCachedThreadPool();
    try (Catalog other = office.catalog().listener(heard).build()) {
      Catalog dying =
          office
              .catalog()
              .store(new Failing(office.store, (call, about) -> dead.get()))
              .source(gate)
              .executor(executor)
              .build();
      SavedExport export = saved(dying);
      RunRecord run = dying.run(ADMINISTRATOR, export.id());
      gate.reached.await();
      dead.set(true);
      office.time.advance(Duration.ofMinutes(3));

      other.removeExport(ADMINISTRATOR, export.id());

      RunRecord ended = other.await(run.id());
      assertThat(ended.status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(heard.events).containsExactly("ended CANCELLED");
    } finally {
      gate.closed = false;
      gate.open.countDown();
      executor.shutdown();
    }
  }

  @Test
  void a_record_that_was_left_behind_is_ended_by_whoever_waits_for_it_or_cleans_up() {
    AtomicBoolean fails = new AtomicBoolean();
    List<RunRecord> left = new ArrayList<>();
    try (Catalog other = onStore((call, json) -> fails.get() && call.equals("put RUN")).build()) {
      SavedExport export = saved(other);
      for (int i = 0; i < 2; i++) {
        Catalog dead = office.catalog().executor(new ArrayDeque<Runnable>()::add).build();
        left.add(dead.run(ADMINISTRATOR, export.id()));
        office.time.advance(Duration.ofMinutes(3));
        fails.set(true);
        assertThatThrownBy(() -> other.run(ADMINISTRATOR, export.id()))
            .isInstanceOf(CatalogException.class);
        fails.set(false);
        office.time.advance(Duration.ofMinutes(3));
      }
      assertThat(left)
          .extracting(run -> other.run(run.id()).status())
          .containsOnly(RunStatus.QUEUED);

      assertThat(other.await(left.get(0).id()).status()).isEqualTo(RunStatus.SKIPPED);
      other.runDue();

      assertThat(left)
          .extracting(run -> other.run(run.id()).status())
          .containsOnly(RunStatus.SKIPPED);
    }
  }

  @Test
  void a_failed_run_whose_place_another_takes_has_failed_for_good_and_says_why() {
    try (Catalog catalog = office.catalog().listener(heard).build()) {
      SavedExport export = saved(catalog);
      office.vault.remove("klaviyo");

      RunRecord first = catalog.refresh().get(0);
      office.time.advance(Duration.ofMinutes(4));
      RunRecord second = catalog.refresh().get(0);

      RunRecord ended = catalog.run(first.id());
      assertThat(ended.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(ended.message())
          .contains("credentials", "It was not tried again", "run " + second.id());
      assertThat(catalog.history(ADMINISTRATOR, export.id()).get(1).details()).contains("vault");
      assertThat(heard.events)
          .containsExactly(
              "started",
              "ended FAILED",
              "ended FAILED_PERMANENTLY",
              "failed permanently",
              "started",
              "ended FAILED");
    }
  }

  @Test
  void a_run_that_never_began_is_skipped_when_another_takes_its_place() {
    Queue<Runnable> neverRun = new ArrayDeque<>();
    try (Catalog busy = office.catalog().executor(neverRun::add).build();
        Catalog other = office.catalog().listener(heard).build()) {
      SavedExport export = saved(busy);
      RunRecord waiting = busy.run(ADMINISTRATOR, export.id());
      office.time.advance(Duration.ofMinutes(3));

      RunRecord taking = other.run(ADMINISTRATOR, export.id());

      assertThat(other.run(waiting.id()).status()).isEqualTo(RunStatus.SKIPPED);
      assertThat(other.run(waiting.id()).message()).contains("did not begin", taking.id());
      assertThat(heard.events).contains("ended SKIPPED").doesNotContain("failed permanently");
    }
  }

  @Test
  void a_refresh_is_not_lost_behind_a_queued_run_that_was_cancelled() {
    Queue<Runnable> queue = new ArrayDeque<>();
    try (Catalog one = office.catalog().executor(queue::add).build();
        Catalog other = office.catalog().build()) {
      SavedExport export = saved(one);
      RunRecord cancelled = one.run(ADMINISTRATOR, export.id());
      other.cancel(ADMINISTRATOR, cancelled.id());

      RunRecord serving = other.refresh().get(0);
      queue.remove().run();
      queue.remove().run();

      assertThat(serving.id()).isNotEqualTo(cancelled.id());
      assertThat(one.run(cancelled.id()).status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(one.run(serving.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.sent()).isEqualTo(1);
    }
  }

  @Test
  void a_store_that_fails_for_a_moment_after_the_export_does_not_turn_its_success() {
    AtomicBoolean armed = new AtomicBoolean();
    try (Catalog catalog =
        onStore(
                (call, about) ->
                    call.equals("list EXPORT") && office.sent() > 0 && armed.getAndSet(false))
            .attempts(1, Duration.ofMinutes(5))
            .build()) {
      SavedExport export = saved(catalog);
      armed.set(true);

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(armed).isFalse();
      assertThat(run.status()).as("%s", run).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(run.report().profiles().accepted()).isEqualTo(3);
    }
  }

  @Test
  void the_end_of_a_run_is_written_once_more_when_the_store_fails_for_a_moment() {
    AtomicInteger failures = new AtomicInteger(1);
    try (Catalog catalog =
        onStore(
                (call, json) ->
                    call.equals("put RUN")
                        && json.contains("SUCCESSFUL")
                        && failures.getAndDecrement() > 0)
            .attempts(1, Duration.ofMinutes(5))
            .build()) {
      SavedExport export = saved(catalog);

      RunRecord run = catalog.run(ADMINISTRATOR, export.id());

      assertThat(failures.get()).isNegative();
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(heard.events).containsExactly("started", "ended SUCCESSFUL");
      office.time.advance(Duration.ofMinutes(10));
      assertThat(catalog.runDue()).isEmpty();
      assertThat(office.sent()).isEqualTo(1);
      assertThat(catalog.history(VIEWER, export.id())).hasSize(1);
    }
  }

  @Test
  void listeners_do_not_hear_of_an_end_that_could_not_be_written() {
    AtomicBoolean fails = new AtomicBoolean(true);
    try (Catalog catalog =
        onStore((call, json) -> fails.get() && call.equals("put RUN") && json.contains("SUCC"))
            .build()) {
      SavedExport export = saved(catalog);

      RunRecord run = catalog.run(ADMINISTRATOR, export.id());

      assertThat(heard.events).containsExactly("started");
      fails.set(false);
      office.time.advance(Duration.ofMinutes(3));
      catalog.runDue();
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(heard.events).containsExactly("started", "started", "ended SUCCESSFUL");
    }
  }

  @Test
  void a_refresh_queues_all_it_can_and_names_those_it_cannot() {
    List<String> locked = new ArrayList<>();
    try (Catalog catalog =
        onStore((call, id) -> call.equals("find STATE") && locked.contains(id)).build()) {
      Connection connection = connected(catalog);
      List<SavedExport> exports = new ArrayList<>();
      for (String name : List.of("One", "Two", "Three")) {
        exports.add(catalog.save(ADMINISTRATOR, exportOn(connection).name(name)));
      }
      locked.add(exports.get(0).id());

      CatalogException failed = catchThrowableOfType(CatalogException.class, catalog::refresh);

      assertThat(failed.reason()).isEqualTo(Reason.STORE_FAILED);
      assertThat(failed)
          .hasMessageContaining("1 of 3 exports could not be queued (" + exports.get(0).id() + ")");
      locked.clear();
      assertThat(exports)
          .extracting(export -> catalog.history(VIEWER, export.id()).size())
          .containsExactly(0, 1, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_failed_run_is_not_tried_again_once_its_export_has_lost_its_connection(boolean byEdit) {
    try (Catalog catalog = office.catalog().listener(heard).build()) {
      SavedExport export = saved(catalog);
      String connection = export.definition().connection();
      String key = office.vault.remove("klaviyo");
      RunRecord run = catalog.run(ADMINISTRATOR, export.id());
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.FAILED);

      if (byEdit) {
        catalog.edit(ADMINISTRATOR, export, export.definition().detached());
      } else {
        catalog.detach(ADMINISTRATOR, export.id());
      }

      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(catalog.run(run.id()).message()).contains("its connection was detached");
      assertThat(heard.events).containsExactly("started", "ended FAILED", "ended CANCELLED");
      office.vault.put("klaviyo", key);
      office.time.advance(Duration.ofDays(14));
      catalog.attach(ADMINISTRATOR, export.id(), connection);
      catalog.runDue();
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
    }
  }

  @Test
  void a_run_that_could_not_be_stopped_when_its_export_was_detached_ends_when_it_is_due() {
    AtomicBoolean fails = new AtomicBoolean();
    try (Catalog catalog =
        onStore((call, json) -> fails.get() && call.equals("put STATE")).build()) {
      SavedExport export = saved(catalog);
      office.vault.remove("klaviyo");
      RunRecord run = catalog.run(ADMINISTRATOR, export.id());
      fails.set(true);
      assertThatThrownBy(() -> catalog.detach(ADMINISTRATOR, export.id()))
          .isInstanceOf(CatalogException.class);
      fails.set(false);
      assertThat(catalog.export(ADMINISTRATOR, export.id()).definition().connection()).isNull();
      assertThat(catalog.nextDue()).contains(catalog.run(run.id()).retryAt());

      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();

      assertThat(catalog.run(run.id()).status().isEnded()).isTrue();
      assertThat(catalog.run(run.id()).message()).contains("has no connection");
      assertThat(catalog.nextDue()).isEmpty();
    }
  }

  @Test
  void the_end_of_a_run_is_written_down_though_its_thread_was_interrupted_when_it_was_cancelled() {
    List<Catalog> catalogs = new ArrayList<>();
    KlaviyoTransport transport =
        request -> {
          if (request.bodyBytes() > 0) {
            Catalog catalog = catalogs.get(0);
            String export = catalog.exports(ADMINISTRATOR).get(0).id();
            catalog.cancel(ADMINISTRATOR, catalog.history(VIEWER, export).get(0).id());
            Thread.currentThread().interrupt();
          }
          return office.klaviyo.transport().send(request);
        };
    try (Catalog catalog =
        onStore((call, about) -> Thread.currentThread().isInterrupted())
            .klaviyo(connection -> connection.transport(transport))
            .build()) {
      catalogs.add(catalog);
      SavedExport export = saved(catalog);

      RunRecord run = catalog.run(ADMINISTRATOR, export.id());

      assertThat(Thread.interrupted()).as("the interrupt is not lost").isTrue();
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(catalog.nextDue()).isEmpty();
      assertThat(heard.events).containsExactly("started", "ended CANCELLED");
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void the_end_of_a_run_is_written_down_though_its_thread_is_interrupted_meanwhile() {
    AtomicBoolean armed = new AtomicBoolean(true);
    try (Catalog catalog =
        onStore(
                (call, json) -> {
                  if (call.equals("put RUN") && json.contains("SUCC") && armed.getAndSet(false)) {
                    Thread.currentThread().interrupt();
                  }
                  return Thread.currentThread().isInterrupted();
                })
            .build()) {
      SavedExport export = saved(catalog);

      RunRecord run = catalog.run(ADMINISTRATOR, export.id());

      assertThat(Thread.interrupted()).as("the interrupt is not lost").isTrue();
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(catalog.nextDue()).isEmpty();
    } finally {
      Thread.interrupted();
    }
  }
}
