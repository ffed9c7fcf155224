package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.RejectionFile;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run is watched while it goes on: on pages, from any process, and by listeners of its own. */
@Timeout(60)
class RunWatchingTest {
  private final Office office = new Office();

  @AfterEach
  void close() {
    office.close();
  }

  @Test
  void a_running_run_shows_how_far_it_has_got_in_every_process() {
    office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofHours(1)));
    try (Catalog one = office.catalog().build();
        Catalog other = office.catalog().build()) {
      SavedExport export = saved(one);
      List<RunRecord> here = new ArrayList<>();
      List<RunRecord> there = new ArrayList<>();
      office.time.schedule(
          Duration.ofMinutes(10),
          () -> {
            here.addAll(one.history(VIEWER, export.id()));
            there.addAll(other.history(VIEWER, export.id()));
            there.add(other.run(here.get(0).id()));
          });

      RunRecord run = one.await(one.run(ADMINISTRATOR, export.id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(run.progress()).as("it has ended").isEmpty();
      assertThat(here).hasSize(1);
      assertThat(there).hasSize(2);
      for (List<RunRecord> shown : List.of(here, there)) {
        assertThat(shown)
            .allSatisfy(
                record -> {
                  assertThat(record.status()).isEqualTo(RunStatus.RUNNING);
                  ExportProgress progress = record.progress().orElseThrow();
                  assertThat(progress.read()).isEqualTo(4);
                  assertThat(progress.sent()).isEqualTo(3);
                  assertThat(progress.duplicates()).isEqualTo(1);
                  assertThat(progress.accepted()).isZero();
                  assertThat(progress.elapsed())
                      .as("not older than a few seconds")
                      .isBetween(Duration.ofMinutes(10).minusSeconds(21), Duration.ofMinutes(10));
                  assertThat(record.toString()).contains("4 read, 0 accepted, 0 rejected so far");
                });
      }
    }
  }

  /** A listener that tells what it heard, and that it was closed. */
  private record Told(String run, List<String> events) implements ExportListener, Closeable {
    @Override
    public void finished(ExportReport report) {
      events.add(run + " finished");
    }

    @Override
    public void close() {
      events.add(run + " closed");
    }
  }

  @Test
  void each_attempt_has_a_listener_of_its_own_which_is_closed_with_it() {
    List<String> events = new ArrayList<>();
    try (Catalog catalog =
        office
            .catalog()
            .exportListener(run -> new Told(run.exportName() + " " + run.attempt(), events))
            .build()) {
      SavedExport export = saved(catalog);
      office.segments.failingAfter("vip-us", 1);
      catalog.run(ADMINISTRATOR, export.id());
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();

      assertThat(events)
          .containsExactly(
              "VIPs for the newsletter 1 finished",
              "VIPs for the newsletter 1 closed",
              "VIPs for the newsletter 2 finished",
              "VIPs for the newsletter 2 closed");
    }
  }

  @Test
  void the_rejections_of_each_run_go_to_a_file_of_its_own(@TempDir Path directory) {
    office.klaviyo.failProfiles("ada@shop.example");
    try (Catalog catalog =
        office
            .catalog()
            .exportListener(run -> RejectionFile.csv(directory.resolve(run.id() + ".csv")))
            .build()) {
      SavedExport export = saved(catalog);

      RunRecord first = catalog.run(ADMINISTRATOR, export.id());
      RunRecord second = catalog.run(ADMINISTRATOR, export.id());

      for (RunRecord run : List.of(first, second)) {
        assertThat(directory.resolve(run.id() + ".csv")).content().contains("c-1,");
      }
    }
  }

  @Test
  void a_listener_that_cannot_be_made_or_closed_disturbs_nothing() {
    List<String> events = new ArrayList<>();
    class Stuck implements ExportListener, AutoCloseable {
      @Override
      public void close() throws IOException {
        throw new IOException("the disk is full");
      }
    }
    try (Catalog catalog =
        office
            .catalog()
            .exportListener(
                run -> {
                  throw new IOException("the disk is full");
                })
            .exportListener(run -> null)
            .exportListener(
                run -> {
                  throw new AssertionError("broken");
                })
            .exportListener(run -> new Stuck())
            .exportListener(run -> new Told("run", events))
            .build()) {
      RunRecord run = catalog.run(ADMINISTRATOR, saved(catalog).id());

      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(events).containsExactly("run finished", "run closed");
    }
  }
}
