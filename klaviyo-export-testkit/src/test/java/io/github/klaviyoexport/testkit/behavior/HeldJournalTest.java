package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.journal.MemoryJournal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run whose log in the journal is held by another process waits, and that is no attempt. */
@Timeout(60)
class HeldJournalTest {
  private static final Duration LEASE = Duration.ofMinutes(2);

  private final Office office = new Office();
  private final HeardEvents heard = new HeardEvents();
  private final LeasedLogs journal = new LeasedLogs(office.time);
  private Catalog catalog;
  private SavedExport export;

  @BeforeEach
  void an_export_whose_log_another_process_has() throws IOException {
    catalog = office.catalog().journal(journal).listener(heard).build();
    export = saved(catalog);
  }

  @AfterEach
  void close() {
    catalog.close();
    office.close();
  }

  private RunRecord runOfAHeldExport() throws IOException {
    journal.open("any");
    return catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
  }

  @Test
  void it_waits_as_long_as_the_journal_says_and_then_runs() throws IOException {
    RunRecord run = runOfAHeldExport();

    assertThat(run.status()).isEqualTo(RunStatus.QUEUED);
    assertThat(run.attempt()).isZero();
    assertThat(run.retryAt()).isEqualTo(office.time.now().plus(LEASE).plusSeconds(1));
    assertThat(run.message())
        .isEqualTo(
            "It waits for the journal, where this export is held by process 1 on export-1: it goes"
                + " on when that lets go of it, or in 120 s if nothing more is heard from there."
                + " This is no attempt, and there is nothing to do.");
    assertThat(catalog.nextDue()).contains(run.retryAt());
    assertThat(catalog.runDue()).as("not yet").isEmpty();
    assertThat(heard.events).isEmpty();

    office.time.advance(LEASE.plusSeconds(1));
    catalog.runDue();

    RunRecord ended = catalog.run(run.id());
    assertThat(ended.status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(ended.attempt()).isEqualTo(1);
    assertThat(ended.message()).isNull();
    assertThat(heard.events).containsExactly("started", "ended SUCCESSFUL");
  }

  @Test
  void it_waits_for_one_that_lives_on_and_spends_no_attempt() throws IOException {
    RunRecord run = runOfAHeldExport();
    for (int i = 0; i < 10; i++) {
      journal.word();
      office.time.advance(LEASE.minusSeconds(1));
      journal.word();
      office.time.advance(Duration.ofSeconds(2));
      catalog.runDue();
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.QUEUED);
      assertThat(catalog.run(run.id()).attempt()).isZero();
    }
    office.time.advance(LEASE);
    catalog.runDue();

    assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(catalog.run(run.id()).attempt()).isEqualTo(1);
  }

  @Test
  void while_it_waits_no_other_run_takes_its_place() throws IOException {
    RunRecord run = runOfAHeldExport();

    RunRecord other = catalog.run(ADMINISTRATOR, export.id());

    assertThat(other.status()).isEqualTo(RunStatus.SKIPPED);
    assertThat(other.message()).contains(run.id(), "has not ended");
  }

  @Test
  void it_can_be_cancelled_while_it_waits() throws IOException {
    RunRecord run = runOfAHeldExport();

    catalog.cancel(ADMINISTRATOR, run.id());

    assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
    office.time.advance(LEASE.plusSeconds(1));
    assertThat(catalog.runDue()).isEmpty();
    assertThat(office.sent()).isZero();
  }

  @Test
  void where_the_journal_does_not_say_how_long_it_looks_again_every_ten_seconds()
      throws IOException {
    MemoryJournal memory = MemoryJournal.create();
    Refusing refusing = new Refusing(memory);
    try (Catalog other = office.catalog().journal(refusing).build()) {
      RunRecord run = other.await(other.run(ADMINISTRATOR, export.id()).id());
      assertThat(run.status()).isEqualTo(RunStatus.QUEUED);
      assertThat(run.retryAt()).isEqualTo(office.time.now().plusSeconds(10));
      assertThat(run.message())
          .startsWith("It waits for the journal, where this export is held by thread ")
          .endsWith(
              ": it goes on when that lets go of it. This is no attempt, and there is nothing to"
                  + " do.");

      refusing.letGo();
      office.time.advance(Duration.ofSeconds(10));
      other.runDue();

      assertThat(other.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  /** A journal all of whose logs are held, until they are not. */
  private static final class Refusing implements ExportJournal {
    private final MemoryJournal journal;
    private boolean held = true;

    Refusing(MemoryJournal journal) {
      this.journal = journal;
    }

    void letGo() {
      held = false;
    }

    @Override
    public JournalLog open(String key) throws IOException {
      if (held) {
        throw new LogHeldException("thread export of this process");
      }
      return journal.open(key);
    }
  }

  @Test
  void a_run_of_a_dead_process_ends_within_the_lease_and_30_seconds_by_default() throws Exception {
    GatedSource gate = new GatedSource(office.segments);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    Catalog dead = office.catalog().journal(journal).source(gate).executor(executor).build();
    try {
      RunRecord run = dead.run(ADMINISTRATOR, export.id());
      gate.reached.await();
      Instant lastRenewal = office.time.now();
      office.time.advance(Duration.ofSeconds(9));
      journal.word();

      office.time.advance(LEASE.minusSeconds(9));
      catalog.runDue();

      RunRecord waiting = catalog.run(run.id());
      assertThat(waiting.status()).isEqualTo(RunStatus.QUEUED);
      assertThat(waiting.attempt()).as("the dead one's").isEqualTo(1);
      assertThat(waiting.retryAt()).isEqualTo(lastRenewal.plus(LEASE).plusSeconds(10));

      office.time.advance(Duration.ofSeconds(10));
      catalog.runDue();

      RunRecord ended = catalog.run(run.id());
      assertThat(ended.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(ended.attempt()).isEqualTo(2);
      assertThat(ended.endedAt()).isBefore(lastRenewal.plus(LEASE).plusSeconds(30));
      long sent = office.sent();
      gate.open.countDown();
      dead.await(run.id());

      assertThat(office.sent()).as("what the dead one sends when it comes back").isEqualTo(sent);
      assertThat(catalog.run(run.id())).isEqualTo(ended);
    } finally {
      gate.open.countDown();
      dead.close();
      executor.shutdown();
    }
  }
}
