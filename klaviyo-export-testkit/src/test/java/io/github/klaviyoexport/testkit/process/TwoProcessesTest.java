package io.github.klaviyoexport.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of two processes that resume the same run, one has it alone, for as long as it lives. */
class TwoProcessesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void one_wins_and_the_other_is_told_who_holds_it_and_takes_over_when_that_one_is_killed(
      SharedJournal.Kind kind) throws Exception {
    try (SharedJournal journal = SharedJournal.open(kind, directory);
        WatchedKlaviyo klaviyo = new WatchedKlaviyo(ExportProcess.PROFILES)) {
      leaveUnfinished(klaviyo, journal);
      // Whoever has it waits for this answer.
      klaviyo.script(Operation.GET_BULK_IMPORT_PROFILES_JOBS, Fault.stalled());
      CompletableFuture<Void> waiting =
          klaviyo.processed(Operation.GET_BULK_IMPORT_PROFILES_JOBS, 1);

      try (ExportProcess one = ExportProcess.start(klaviyo, journal, 2);
          ExportProcess other = ExportProcess.start(klaviyo, journal, 2)) {
        one.tell(ExportProcess.EXPORT);
        other.tell(ExportProcess.EXPORT);
        ExportProcess loser =
            (ExportProcess) CompletableFuture.anyOf(one.spoken(), other.spoken()).join();
        ExportProcess winner = loser == one ? other : one;
        assertThat(loser.hear()).startsWith(ExportProcess.HELD + "This export is being run by ");

        waiting.join();
        assertThat(loser.export())
            .startsWith(
                ExportProcess.HELD + "This export is being run by process " + winner.pid() + " on ")
            .contains(": wait until it ends, or stop it there before running it here.");

        winner.kill();
        if (!journal.freesAtOnce()) {
          assertThat(loser.export())
              .contains("process " + winner.pid() + " on ")
              .containsPattern("If that process is dead, its hold ends in \\d+ s by itself\\.");
          journal.letHoldsEnd();
        }
        Uninterrupted.EXPORT.assertSameEnd(loser.export(), klaviyo);
      }
    }
  }

  private static void leaveUnfinished(WatchedKlaviyo klaviyo, SharedJournal journal)
      throws Exception {
    try (ExportProcess process = ExportProcess.start(klaviyo, journal, 1)) {
      klaviyo.when(Operation.BULK_IMPORT_PROFILES, 3, process::kill);
      assertThat(process.export()).isEqualTo(ExportProcess.NOTHING);
    }
    journal.letHoldsEnd();
  }
}
