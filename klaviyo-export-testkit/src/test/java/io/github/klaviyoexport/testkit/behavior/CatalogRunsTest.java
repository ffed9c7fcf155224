package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of runs: one at a time, tried again, taken over, stopped, and told about. */
@Timeout(60)
class CatalogRunsTest {
  private static final Duration HOLD = Duration.ofMinutes(2);

  private final Office office = new Office();
  private final Heard heard = new Heard();

  @AfterEach
  void close() {
    office.close();
  }

  /** A listener that keeps what it hears. */
  private static final class Heard implements CatalogListener {
    final List<String> events = new ArrayList<>();

    @Override
    public void started(RunRecord run) {
      events.add("started");
    }

    @Override
    public void ended(RunRecord run) {
      events.add("ended " + run.status());
    }

    @Override
    public void failedPermanently(RunRecord run) {
      events.add("failed permanently");
    }

    @Override
    public void manyRejected(RunRecord run, double share) {
      events.add("many rejected: " + share);
    }

    @Override
    public void slow(RunRecord run, Duration usual) {
      events.add("slow, usual is " + usual);
    }

    @Override
    public void damaged(String advice) {
      events.add(advice);
    }
  }

  /** A source whose first profile comes when it is let. */
  private final class Gate implements ProfileSource {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch open = new CountDownLatch(1);
    volatile boolean closed = true;

