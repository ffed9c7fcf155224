package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exports run by the clock: on time, once, and made up for when nobody was there. */
@Timeout(60)
class ScheduledRunTest {
  /** An hour after virtual time begins. */
  private static final Instant NINE = Instant.parse("2026-09-01T09:00:00Z");

  private final Office office = new Office();
  private final AtomicInteger refused = new AtomicInteger();

  @AfterEach
  void close() {
    office.close();
  }

  @Test
  void a_scheduled_export_runs_on_time_through_a_week_with_the_embedded_scheduler()
      throws Exception {
    VirtualTime time = office.time;
    try (Catalog catalog = office.catalog().history(100, Duration.ofDays(90)).build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connected(catalog))
                  .schedule(
                      Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0), LocalTime.of(18, 0))));
      Instant from = time.now();
      VirtualTime.Seat mine = time.join();
      VirtualTime.Seat its = time.join();
      CatalogScheduler scheduler = CatalogScheduler.start(catalog);
      time.await(new Semaphore(0), Duration.ofDays(7), false);
      its.close();
      scheduler.close();
      mine.close();

      List<RunRecord> history = catalog.history(VIEWER, export.id());
      assertThat(history)
          .hasSize(14)
          .allSatisfy(
              run -> {
                assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
                assertThat(run.trigger()).isEqualTo(Trigger.SCHEDULE);
                assertThat(run.startedAt()).isEqualTo(run.queuedAt());
              });
      // 08:00 UTC is 11:00 in Helsinki in September, so the evening comes first.
      assertThat(history.get(13).queuedAt()).isEqualTo(Instant.parse("2026-09-01T15:00:00Z"));
      assertThat(history.get(12).queuedAt()).isEqualTo(Instant.parse("2026-09-02T03:00:00Z"));
      assertThat(time.now()).isAfterOrEqualTo(from.plus(Duration.ofDays(7)));
    }
  }

  @Test
  void an_export_runs_seconds_after_its_time_when_the_store_was_away_just_then() throws Exception {
    RunRecord run = runThroughOutage(Duration.ofSeconds(5));

    assertThat(run.startedAt())
        .isAfter(NINE.plusSeconds(5))
        .isBeforeOrEqualTo(NINE.plusSeconds(10));
  }

  @Test
  void a_store_that_stays_away_is_asked_once_a_minute() throws Exception {
    RunRecord run = runThroughOutage(Duration.ofHours(2));

    assertThat(run.startedAt())
        .isAfter(NINE.plus(Duration.ofHours(2)))
        .isBeforeOrEqualTo(NINE.plus(Duration.ofHours(2)).plus(Duration.ofMinutes(1)));
    assertThat(refused).hasValueBetween(110, 130);
  }

  @Test
  void a_run_that_waits_for_another_process_goes_on_as_soon_as_that_has_let_go() throws Exception {
    AtomicBoolean isHeld = new AtomicBoolean(true);
    ExportJournal journal =
        Intercepted.part(
            ExportJournal.class,
            MemoryJournal.create(),
            method -> {
              if (method.getName().equals("open") && isHeld.getAndSet(false)) {
                throw new LogHeldException("another process", Duration.ofSeconds(2));
              }
            });
    VirtualTime time = office.time;
    try (Catalog catalog = office.catalog().journal(journal).executor(aSecondLater(time)).build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connected(catalog)).schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
      VirtualTime.Seat mine = time.join();
      VirtualTime.Seat its = time.join();
      CatalogScheduler scheduler = CatalogScheduler.start(catalog);
      time.await(
          new Semaphore(0), Duration.between(time.now(), NINE.plus(Duration.ofMinutes(3))), false);
      its.close();
      scheduler.close();
      mine.close();

      RunRecord run = catalog.history(VIEWER, export.id()).get(0);
      assertThat(run.status()).as("%s", run).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(run.endedAt()).isBefore(NINE.plusSeconds(10));
    }
  }

  /** An executor of other threads, which take their time, so that a scheduler sleeps by then. */
  private static Executor aSecondLater(VirtualTime time) {
    return task -> {
      VirtualTime.Seat seat = time.join();
      new Thread(
              () -> {
                try {
                  time.await(new Semaphore(0), Duration.ofSeconds(1), false);
                  task.run();
                } catch (InterruptedException impossible) {
                  throw new AssertionError(impossible);
                } finally {
                  seat.close();
                }
              })
          .start();
    };
  }

  /** Runs an export that is due at nine, while the store is away from just before nine on. */
  private RunRecord runThroughOutage(Duration outage) throws Exception {
    AtomicBoolean away = new AtomicBoolean();
    CatalogStore store =
        Intercepted.part(
            CatalogStore.class,
            MemoryCatalogStore.create(),
            method -> {
              if (away.get()) {
                refused.incrementAndGet();
                throw new CatalogException(Reason.STORE_FAILED, "The database is away.");
              }
            });
    try (Office office = new Office(store, account -> account);
        Catalog catalog = office.catalog().build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connected(catalog)).schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
      VirtualTime time = office.time;
      VirtualTime.Seat mine = time.join();
      VirtualTime.Seat its = time.join();
      CatalogScheduler scheduler = CatalogScheduler.start(catalog);
      Duration early = Duration.ofMillis(500);
      time.await(new Semaphore(0), Duration.between(time.now(), NINE).minus(early), false);
      away.set(true);
      time.await(new Semaphore(0), early.plus(outage), false);
      away.set(false);
      time.await(new Semaphore(0), Duration.ofMinutes(2), false);
      its.close();
      scheduler.close();
      mine.close();

      List<RunRecord> history = catalog.history(VIEWER, export.id());
      assertThat(history).hasSize(1);
      return history.get(0);
    }
  }

  @Test
  void a_moment_of_the_schedule_is_seen_to_once_whoever_looks() {
    try (Catalog one = office.catalog().build();
        Catalog other = office.catalog().build()) {
      SavedExport export =
          one.save(
              ADMINISTRATOR,
              exportOn(connected(one)).schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
      assertThat(one.runDue()).as("08:00, not yet").isEmpty();
      office.time.advance(Duration.ofHours(1));

      assertThat(one.runDue()).hasSize(1);
      assertThat(other.runDue()).isEmpty();
      assertThat(one.runDue()).isEmpty();

      assertThat(other.history(VIEWER, export.id())).hasSize(1);
      assertThat(office.sent()).isEqualTo(1);
    }
  }

  @Test
  void of_moments_that_nobody_was_there_for_the_latest_is_made_up_for() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connected(catalog)).schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
      office.time.advance(Duration.ofDays(3));

      catalog.runDue();

      assertThat(catalog.history(VIEWER, export.id()))
          .extracting(RunRecord::queuedAt)
          .containsExactly(Instant.parse("2026-09-03T09:00:00Z"));
      assertThat(catalog.nextDue()).contains(Instant.parse("2026-09-04T09:00:00Z"));
    }
  }

  @Test
  void a_schedule_of_before_without_summer_time_runs_on_and_gets_a_region_when_it_is_changed() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport saved =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connected(catalog))
                  .schedule(Schedule.daily("Europe/Helsinki", LocalTime.of(14, 0))));
      CatalogStore.Entry kept =
          office.store.find(CatalogStore.Kind.EXPORT, saved.id()).orElseThrow();
      office.store.put(
          new CatalogStore.Entry(
              kept.kind(),
              kept.id(),
              kept.version() + 1,
              kept.uniqueName(),
              kept.json().replace("Europe/Helsinki", "+03:00")));
      office.time.advance(Duration.ofHours(3));

      assertThat(catalog.runDue()).extracting(RunRecord::exportId).containsExactly(saved.id());
      SavedExport export = catalog.export(ADMINISTRATOR, saved.id());
      assertThatThrownBy(() -> catalog.edit(ADMINISTRATOR, export, export.definition().limit(7)))
          .isInstanceOfSatisfying(
              CatalogException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.INCOMPLETE))
          .hasMessageContaining("'+03:00'")
          .hasMessageContaining("Europe/Helsinki");

      catalog.edit(
          ADMINISTRATOR, export, export.definition().schedule(saved.definition().schedule()));
      assertThat(catalog.nextDue()).contains(Instant.parse("2026-09-02T11:00:00Z"));
    }
  }

  @Test
  void a_schedule_counts_from_when_it_was_set_or_the_connection_attached() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connected(catalog)).schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
      String connection = export.definition().connection();
      catalog.detach(ADMINISTRATOR, export.id());
      office.time.advance(Duration.ofDays(3));
      assertThat(catalog.runDue()).isEmpty();

      catalog.attach(ADMINISTRATOR, export.id(), connection);

      assertThat(catalog.runDue()).as("what was missed while detached stays missed").isEmpty();
      assertThat(catalog.nextDue()).contains(Instant.parse("2026-09-04T09:00:00Z"));
    }
  }

  @Test
  void a_listener_on_its_thread_may_close_the_scheduler() throws Exception {
    var started = new CompletableFuture<CatalogScheduler>();
    var closed = new CountDownLatch(1);
    CatalogListener closing =
        new CatalogListener() {
          @Override
          public void ended(RunRecord run) {
            started.join().close();
            closed.countDown();
          }
        };
    try (Catalog catalog = office.catalog().listener(closing).build()) {
      catalog.save(
          ADMINISTRATOR,
          exportOn(connected(catalog)).schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
      office.time.advance(Duration.ofDays(1));

      started.complete(CatalogScheduler.start(catalog));

      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void an_export_that_cannot_be_looked_at_delays_no_other() {
    Set<Object> unreadable = new HashSet<>();
    CatalogStore store =
        Intercepted.part(
            CatalogStore.class,
            office.store,
            (method, arguments) -> {
              if (method.getName().equals("find") && unreadable.contains(arguments[1])) {
                throw new IllegalStateException("the row is locked");
              }
            });
    try (Catalog catalog = office.catalog().store(store).build()) {
      Connection connection = connected(catalog);
      for (String name : List.of("One", "Two")) {
        SavedExport export =
            catalog.save(
                ADMINISTRATOR,
                exportOn(connection)
                    .name(name)
                    .schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
        unreadable.add(unreadable.isEmpty() ? export.id() : "");
      }
      office.time.advance(Duration.ofMinutes(59).plusSeconds(30));

      assertThat(catalog.nextDue()).contains(NINE);
      office.time.advance(Duration.ofSeconds(30));
      assertThat(catalog.runDue()).extracting(RunRecord::exportName).containsExactly("Two");
      assertThat(catalog.nextDue())
          .as("it is looked at again")
          .contains(office.time.now().plus(Duration.ofMinutes(1)));

      unreadable.clear();
      assertThat(catalog.runDue()).extracting(RunRecord::exportName).containsExactly("One");
    }
  }

  @Test
  void old_runs_are_forgotten_though_those_of_another_export_cannot_be_looked_at() {
    AtomicReference<String> locked = new AtomicReference<>();
    CatalogStore store =
        Intercepted.part(
            CatalogStore.class,
            office.store,
            (method, arguments) -> {
              if (method.getName().equals("list") && arguments[1].equals(locked.get())) {
                throw new IllegalStateException("the row is locked");
              }
            });
    try (Catalog catalog = office.catalog().store(store).history(50, Duration.ofDays(10)).build()) {
      Connection connection = connected(catalog);
      for (String name : List.of("One", "Two", "Three")) {
        SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connection).name(name));
        catalog.run(ADMINISTRATOR, export.id());
        locked.compareAndSet(null, export.id() + ".");
      }
      office.time.advance(Duration.ofDays(11));

      assertThat(catalog.runDue()).isEmpty();

      assertThat(office.store.ids(CatalogStore.Kind.RUN, "")).hasSize(1);
    }
  }
}
