package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A clock that was wrong once, ten years ahead, silences nothing once it is right again. */
@Timeout(60)
class WrongClockTest {
  private static final Duration TEN_YEARS = Duration.ofDays(3_650);

  private final Office office = new Office();
  private Duration off = Duration.ZERO;

  private final TimeSource clock =
      new TimeSource() {
        @Override
        public Instant now() {
          return office.time.now().plus(off);
        }

        @Override
        public long nanoTime() {
          return office.time.nanoTime();
        }

        @Override
        public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
            throws InterruptedException {
          return office.time.await(signal, atMost, exchanging);
        }
      };

  @AfterEach
  void close() {
    office.close();
  }

  private Catalog catalog() {
    return office.catalog().time(clock).build();
  }

  private static SavedExport daily(Catalog catalog) {
    return catalog.save(
        ADMINISTRATOR,
        exportOn(connected(catalog)).schedule(Schedule.daily("UTC", LocalTime.of(9, 0))));
  }

  /** Lets three days pass, with a look an hour, as a scheduler does. */
  private void threeDays(Catalog catalog) {
    for (int hour = 0; hour < 72; hour++) {
      office.time.advance(Duration.ofHours(1));
      catalog.runDue();
    }
  }

  @Test
  void a_schedule_that_ran_ten_years_ahead_goes_on_when_the_clock_is_right() {
    try (Catalog catalog = catalog()) {
      SavedExport export = daily(catalog);
      off = TEN_YEARS;
      assertThat(catalog.runDue()).as("the latest moment, by that clock").hasSize(1);
      off = Duration.ZERO;
      long before = office.sent();

      assertThat(catalog.runDue()).isEmpty();
      assertThat(catalog.nextDue()).contains(Instant.parse("2026-09-01T09:00:00Z"));
      threeDays(catalog);

      assertThat(office.sent() - before).isEqualTo(3);
      assertThat(catalog.history(VIEWER, export.id())).hasSize(4);
    }
  }

  @Test
  void a_schedule_that_was_set_ten_years_ahead_stands_when_the_clock_is_right() {
    try (Catalog catalog = catalog()) {
      off = TEN_YEARS;
      daily(catalog);
      off = Duration.ZERO;

      assertThat(catalog.runDue()).isEmpty();
      threeDays(catalog);

      assertThat(office.sent()).isEqualTo(3);
    }
  }

  @Test
  void what_other_processes_have_seen_to_a_few_hours_ahead_is_left_alone() {
    try (Catalog catalog = catalog()) {
      daily(catalog);
      off = Duration.ofHours(20);
      assertThat(catalog.runDue()).hasSize(1);
      off = Duration.ZERO;
      office.time.advance(Duration.ofHours(2));

      assertThat(catalog.runDue()).as("the other has seen to it").isEmpty();
      assertThat(office.sent()).isEqualTo(1);
    }
  }

  @Test
  void a_moment_that_has_run_ahead_of_its_time_runs_again_when_it_comes_with_a_record_of_its_own() {
    try (Catalog catalog = catalog()) {
      SavedExport export = daily(catalog);
      off = Duration.ofDays(3);
      RunRecord early = catalog.runDue().get(0);
      off = Duration.ZERO;
      assertThat(catalog.runDue()).isEmpty();

      threeDays(catalog);

      assertThat(office.sent()).isEqualTo(4);
      List<RunRecord> history = catalog.history(VIEWER, export.id());
      assertThat(history).hasSize(4).extracting(RunRecord::id).contains(early.id());
    }
  }

  @Test
  void a_moment_that_has_run_ahead_of_its_time_is_made_up_for_when_its_process_dies() {
    Queue<Runnable> held = new ArrayDeque<>();
    AtomicBoolean busy = new AtomicBoolean();
    Catalog dying =
        office
            .catalog()
            .time(clock)
            .executor(
                run -> {
                  if (busy.get()) {
                    held.add(run);
                  } else {
                    run.run();
                  }
                })
            .build();
    daily(dying);
    off = Duration.ofDays(2);
    assertThat(dying.runDue()).hasSize(1);
    off = Duration.ZERO;
    dying.runDue();
    office.time.advance(Duration.ofDays(1));
    assertThat(dying.runDue()).hasSize(1);
    office.time.advance(Duration.ofDays(1));
    assertThat(office.sent()).isEqualTo(2);
    busy.set(true);

    RunRecord due = dying.runDue().get(0);

    assertThat(dying.run(due.id()).status()).as("nothing was sent").isEqualTo(RunStatus.QUEUED);
    office.time.advance(Duration.ofMinutes(2));
    try (Catalog other = catalog()) {
      assertThat(other.runDue()).extracting(RunRecord::id).containsExactly(due.id());
    }
    assertThat(office.sent()).isEqualTo(3);
  }

  @Test
  void a_run_that_waits_for_ten_years_is_tried_again_when_the_clock_is_right() {
    try (Catalog catalog = catalog()) {
      SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog)));
      office.klaviyo.script(Operation.GET_LIST, 10, Fault.serverError(500));
      off = TEN_YEARS;
      RunRecord failed = catalog.run(ADMINISTRATOR, export.id());
      assertThat(catalog.run(failed.id()).status()).isEqualTo(RunStatus.FAILED);
      off = Duration.ZERO;

      assertThat(catalog.nextDue().orElseThrow()).isBeforeOrEqualTo(clock.now());
      catalog.runDue();

      assertThat(catalog.run(failed.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @Test
  void a_run_that_is_leased_for_ten_years_is_taken_over_when_the_clock_is_right() {
    Queue<Runnable> neverRun = new ArrayDeque<>();
    Catalog dead = office.catalog().time(clock).executor(neverRun::add).build();
    SavedExport export = dead.save(ADMINISTRATOR, exportOn(connected(dead)));
    off = TEN_YEARS;
    RunRecord run = dead.run(ADMINISTRATOR, export.id());
    off = Duration.ZERO;

    try (Catalog other = catalog()) {
      assertThat(other.nextDue().orElseThrow()).isBeforeOrEqualTo(clock.now());
      assertThat(other.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      assertThat(other.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);

      neverRun.remove().run();
      assertThat(office.sent()).as("who had it sends nothing").isEqualTo(1);
    }
  }
}
