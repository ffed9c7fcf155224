package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An export runs once at a time, and when its process dies another takes it over. */
@Timeout(60)
class RunTakeOverTest {
  private static final Duration LEASE = Duration.ofMinutes(2);

  private final Office office = new Office();

  @AfterEach
  void close() {
    office.close();
  }

  @Test
  void an_export_runs_once_at_a_time_also_across_processes() throws Exception {
    GatedSource gate = new GatedSource(office.segments);
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
      assertThat(office.sent()).isEqualTo(1);
      assertThat(one.await(other.run(ADMINISTRATOR, export.id()).id()).status())
          .isEqualTo(RunStatus.SUCCESSFUL);
    } finally {
      executor.shutdown();
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
      assertThat(one.nextDue()).contains(office.time.now().plus(LEASE));
      office.time.advance(LEASE);

      assertThat(one.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      assertThat(other.runDue()).isEmpty();

      assertThat(one.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.sent()).isEqualTo(1);

      neverRun.remove().run();
      assertThat(office.sent()).as("the dead one comes back, and sends nothing").isEqualTo(1);
      assertThat(one.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @Test
  void a_process_that_stalls_before_it_writes_the_record_leaves_it_to_the_one_that_took_over() {
    AtomicReference<Catalog> other = new AtomicReference<>();
    AtomicBoolean stalls = new AtomicBoolean(true);
    CatalogStore slow =
        Intercepted.part(
            CatalogStore.class,
            office.store,
            (method, arguments) -> {
              if (method.getName().equals("put")
                  && ((CatalogStore.Entry) arguments[0]).kind() == CatalogStore.Kind.RUN
                  && stalls.getAndSet(false)) {
                office.time.advance(LEASE);
                assertThat(other.get().runDue()).hasSize(1);
              }
            });
    try (Catalog stalled = office.catalog().store(slow).build();
        Catalog quick = office.catalog().build()) {
      other.set(quick);
      SavedExport export = saved(stalled);

      RunRecord run = stalled.run(ADMINISTRATOR, export.id());

      assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(quick.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.sent()).isEqualTo(1);
    }
  }

  @Test
  void a_process_that_was_silent_too_long_sends_nothing_any_more() throws Exception {
    GatedSource gate = new GatedSource(office.segments);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (Catalog stuck = office.catalog().source(gate).executor(executor).build();
        Catalog other = office.catalog().build()) {
      SavedExport export = saved(stuck);
      RunRecord run = stuck.run(ADMINISTRATOR, export.id());
      gate.reached.await();
      office.time.advance(LEASE);
      other.runDue();
      assertThat(other.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.sent()).isEqualTo(1);

      gate.open.countDown();
      stuck.await(run.id());

      assertThat(office.sent()).isEqualTo(1);
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
  void closing_within_a_time_returns_in_it_and_the_run_is_taken_over_later() throws Exception {
    GatedSource gate = new GatedSource(office.segments);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    Catalog closing = office.catalog().source(gate).executor(executor).build();
    SavedExport export = saved(closing);
    RunRecord run = closing.run(ADMINISTRATOR, export.id());
    gate.reached.await();

    closing.close(Duration.ofMillis(50)); // The source gives nothing, and the run cannot end.

    try (Catalog next = office.catalog().build()) {
      assertThat(next.runDue()).isEmpty();
      office.time.advance(LEASE);
      assertThat(next.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      assertThat(next.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    } finally {
      gate.closed = false;
      gate.open.countDown();
      executor.shutdown();
    }
  }

  @Test
  void closing_stops_runs_and_the_next_process_takes_them_up() throws Exception {
    GatedSource gate = new GatedSource(office.segments);
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
}
