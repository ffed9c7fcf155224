package io.github.klaviyoexport.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JVM that is shut down in the midst of an export leaves one that can be resumed. */
class ShutdownTest {
  @TempDir Path directory;

  /** How a JVM is brought to its end. */
  private enum End {
    SIGTERM {
      @Override
      void of(ExportProcess process) {
        process.terminate();
      }
    },
    SYSTEM_EXIT {
      @Override
      void of(ExportProcess process) {
        try {
          process.tell(ExportProcess.EXIT);
        } catch (IOException failure) {
          throw new UncheckedIOException(failure);
        }
      }
    };

    /** Begins it; does not wait for it. */
    abstract void of(ExportProcess process);
  }

  @ParameterizedTest
  @EnumSource
  void without_a_hook_the_export_is_cut_off_and_can_be_resumed(End end) throws Exception {
    try (SharedJournal journal = SharedJournal.open(SharedJournal.Kind.DIRECTORY, directory);
        WatchedKlaviyo klaviyo = new WatchedKlaviyo(ExportProcess.PROFILES)) {
      try (ExportProcess process = ExportProcess.start(klaviyo, journal, 2)) {
        klaviyo.when(Operation.BULK_IMPORT_PROFILES, 7, () -> end.of(process));

        assertThat(process.export()).as("its last word").isEqualTo(ExportProcess.NOTHING);
      }
      assertResumedToTheSameEnd(klaviyo, journal);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_hook_that_closes_the_exporter_leaves_no_batch_in_doubt(End end) throws Exception {
    try (SharedJournal journal = SharedJournal.open(SharedJournal.Kind.DIRECTORY, directory);
        WatchedKlaviyo klaviyo = new WatchedKlaviyo(ExportProcess.PROFILES)) {
      exportAndEndWithHook(end, klaviyo, journal);

      assertResumedToTheSameEnd(klaviyo, journal);
      assertThat(klaviyo.posts()).as("batches sent").doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "DIRECTORY", mode = EnumSource.Mode.EXCLUDE)
  void a_hook_that_closes_the_exporter_lets_others_resume_at_once(SharedJournal.Kind kind)
      throws Exception {
    try (SharedJournal journal = SharedJournal.open(kind, directory);
        WatchedKlaviyo klaviyo = new WatchedKlaviyo(ExportProcess.PROFILES)) {
      exportAndEndWithHook(End.SIGTERM, klaviyo, journal);

      assertResumedToTheSameEnd(klaviyo, journal);
    }
  }

  private static void exportAndEndWithHook(End end, WatchedKlaviyo klaviyo, SharedJournal journal)
      throws Exception {
    try (ExportProcess process = ExportProcess.start(klaviyo, journal, 2)) {
      process.tell(ExportProcess.CLOSE_ON_SHUTDOWN);
      klaviyo.when(Operation.BULK_IMPORT_PROFILES, 7, () -> end.of(process));

      // The thread that exports may just find the time to say so.
      assertThat(process.export()).matches("|stopped CANCELLED .*It can be resumed as run .*");
      process.awaitEnd();
    }
    assertThat(klaviyo.posts()).as("batches sent before").hasSizeLessThan(12);
  }

  private static void assertResumedToTheSameEnd(WatchedKlaviyo klaviyo, SharedJournal journal)
      throws Exception {
    try (ExportProcess process = ExportProcess.start(klaviyo, journal, 2)) {
      Uninterrupted.EXPORT.assertSameEnd(process.export(), klaviyo);
    }
  }
}