    @Override
    public ProfileReader open(Segment segment) throws IOException {
      ProfileReader reader = office.segments.open(segment);
      return new ProfileReader() {
        @Override
        public @Nullable CustomerProfile next() throws IOException {
          if (closed) {
            reached.countDown();
            try {
              open.await();
            } catch (InterruptedException interrupt) {
              Thread.currentThread().interrupt();
            }
          }
          return reader.next();
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    }
  }

  private long sent() {
    return office.klaviyo.requests(Operation.BULK_IMPORT_PROFILES).size();
  }

  @Test
  void an_export_runs_once_at_a_time_also_across_processes() throws Exception {
    Gate gate = new Gate();
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try (Catalog one = office.catalog().source(gate).executor(executor).build();
        Catalog other = office.catalog().build()) {
      SavedExport export = saved(one);
      RunRecord first = one.run(ADMINISTRATOR, export.id());
      gate.reached.await();

      RunRecord here = one.run(ADMINISTRATOR, export.id());
      RunRecord there = other.run(ADMINISTRATOR, export.id());

      assertThat(List.of(here, there))
          .allSatisfy(
              run -> {
                assertThat(run.status()).isEqualTo(RunStatus.SKIPPED);
                assertThat(run.message()).contains(first.id(), "has not ended");
              });
      gate.open.countDown();
      assertThat(one.await(first.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(sent()).isEqualTo(1);
      assertThat(one.await(other.run(ADMINISTRATOR, export.id()).id()).status())
          .isEqualTo(RunStatus.SUCCESSFUL);
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void a_failed_run_is_tried_again_later_and_only_so_often() {
    try (Catalog catalog =
        office.catalog().listener(heard).attempts(3, Duration.ofMinutes(5)).build()) {
      SavedExport export = saved(catalog);
      office.segments.failingAfter("vip-us", 1);

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.FAILED);
      assertThat(run.retryAt()).isEqualTo(run.endedAt().plus(Duration.ofMinutes(5)));
      assertThat(run.report().profiles().accepted()).as("what was read was delivered").isPositive();
      assertThat(catalog.nextDue()).contains(run.retryAt());
      assertThat(catalog.runDue()).as("not yet").isEmpty();

      office.time.advance(Duration.ofMinutes(5));
      assertThat(catalog.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      RunRecord second = catalog.run(run.id());
      assertThat(second.attempt()).isEqualTo(2);
      assertThat(second.retryAt()).isEqualTo(second.endedAt().plus(Duration.ofMinutes(10)));

      office.time.advance(Duration.ofMinutes(10));
      catalog.runDue();
      RunRecord third = catalog.run(run.id());
      assertThat(third.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(third.message()).contains("source failed");
      office.time.advance(Duration.ofDays(1));
      assertThat(catalog.runDue()).isEmpty();
      assertThat(heard.events)
          .containsExactly(
              "started",
              "ended FAILED",
              "started",
              "ended FAILED",
              "started",
              "ended FAILED_PERMANENTLY",
              "failed permanently");
    }
  }

  /** A source that fails after two profiles until it is mended. */
  private final class Fragile implements ProfileSource {
    boolean mended;

    @Override
    public ProfileReader open(Segment segment) throws IOException {
      ProfileReader reader = office.segments.open(segment);
      return new ProfileReader() {
        private int read;

        @Override
        public @Nullable CustomerProfile next() throws IOException {
          if (!mended && read++ == 1) {
            throw new IOException("the table is locked");
          }
          return reader.next();
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    }
  }

  @Test
  void with_a_journal_the_second_attempt_goes_on_where_the_first_stopped() {
    Fragile source = new Fragile();
    try (Catalog catalog = office.catalog().source(source).journal(new MemoryJournal()).build()) {
      SavedExport export = saved(catalog);
      RunRecord first = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      assertThat(first.status()).isEqualTo(RunStatus.FAILED);
      assertThat(first.message()).contains("the table is locked");
      assertThat(first.report().profiles().accepted()).isEqualTo(1);

      source.mended = true;
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();

      RunRecord second = catalog.run(first.id());
      assertThat(second.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(second.report().profiles().read()).as("of the whole export").isEqualTo(4);
      assertThat(second.report().run()).isEqualTo(first.report().run());
    }
  }

  @Test
  void an_export_that_was_edited_between_attempts_is_started_over() {
    Fragile source = new Fragile();
    try (Catalog catalog = office.catalog().source(source).journal(new MemoryJournal()).build()) {
      SavedExport export = saved(catalog);
      RunRecord first = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      catalog.edit(
          ADMINISTRATOR, export, export.definition().mapping(Office.MAPPING.property("name")));

      source.mended = true;
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();

      RunRecord second = catalog.run(first.id());
      assertThat(second.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(second.report().run()).isNotEqualTo(first.report().run());
    }
  }

  @Test
  void a_run_in_place_of_a_failed_one_ends_it() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = saved(catalog);
      office.vault.remove("klaviyo");
      RunRecord failed = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      assertThat(failed.status()).isEqualTo(RunStatus.FAILED);
      assertThat(failed.message()).contains("cannot be used");
      office.vault.put("klaviyo", office.klaviyo.apiKey().value());

      RunRecord next = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(next.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(catalog.run(failed.id()).status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(catalog.run(failed.id()).message()).contains(next.id(), "took its place");
      office.time.advance(Duration.ofDays(1));
      assertThat(catalog.runDue()).isEmpty();
    }
  }

  @Test
  void a_run_whose_process_died_is_taken_over_by_another_once() {
    Queue<Runnable> neverRun = new ArrayDeque<>();
    Catalog dead = office.catalog().executor(neverRun::add).build();
    SavedExport export = saved(dead);
    RunRecord run = dead.run(ADMINISTRATOR, export.id());
    assertThat(run.status()).isEqualTo(RunStatus.QUEUED);

    try (Catalog one = office.catalog().build();
        Catalog other = office.catalog().build()) {
      assertThat(one.runDue()).as("its process may be alive").isEmpty();
      assertThat(one.nextDue()).contains(office.time.now().plus(HOLD));
      office.time.advance(HOLD);

      assertThat(one.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      assertThat(other.runDue()).isEmpty();

      assertThat(one.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(sent()).isEqualTo(1);

      neverRun.remove().run();
      assertThat(sent()).as("the dead one comes back, and sends nothing").isEqualTo(1);
      assertThat(one.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @Test
  void a_process_that_was_silent_too_long_sends_nothing_any_more() throws Exception {
    Gate gate = new Gate();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (Catalog stuck = office.catalog().source(gate).executor(executor).build();
        Catalog other = office.catalog().build()) {
      SavedExport export = saved(stuck);
      RunRecord run = stuck.run(ADMINISTRATOR, export.id());
      gate.reached.await();
      office.time.advance(HOLD);
      other.runDue();
      assertThat(other.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(sent()).isEqualTo(1);

      gate.open.countDown();
      stuck.await(run.id());

      assertThat(sent()).isEqualTo(1);
      assertThat(other.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void a_run_that_is_alive_is_not_taken_over_however_long_it_takes() throws Exception {
    office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofHours(1)));
    try (Catalog one = office.catalog().build();
        Catalog other = office.catalog().build()) {
      List<RunRecord> taken = new ArrayList<>();
      for (int minute = 1; minute < 60; minute++) {
        office.time.schedule(Duration.ofMinutes(minute), () -> taken.addAll(other.runDue()));
      }

      RunRecord run = one.await(one.run(ADMINISTRATOR, saved(one).id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(run.took().orElseThrow()).isGreaterThan(Duration.ofHours(1));
      assertThat(taken).isEmpty();
    }
  }

  @Test
  void a_run_is_cancelled_from_another_process() {
    office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofHours(1)));
    try (Catalog one = office.catalog().build();
        Catalog other = office.catalog().build()) {
      SavedExport export = saved(one);
      office.time.schedule(
          Duration.ofMinutes(10),
          () -> other.cancel(ADMINISTRATOR, other.history(VIEWER, export.id()).get(0).id()));

      RunRecord run = one.await(one.run(ADMINISTRATOR, export.id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(run.message()).contains("cancelled by kim");
      assertThat(run.took().orElseThrow())
          .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(13));
      assertThatThrownBy(() -> other.cancel(ADMINISTRATOR, run.id()))
          .hasMessageContaining("has ended already");
    }
  }

  @Test
  void removing_the_connection_stops_its_runs_and_no_data_goes_out_afterwards() throws Exception {
    Gate gate = new Gate();
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try (Catalog one = office.catalog().source(gate).executor(executor).build()) {
      SavedExport export = saved(one);
      RunRecord run = one.run(ADMINISTRATOR, export.id());
      gate.reached.await();

      Future<?> removed =
          executor.submit(
              () -> {
                one.removeExport(ADMINISTRATOR, export.id());
                one.removeConnection(ADMINISTRATOR, export.definition().connection());
              });
      while (one.exports(VIEWER).size() > 0) {
        Thread.onSpinWait();
      }
      gate.open.countDown();
      removed.get();

      long sentByThen = sent();
      RunRecord ended = one.await(run.id());
      assertThat(ended.status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(ended.message()).contains("the export was removed");
      assertThat(sentByThen).isZero();
      assertThat(sent()).isZero();
      assertThat(one.connections(VIEWER)).isEmpty();
      assertThat(one.history(VIEWER, export.id())).as("history stays").hasSize(1);
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void a_run_through_a_connection_that_is_removed_elsewhere_is_stopped() throws Exception {
    office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofHours(1)));
    ExecutorService executor = Executors.newSingleThreadExecutor();
    List<Future<?>> removed = new ArrayList<>();
    List<VirtualTime.Seat> seats = new ArrayList<>();
    try (Catalog one = office.catalog().build();
        Catalog other = office.catalog().build()) {
      SavedExport export = saved(one);
      office.time.schedule(
          Duration.ofMinutes(10),
          () -> {
            // The export is gone from the store, and nobody has told its run.
            CatalogStore.Entry entry =
                office.store.find(CatalogStore.Kind.EXPORT, export.id()).orElseThrow();
            office.store.remove(CatalogStore.Kind.EXPORT, entry.id(), entry.version());
            seats.add(office.time.join());
            VirtualTime.Seat remover = office.time.join();
            removed.add(
                executor.submit(
                    () -> {
                      try (remover) {
                        other.removeConnection(ADMINISTRATOR, export.definition().connection());
                      }
                    }));
          });

      RunRecord run = one.await(one.run(ADMINISTRATOR, export.id()).id());

      seats.get(0).close();
      removed.get(0).get();
      assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(run.message()).contains("its connection was removed");
      assertThat(run.took().orElseThrow()).isLessThan(Duration.ofMinutes(12));
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void closing_stops_runs_and_the_next_process_takes_them_up() throws Exception {
    Gate gate = new Gate();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    Catalog closing = office.catalog().source(gate).executor(executor).build();
    SavedExport export = saved(closing);
    RunRecord run = closing.run(ADMINISTRATOR, export.id());
    gate.reached.await();
    gate.closed = false;
    gate.open.countDown();
    closing.close();
    executor.shutdown();

    assertThatThrownBy(() -> closing.run(ADMINISTRATOR, export.id()))
        .isInstanceOfSatisfying(
            CatalogException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.CLOSED));
    try (Catalog next = office.catalog().build()) {
      if (next.run(run.id()).status() == RunStatus.FAILED) {
        assertThat(next.run(run.id()).message()).contains("Its catalog was closed");
        assertThat(next.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      }
      assertThat(next.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @Test
  void rejections_make_a_run_partly_successful_and_many_raise_an_alert() {
    office.klaviyo.failProfiles("ada@shop.example");
    try (Catalog catalog = office.catalog().listener(heard).alertAboveRejected(0.2).build()) {
      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, saved(catalog).id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.PARTLY_SUCCESSFUL);
      assertThat(run.message()).contains("1 profiles were rejected");
      assertThat(run.report().rejections().first()).extracting("customerId").containsExactly("c-1");
      assertThat(heard.events)
          .containsExactly("started", "ended PARTLY_SUCCESSFUL", "many rejected: 0.25");
    }
  }

  @Test
  void a_run_that_takes_longer_than_usual_is_told_while_it_runs() {
    try (Catalog catalog = office.catalog().listener(heard).build()) {
      SavedExport export = saved(catalog);
      for (int i = 0; i < 3; i++) {
        office.klaviyo.script(
            Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofMinutes(10)));
        catalog.run(ADMINISTRATOR, export.id());
        office.time.advance(Duration.ofHours(1));
      }
      assertThat(heard.events).noneMatch(event -> event.startsWith("slow"));

      office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofMinutes(30)));
      catalog.run(ADMINISTRATOR, export.id());

      assertThat(heard.events.get(heard.events.size() - 2)).startsWith("slow, usual is PT10M");
      assertThat(heard.events).endsWith("ended SUCCESSFUL");
    }
  }

  @Test
  void history_keeps_the_last_runs_and_not_the_old_ones() {
    try (Catalog catalog = office.catalog().history(3, Duration.ofDays(10)).build()) {
      SavedExport export = saved(catalog);
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        ids.add(catalog.run(ADMINISTRATOR, export.id()).id());
        office.time.advance(Duration.ofHours(1));
      }
      assertThat(catalog.history(VIEWER, export.id()))
          .extracting(RunRecord::id)
          .containsExactly(ids.get(4), ids.get(3), ids.get(2));

      catalog.removeExport(ADMINISTRATOR, export.id());
      assertThat(catalog.history(VIEWER, export.id())).hasSize(3);
      office.time.advance(Duration.ofDays(11));
      catalog.runDue();
      assertThatThrownBy(() -> catalog.history(VIEWER, export.id()))
          .as("with its last run it is forgotten")
          .isInstanceOfSatisfying(
              CatalogException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN_ID));
    }
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
      assertThat(sent()).isEqualTo(1);
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
  void a_damaged_file_is_named_and_set_aside_and_the_others_load(@TempDir Path directory)
      throws Exception {
    try (Office mine = new Office(CatalogStore.inDirectory(directory), account -> account);
        Catalog catalog = mine.catalog().listener(heard).build()) {
      SavedExport good = saved(catalog);
      SavedExport bad = catalog.duplicate(ADMINISTRATOR, good.id(), "Bad");
      SavedExport odd = catalog.duplicate(ADMINISTRATOR, good.id(), "Odd");
      Path file = directory.resolve("exports").resolve(bad.id() + ".json");
      Path other = directory.resolve("exports").resolve(odd.id() + ".json");
      Files.writeString(file, Files.readString(file).substring(0, 100));
      Files.writeString(other, Files.readString(other).replace("\"EMAIL\"", "\"CITY\""));

      assertThat(catalog.exports(VIEWER)).containsExactly(good);

      assertThat(heard.events)
          .hasSize(2)
          .anySatisfy(
              advice ->
                  assertThat(advice)
                      .contains(bad.id(), "is damaged", file + ".damaged", "from a backup"))
          .anySatisfy(
              advice ->
                  assertThat(advice).contains(odd.id(), "does not begin with the email address"));
      assertThatThrownBy(() -> catalog.run(ADMINISTRATOR, bad.id()))
          .isInstanceOfSatisfying(
              CatalogException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN_ID));
      assertThat(catalog.refresh()).hasSize(1);
    }
  }

  @Test
  void everything_survives_a_restart(@TempDir Path directory) {
    try (Office mine = new Office(CatalogStore.inDirectory(directory), account -> account)) {
      mine.klaviyo.failProfiles("ada@shop.example");
      SavedExport export;
      List<RunRecord> history;
      try (Catalog before = mine.catalog().build()) {
        export =
            before.save(
                ADMINISTRATOR,
                exportOn(connected(before))
                    .mapping(Office.MAPPING.property("Nick name", "name"))
                    .schedule(
                        Schedule.weekly(
                                "Asia/Kolkata", EnumSet.of(DayOfWeek.MONDAY), LocalTime.of(1, 30))
                            .andEveryRefresh()));
        before.refresh();
        history = before.history(VIEWER, export.id());
      }
      try (Catalog after = mine.catalog().store(CatalogStore.inDirectory(directory)).build()) {
        assertThat(after.exports(VIEWER)).containsExactly(export);
        assertThat(after.history(VIEWER, export.id())).isEqualTo(history);
        assertThat(history.get(0).report().rejections().first()).hasSize(1);
      }
    }
  }

  /** A listener whose complaints name a key and a customer. */
  private static final class Talkative implements CatalogListener {
    @Override
    public void ended(RunRecord run) {
      throw new IllegalStateException("pk_canary of ada@shop.example");
    }
  }

  @Test
  void neither_keys_nor_personal_data_reach_the_store_the_history_or_the_log(
      @TempDir Path directory) throws Exception {
    List<String> logged = new CopyOnWriteArrayList<>();
    Handler logs = logsInto(logged);
    Logger ours = Logger.getLogger("io.github.klaviyoexport");
    Level before = ours.getLevel();
    ours.addHandler(logs);
    ours.setLevel(Level.ALL);
    try (Office mine = new Office(CatalogStore.inDirectory(directory), account -> account);
        Catalog catalog = mine.catalog().listener(new Talkative()).build()) {
      mine.klaviyo.failProfiles("ada@shop.example");
      SavedExport export = saved(catalog);
      catalog.refresh();
      mine.vault.put("klaviyo", "pk_canary_" + "x".repeat(20));
      catalog.refresh();
      mine.vault.put("klaviyo", "pk canary with spaces");
      catalog.refresh();
      assertThat(catalog.history(VIEWER, export.id()))
          .extracting(RunRecord::status)
          .containsExactlyInAnyOrder(
              RunStatus.PARTLY_SUCCESSFUL, RunStatus.FAILED_PERMANENTLY, RunStatus.FAILED);

      List<String> seen = new ArrayList<>(logged);
      seen.add(catalog.history(VIEWER, export.id()).toString());
      try (var files = Files.walk(directory).filter(Files::isRegularFile)) {
        for (Path file : files.toList()) {
          seen.add(Files.readString(file));
        }
      }
      assertThat(logged).anyMatch(line -> line.contains("threw java.lang.IllegalStateException"));
      assertThat(seen)
          .allSatisfy(
              text ->
                  assertThat(text)
                      .doesNotContain(
                          mine.klaviyo.apiKey().value(),
                          "canary",
                          "\"ada\"",
                          "@shop.example",
                          "\"bo\""));
    } finally {
      ours.removeHandler(logs);
      ours.setLevel(before);
    }
  }

  private static Handler logsInto(List<String> lines) {
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            lines.add(new SimpleFormatter().format(entry));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handler.setLevel(Level.ALL);
    return handler;
  }

  @Test
  void a_listener_that_throws_disturbs_nothing() {
    CatalogListener broken =
        new CatalogListener() {
          @Override
          public void started(RunRecord run) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void ended(RunRecord run) {
            throw new IllegalStateException("broken");
          }
        };
    try (Catalog catalog = office.catalog().listener(broken).build()) {
      assertThat(catalog.await(catalog.run(ADMINISTRATOR, saved(catalog).id()).id()).status())
          .isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @Test
  void oauth_tokens_are_read_anew_before_each_call_and_once_more_when_refused() {
    List<String> good = new CopyOnWriteArrayList<>(List.of("token-1"));
    KlaviyoTransport bearer =
        request -> {
          String token = request.headers().get("Authorization").replace("Bearer ", "");
          if (!good.contains(token)) {
            return CompletableFuture.completedFuture(
                KlaviyoResponse.of(401, Map.of(), new byte[0]));
          }
          Map<String, String> headers = new HashMap<>(request.headers());
          headers.put("Authorization", "Klaviyo-API-Key " + office.klaviyo.apiKey().value());
          return office
              .klaviyo
              .transport()
              .send(KlaviyoRequest.of(request.method(), request.uri(), headers, request.body()));
        };
    office.vault.put("token", "token-1");
    try (Catalog catalog =
        office.catalog().klaviyo(connection -> connection.transport(bearer)).build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(
                  connected(catalog, ConnectionDefinition.oauthToken("OAuth", "vault:token"))));
      good.set(0, "token-2");
      office.vault.put("token", "token-2");

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);

      good.set(0, "token-3");
      RunRecord refused = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      assertThat(refused.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(refused.message()).contains("(401)");
    }
  }
}
