package io.github.klaviyoexport.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * JVMs that export are killed with SIGKILL, again and again, and others go on with what they left:
 * the list and the report are as if nothing had happened.
 *
 * <p>{@code -Dkills=200} kills so many in all, {@code -Dkills.seed=17} repeats the plan of a single
 * export; a kill hits the moment that was planned, give or take some milliseconds.
 */
class KilledProcessTest {
  private static final int KILLS = Integer.getInteger("kills", 10);
  private static final @Nullable Long ONLY = Long.getLong("kills.seed");
  private static final int MOST_PER_EXPORT = 6;

  @TempDir Path directory;

  private final Map<Moment, Integer> kills = new EnumMap<>(Moment.class);

  /** What an export does when it is killed. */
  private enum Moment {
    BEFORE_ITS_FIRST_REQUEST(null),
    WHILE_IT_CHECKS_THE_LIST(Operation.GET_LIST),
    WHILE_IT_SENDS(Operation.BULK_IMPORT_PROFILES),
    WHILE_JOBS_RUN(Operation.GET_BULK_IMPORT_PROFILES_JOBS),
    WHILE_IT_READS_ERRORS(Operation.GET_ERRORS_FOR_BULK_IMPORT_PROFILES_JOB);

    private final @Nullable Operation operation;

    Moment(@Nullable Operation operation) {
      this.operation = operation;
    }
  }

  @ParameterizedTest
  @EnumSource
  void killed_at_any_moment_and_resumed_it_ends_as_if_nothing_had_happened(SharedJournal.Kind kind)
      throws Exception {
    if (ONLY != null) {
      export(kind, ONLY);
      return;
    }
    int share = kind == SharedJournal.Kind.DIRECTORY ? KILLS / 2 : KILLS / 4;
    for (long seed = 0; killed() < share || kills.size() < Moment.values().length; seed++) {
      try {
        export(kind, seed);
      } catch (Exception | AssertionError failure) {
        throw new AssertionError(
            "Export " + seed + " fails; repeat it with -Dkills.seed=" + seed + ". " + failure,
            failure);
      }
    }
  }

  private int killed() {
    return kills.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** One export in as many processes as it takes. */
  private void export(SharedJournal.Kind kind, long seed)
      throws IOException, InterruptedException, SQLException {
    SplittableRandom random = new SplittableRandom(seed);
    Path place = Files.createDirectory(directory.resolve(kind + "-" + seed));
    try (SharedJournal journal = SharedJournal.open(kind, place);
        WatchedKlaviyo klaviyo = new WatchedKlaviyo(ExportProcess.PROFILES)) {
      String said = ExportProcess.NOTHING;
      for (int life = 0; said.equals(ExportProcess.NOTHING); life++) {
        Set<String> taken = klaviyo.takenBy(journal.lines());
        int before = klaviyo.posts().size();
        boolean mortal = life < MOST_PER_EXPORT;
        Moment moment = Moment.values()[(int) ((seed + life) % Moment.values().length)];

        try (ExportProcess process = ExportProcess.start(klaviyo, journal, 1 + random.nextInt(4))) {
          said = mortal ? exportAndKill(process, moment, klaviyo, random) : process.export();
        }
        klaviyo.forgetWatches();
        journal.letHoldsEnd();
        if (said.equals(ExportProcess.NOTHING)) {
          kills.merge(moment, 1, Integer::sum);
        }
        List<String> posts = klaviyo.posts();
        assertThat(posts.subList(before, posts.size()))
            .as("batches sent again that the journal has as taken over")
            .noneMatch(taken::contains);
      }
      Uninterrupted.EXPORT.assertSameEnd(said, klaviyo);
    }
  }

  private String exportAndKill(
      ExportProcess process, Moment moment, WatchedKlaviyo klaviyo, SplittableRandom random)
      throws IOException, InterruptedException {
    int millis = random.nextInt(moment.operation == null ? 100 : 20);
    Runnable killSoon =
        () ->
            CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(process::kill);
    if (moment.operation == null) {
      killSoon.run();
    } else {
      int number = 1 + random.nextInt(Uninterrupted.EXPORT.count(moment.operation));
      // Either before the answer is sent, or a moment after it.
      klaviyo.when(moment.operation, number, random.nextBoolean() ? process::kill : killSoon);
    }
    return process.export();
  }
}
