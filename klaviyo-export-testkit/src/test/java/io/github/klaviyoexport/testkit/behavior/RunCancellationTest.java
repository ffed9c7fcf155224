package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run is stopped wherever it runs, and sends nothing afterwards. */
@Timeout(60)
class RunCancellationTest {
  private final Office office = new Office();

  @AfterEach
  void close() {
    office.close();
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
    GatedSource gate = new GatedSource(office.segments);
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try (Catalog one = office.catalog().source(gate).executor(executor).build()) {
      SavedExport export = saved(one);
      RunRecord run = one.run(ADMINISTRATOR, export.id());
      gate.reached.await();

      AtomicReference<Thread> remover = new AtomicReference<>();
      Future<?> removed =
          executor.submit(
              () -> {
                remover.set(Thread.currentThread());
                one.removeExport(ADMINISTRATOR, export.id());
                one.removeConnection(ADMINISTRATOR, export.definition().connection());
              });
      // It waits once the run has been told to stop, and not before.
      Until.holds(() -> one.exports(VIEWER).isEmpty() && waits(remover.get()));
      gate.open.countDown();
      removed.get();

      long sentByThen = office.sent();
      RunRecord ended = one.await(run.id());
      assertThat(ended.status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(ended.message()).contains("the export was removed");
      assertThat(sentByThen).isZero();
      assertThat(office.sent()).isZero();
      assertThat(one.connections(VIEWER)).isEmpty();
      assertThat(one.history(VIEWER, export.id())).as("history stays").hasSize(1);
    } finally {
      executor.shutdown();
    }
  }

  private static boolean waits(Thread thread) {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
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
  void the_end_of_a_run_that_was_cancelled_is_written_to_files_though_its_thread_is_interrupted(
      @TempDir Path directory) throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Office mine = new Office(FileCatalogStore.in(directory), account -> account)) {
      GatedSource gate = new GatedSource(mine.segments);
      Catalog catalog = mine.catalog().source(gate).executor(threads).build();
      RunRecord run = catalog.run(ADMINISTRATOR, saved(catalog).id());
      gate.reached.await();
      catalog.cancel(ADMINISTRATOR, run.id());

      threads.shutdownNow();

      assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
    }
  }
}
