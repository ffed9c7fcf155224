package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.customer;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A refresh that comes while an export runs is served by one more run, and is not lost. */
@Timeout(60)
class RefreshTest {
  private final Office office = new Office();
  private final GatedSource gate = new GatedSource(office.segments);
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final Catalog catalog = office.catalog().source(gate).executor(executor).build();

  @AfterEach
  void close() {
    gate.closed = false;
    gate.open.countDown();
    catalog.close();
    executor.shutdown();
    office.close();
  }

  /** A run that has begun to read, and goes on when the gate is opened. */
  private RunRecord running(SavedExport export) throws InterruptedException {
    RunRecord run = catalog.run(ADMINISTRATOR, export.id());
    gate.reached.await();
    return run;
  }

  private void letGo() {
    gate.closed = false;
    gate.open.countDown();
  }

  @Test
  void it_is_queued_once_and_runs_after_the_running_one() throws InterruptedException {
    SavedExport export = saved(catalog);
    RunRecord first = running(export);

    RunRecord waiting = catalog.refresh().get(0);
    List<RunRecord> again = catalog.refresh();

    assertThat(waiting.status()).isEqualTo(RunStatus.QUEUED);
    assertThat(waiting.trigger()).isEqualTo(Trigger.REFRESH);
    assertThat(waiting.message()).contains("begins when run " + first.id() + " has ended");
    assertThat(again).extracting(RunRecord::id).containsExactly(waiting.id());
    assertThat(catalog.history(VIEWER, export.id())).hasSize(2);
    office.segments.segment("vip-eu", List.of(customer("c-9", "new")));

    letGo();

    assertThat(catalog.await(first.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    RunRecord second = catalog.await(waiting.id());
    assertThat(second.status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(second.message()).isNull();
    assertThat(second.startedAt()).isAfterOrEqualTo(catalog.run(first.id()).endedAt());
    assertThat(office.klaviyo.list("Y6nRLr").emails()).contains("new@shop.example");
    assertThat(catalog.history(VIEWER, export.id()))
        .extracting(RunRecord::status)
        .containsOnly(RunStatus.SUCCESSFUL);
    assertThat(catalog.nextDue()).isEmpty();
  }

  @Test
  void another_process_queues_it_as_well_and_not_twice() throws InterruptedException {
    SavedExport export = saved(catalog);
    RunRecord first = running(export);
    try (Catalog other = office.catalog().build()) {
      RunRecord waiting = other.refresh().get(0);

      assertThat(catalog.refresh()).extracting(RunRecord::id).containsExactly(waiting.id());
      assertThat(other.runDue()).as("its turn has not come").isEmpty();
      letGo();

      assertThat(other.await(first.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(other.await(waiting.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(other.history(VIEWER, export.id())).hasSize(2);
      assertThat(office.sent()).isEqualTo(2);
    }
  }

  @Test
  void a_run_that_has_not_begun_to_read_serves_it() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    try (Catalog busy = office.catalog().executor(waiting::add).build()) {
      SavedExport export = saved(busy);
      RunRecord first = busy.refresh().get(0);

      assertThat(busy.refresh()).extracting(RunRecord::id).containsExactly(first.id());

      waiting.remove().run();
      assertThat(waiting).isEmpty();
      assertThat(busy.history(VIEWER, export.id())).hasSize(1);
    }
  }

  @Test
  void it_is_taken_up_by_another_process_when_the_one_that_ran_has_died() {
    Queue<Runnable> neverRun = new ArrayDeque<>();
    Catalog dead = office.catalog().executor(neverRun::add).build();
    SavedExport export = saved(dead);
    RunRecord first = dead.run(ADMINISTRATOR, export.id());
    // It has begun: the state says so, as after the beginning of an attempt.
    rewriteState(export, "\"attempt\":0", "\"attempt\":1");
    RunRecord waiting = dead.refresh().get(0);
    assertThat(waiting.id()).isNotEqualTo(first.id());

    try (Catalog other = office.catalog().build()) {
      office.time.advance(Duration.ofMinutes(2));
      assertThat(other.runDue()).extracting(RunRecord::id).containsExactly(first.id());

      assertThat(other.run(first.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(other.run(waiting.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @Test
  void closing_leaves_it_for_the_next_process() throws InterruptedException {
    SavedExport export = saved(catalog);
    running(export);
    RunRecord waiting = catalog.refresh().get(0);
    letGo();
    catalog.close();

    try (Catalog next = office.catalog().build()) {
      office.time.advance(Duration.ofMinutes(10));
      next.runDue();
      next.runDue();

      assertThat(next.run(waiting.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(next.nextDue()).isEmpty();
    }
  }

  @Test
  void it_is_cancelled_by_its_id_and_the_running_one_goes_on() throws InterruptedException {
    SavedExport export = saved(catalog);
    RunRecord first = running(export);
    RunRecord waiting = catalog.refresh().get(0);

    catalog.cancel(ADMINISTRATOR, waiting.id());

    assertThat(catalog.run(waiting.id()).status()).isEqualTo(RunStatus.CANCELLED);
    letGo();
    assertThat(catalog.await(first.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(office.sent()).isEqualTo(1);
  }

  @Test
  void a_cancelled_run_leaves_it_its_turn() throws InterruptedException {
    SavedExport export = saved(catalog);
    RunRecord first = running(export);
    RunRecord waiting = catalog.refresh().get(0);

    catalog.cancel(ADMINISTRATOR, first.id());
    letGo();

    assertThat(catalog.await(first.id()).status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(catalog.await(waiting.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
  }

  @Test
  void detaching_the_export_cancels_both() throws Exception {
    SavedExport export = saved(catalog);
    RunRecord first = running(export);
    RunRecord waiting = catalog.refresh().get(0);
    Future<?> detached = executor.submit(() -> catalog.detach(ADMINISTRATOR, export.id()));
    Until.holds(() -> catalog.run(waiting.id()).status() != RunStatus.QUEUED);
    letGo();
    detached.get();

    assertThat(catalog.await(first.id()).status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(catalog.await(waiting.id()).status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(catalog.run(waiting.id()).message()).contains("its connection was detached");
  }

  private void rewriteState(SavedExport export, String from, String to) {
    var entry = office.store.find(CatalogStore.Kind.STATE, export.id()).orElseThrow();
    assertThat(entry.json()).contains(from);
    office.store.put(
        new CatalogStore.Entry(
            entry.kind(),
            entry.id(),
            entry.version() + 1,
            entry.uniqueName(),
            entry.json().replace(from, to)));
  }
}
