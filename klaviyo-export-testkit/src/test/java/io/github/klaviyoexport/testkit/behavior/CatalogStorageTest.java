package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a catalog keeps, for how long, and what it does about damage. */
@Timeout(60)
class CatalogStorageTest {
  private final Office office = new Office();
  private final HeardEvents heard = new HeardEvents();

  @AfterEach
  void close() {
    office.close();
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
  void previews_and_skipped_runs_push_no_others_out_of_the_history() {
    Queue<Runnable> queue = new ArrayDeque<>();
    try (Catalog catalog =
        office.catalog().executor(queue::add).history(3, Duration.ofDays(10)).build()) {
      SavedExport export = saved(catalog);
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        ids.add(catalog.run(ADMINISTRATOR, export.id()).id());
        for (int j = 0; j < 3; j++) {
          catalog.preview(ADMINISTRATOR, export.id());
          catalog.run(ADMINISTRATOR, export.id());
          office.time.advance(Duration.ofSeconds(30));
        }
        queue.remove().run();
      }

      List<RunRecord> history = catalog.history(VIEWER, export.id());

      assertThat(history).hasSize(6);
      assertThat(history)
          .filteredOn(run -> run.status() != RunStatus.SKIPPED)
          .filteredOn(run -> run.trigger() != RunRecord.Trigger.PREVIEW)
          .extracting(RunRecord::id)
          .containsExactly(ids.get(3), ids.get(2), ids.get(1));
    }
  }

  @Test
  void cleaning_reads_no_run_of_days_ago_that_is_to_be_kept() {
    List<String> read = new ArrayList<>();
    CatalogStore store =
        Intercepted.part(
            CatalogStore.class,
            office.store,
            (method, arguments) -> {
              if (!method.getName().equals("ids") && arguments[0] == CatalogStore.Kind.RUN) {
                read.add(method.getName() + " " + arguments[1]);
              }
            });
    try (Catalog catalog = office.catalog().build();
        Catalog other = office.catalog().store(store).history(50, Duration.ofDays(10)).build()) {
      SavedExport export = saved(catalog);
      SavedExport old = catalog.duplicate(ADMINISTRATOR, export.id(), "Old");
      catalog.run(ADMINISTRATOR, old.id());
      catalog.removeExport(ADMINISTRATOR, old.id());
      office.time.advance(Duration.ofDays(11));
      catalog.run(ADMINISTRATOR, export.id());
      office.time.advance(Duration.ofDays(4));

      other.runDue();

      assertThat(read).hasSize(2).allMatch(call -> call.contains(old.id()));
      assertThat(office.store.ids(CatalogStore.Kind.RUN, ""))
          .singleElement(STRING)
          .startsWith(export.id());
    }
  }

  @Test
  void a_damaged_file_is_named_and_set_aside_and_the_others_load(@TempDir Path directory)
      throws Exception {
    try (Office mine = new Office(FileCatalogStore.in(directory), account -> account);
        Catalog catalog = mine.catalog().listener(heard).build()) {
      SavedExport good = saved(catalog);
      SavedExport bad = catalog.duplicate(ADMINISTRATOR, good.id(), "Bad");
      Path file = directory.resolve("exports").resolve(bad.id() + ".json");
      Files.writeString(file, Files.readString(file).substring(0, 100));

      assertThat(catalog.exports(VIEWER)).containsExactly(good);

      assertThat(heard.events)
          .singleElement(STRING)
          .contains(bad.id(), "is damaged", file + ".damaged", "from a backup");
      assertThatThrownBy(() -> catalog.run(ADMINISTRATOR, bad.id()))
          .isInstanceOfSatisfying(
              CatalogException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN_ID));
      assertThat(catalog.refresh()).hasSize(1);
    }
  }

  @Test
  void a_moment_of_the_schedule_that_has_run_is_seen_to_though_its_state_is_damaged(
      @TempDir Path directory) throws Exception {
    try (Office mine = new Office(FileCatalogStore.in(directory), account -> account);
        Catalog catalog = mine.catalog().build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connected(catalog)).schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
      mine.time.advance(Duration.ofHours(2));
      catalog.runDue();
      List<RunRecord> history = catalog.history(VIEWER, export.id());
      Files.writeString(directory.resolve("states").resolve(export.id() + ".json"), "{");
      mine.time.advance(Duration.ofHours(7));

      assertThat(catalog.runDue()).isEmpty();

      assertThat(mine.sent()).isEqualTo(1);
      assertThat(catalog.history(VIEWER, export.id())).isEqualTo(history).hasSize(1);
      mine.time.advance(Duration.ofDays(1));
      assertThat(catalog.runDue()).hasSize(1);
    }
  }

  @Test
  void everything_survives_a_restart(@TempDir Path directory) {
    try (Office mine = new Office(FileCatalogStore.in(directory), account -> account)) {
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
      try (Catalog after = mine.catalog().store(FileCatalogStore.in(directory)).build()) {
        assertThat(after.exports(VIEWER)).containsExactly(export);
        assertThat(after.history(VIEWER, export.id())).isEqualTo(history);
        assertThat(history.get(0).report().rejections().first()).hasSize(1);
        assertThat(history.get(0).notReadableHere()).as("it reads all that it writes").isEmpty();
      }
    }
  }
}
