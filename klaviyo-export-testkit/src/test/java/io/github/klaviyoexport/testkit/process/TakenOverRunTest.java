package io.github.klaviyoexport.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.process.CatalogProcess.Settings;
import io.github.klaviyoexport.time.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of two JVMs that share a catalog and a journal, one is killed or stopped in the midst of a run,
 * and the other brings it to its end as soon as the lease allows. One that was only stopped finds
 * out when it goes on, and sends nothing more.
 *
 * <p>The clock is the machine's, so cases wait for their leases at the same time. {@code
 * -Dtakeover.default=true} waits for the default lease, too.
 */
class TakenOverRunTest {
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** How many batches of one export may be under way. */
  private static final int IN_FLIGHT = 4;

  @TempDir Path directory;

  /** What befalls a process. */
  private enum Fate {
    KILLED(CatalogProcess::kill),
    STOPPED(CatalogProcess::freeze);

    private final Consumer<CatalogProcess> strike;

    Fate(Consumer<CatalogProcess> strike) {
      this.strike = strike;
    }
  }

  @Test
  void a_run_whose_process_dies_or_stops_ends_on_the_other_within_the_lease_and_30_seconds()
      throws Exception {
    assumeThat(Files.isExecutable(Path.of("/bin/kill"))).as("signals of POSIX").isTrue();
    List<Settings> settings =
        Boolean.getBoolean("takeover.default")
            ? List.of(Settings.SHORT, Settings.DEFAULT)
            : List.of(Settings.SHORT);
    for (Settings setting : settings) {
      Map<String, Callable<Void>> cases = new HashMap<>();
      for (Fate fate : Fate.values()) {
        for (SharedJournal.Kind kind :
            List.of(SharedJournal.Kind.DIRECTORY, SharedJournal.Kind.POSTGRESQL)) {
          cases.put(
              kind + ", " + fate + ", lease of " + setting.lease(),
              () -> {
                takeOver(kind, fate, setting);
                return null;
              });
        }
      }
      all(cases);
    }
  }

  private static void all(Map<String, Callable<Void>> cases) throws InterruptedException {
    ExecutorService threads = Executors.newCachedThreadPool();
    List<String> failed = new ArrayList<>();
    try {
      Map<String, Future<Void>> going = new HashMap<>();
      cases.forEach((name, one) -> going.put(name, threads.submit(one)));
      for (Map.Entry<String, Future<Void>> one : going.entrySet()) {
        try {
          one.getValue().get();
        } catch (ExecutionException failure) {
          failed.add(one.getKey() + ": " + failure.getCause());
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(failed).as("cases that did not end as they should").isEmpty();
  }

  private void takeOver(SharedJournal.Kind kind, Fate fate, Settings settings) throws Exception {
    Path place =
        Files.createDirectory(
            directory.resolve(kind + "-" + fate + "-" + settings.lease().toSeconds()));
    try (SharedJournal journal = SharedJournal.open(kind, place);
        WatchedKlaviyo klaviyo = WatchedKlaviyo.takingAll();
        Catalog looking =
            CatalogProcess.catalog(klaviyo.baseUrl(), journal.address(), settings)
                .secrets(reference -> klaviyo.apiKey())
                .build()) {
      String export = saved(looking);
      try (CatalogProcess one = CatalogProcess.start(klaviyo, journal, settings);
          CatalogProcess other = CatalogProcess.start(klaviyo, journal, settings)) {
        CompletableFuture<Void> struck = klaviyo.processed(Operation.BULK_IMPORT_PROFILES, 3);
        one.run(export);
        struck.join();
        fate.strike.accept(one);
        long from = System.nanoTime();
        List<String> written = journal.lines();
        Set<String> taken = klaviyo.takenBy(written);
        long underWay =
            written.stream().filter(line -> line.contains("\"entry\":\"filled\"")).count()
                - taken.size();
        int before = klaviyo.posts().size();

        RunRecord ended = awaitEnd(looking, export, settings, other);
        Duration took = Duration.ofNanos(System.nanoTime() - from);

        assertThat(ended.status()).as("%s", ended).isEqualTo(RunStatus.SUCCESSFUL);
        assertThat(ended.attempt()).as("waiting is no attempt").isEqualTo(2);
        assertThat(ended.report().profiles().accepted()).isEqualTo(CatalogProcess.CUSTOMERS.size());
        assertThat(took)
            .as("how long it took, by %s, when the other said %s", ended, other.allSaid())
            .isLessThan(settings.lease().plus(GRACE));
        List<String> posts = klaviyo.posts();
        assertThat(posts.subList(before, posts.size()))
            .as("batches sent again that the journal has as taken over")
            .noneMatch(taken::contains);
        assertThat(posts.size() - Set.copyOf(posts).size())
            .as("batches sent twice")
            .isLessThanOrEqualTo(IN_FLIGHT);
        if (fate == Fate.STOPPED) {
          one.thaw();
          one.awaitLettingGo();
          // What was on its way out when it was stopped arrives when it wakes, and nothing else.
          List<String> sinceThen = klaviyo.posts();
          assertThat(sinceThen.subList(0, posts.size())).isEqualTo(posts);
          assertThat(sinceThen.subList(posts.size(), sinceThen.size()))
              .as("what the stopped one still sends")
              .hasSizeLessThanOrEqualTo((int) underWay)
              .doesNotHaveDuplicates()
              .noneMatch(taken::contains);
          assertThat(looking.history(CatalogProcess.KIM, export)).containsExactly(ended);

          one.run(export);
          one.awaitLettingGo();
          assertThat(looking.history(CatalogProcess.KIM, export))
              .extracting(RunRecord::status)
              .containsExactly(RunStatus.SUCCESSFUL, RunStatus.SUCCESSFUL);
        }
      }
    }
  }

  private static String saved(Catalog catalog) {
    Connection connection =
        catalog.add(
            CatalogProcess.KIM, ConnectionDefinition.apiKey("Klaviyo", "env:KLAVIYO_API_KEY"));
    catalog.accept(CatalogProcess.KIM, connection.id());
    catalog.connect(CatalogProcess.KIM, connection.id());
    return catalog
        .save(
            CatalogProcess.KIM,
            ExportDefinition.named("VIPs")
                .connection(connection.id())
                .listNamed("VIP")
                .segments(CatalogProcess.SEGMENT)
                .mapping(CatalogProcess.MAPPING))
        .id();
  }

  private static RunRecord awaitEnd(
      Catalog looking, String export, Settings settings, CatalogProcess other)
      throws InterruptedException {
    long from = System.nanoTime();
    List<String> seen = new ArrayList<>();
    while (true) {
      List<RunRecord> history = looking.history(CatalogProcess.KIM, export);
      assertThat(history).hasSize(1);
      RunRecord run = history.get(0);
      String now = run.status() + ", attempt " + run.attempt() + ": " + run.message();
      if (!seen.contains(now)) {
        seen.add(now);
      }
      if (run.status().isEnded()) {
        return run;
      }
      if (System.nanoTime() - from > settings.lease().plus(GRACE).multipliedBy(2).toNanos()) {
        throw new AssertionError("It does not end: " + seen + ", " + other.allSaid());
      }
      TimeSource.system().await(new Semaphore(0), Duration.ofMillis(100), false);
    }
  }
}
