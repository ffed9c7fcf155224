package example.shop.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.time.TimeSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** Two processes share a catalog; one is killed while it exports. */
class ClusterTest {
  private static final Actor KIM = Actor.administrator("kim");
  private static final int EXPORTS = 4;

  private static final String DB_SCHEDULER_TABLE =
      """
      CREATE TABLE scheduled_tasks (
        task_name TEXT NOT NULL,
        task_instance TEXT NOT NULL,
        task_data BYTEA,
        execution_time TIMESTAMP WITH TIME ZONE NOT NULL,
        picked BOOLEAN NOT NULL,
        picked_by TEXT,
        last_success TIMESTAMP WITH TIME ZONE,
        last_failure TIMESTAMP WITH TIME ZONE,
        consecutive_failures INT,
        last_heartbeat TIMESTAMP WITH TIME ZONE,
        version BIGINT NOT NULL,
        priority SMALLINT,
        PRIMARY KEY (task_name, task_instance))""";

  /** Ten minutes ago, so that what is scheduled a minute ago is due at once. */
  private static final TimeSource EARLIER =
      new TimeSource() {
        @Override
        public Instant now() {
          return TimeSource.system().now().minus(Duration.ofMinutes(10));
        }

        @Override
        public long nanoTime() {
          return TimeSource.system().nanoTime();
        }

        @Override
        public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
            throws InterruptedException {
          return TimeSource.system().await(signal, atMost, exchanging);
        }
      };

  /** A process, and the lines it prints. */
  private record Child(Process process, LinkedBlockingQueue<Child> started) {
    static Child start(String database, FakeKlaviyo klaviyo, LinkedBlockingQueue<Child> started)
        throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
              "-cp",
              System.getProperty("java.class.path"),
              Node.class.getName(),
              database,
              klaviyo.baseUrl().toString());
      builder.environment().put("KLAVIYO_API_KEY", klaviyo.apiKey().value());
      Child child = new Child(builder.redirectErrorStream(true).start(), started);
      Thread reader = new Thread(child::read);
      reader.setDaemon(true);
      reader.start();
      return child;
    }

    private void read() {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          System.out.println(process.pid() + ": " + line);
          if (line.startsWith("started ")) {
            started.add(this);
          }
        }
      } catch (IOException killed) {
        // It prints no more.
      }
    }
  }

  @Test
  @Timeout(180)
  void no_run_is_lost_or_doubled_when_a_process_is_killed() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        FakeKlaviyo klaviyo = FakeKlaviyo.builder().jobDuration(Duration.ofSeconds(5)).start()) {
      String url = postgres.getJdbcUrl("postgres", "postgres");
      PGSimpleDataSource database = new PGSimpleDataSource();
      database.setUrl(url);
      try (var connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(DB_SCHEDULER_TABLE);
      }
      List<SavedExport> exports = saveExports(database, klaviyo);

      LinkedBlockingQueue<Child> started = new LinkedBlockingQueue<>();
      List<Child> nodes = new ArrayList<>();
      try (Catalog looking = Node.catalog(database, klaviyo.baseUrl())) {
        nodes.add(Child.start(url, klaviyo, started));
        nodes.add(Child.start(url, klaviyo, started));

        Child exporting = started.poll(60, TimeUnit.SECONDS);
        assertThat(exporting).as("a process that exports").isNotNull();
        exporting.process().destroyForcibly().waitFor();

        for (SavedExport export : exports) {
          List<RunRecord> history = awaitEnded(looking, export);
          assertThat(history).as("runs of one scheduled moment").hasSize(1);
          assertThat(history.get(0).status()).isEqualTo(RunStatus.SUCCESSFUL);
          assertThat(history.get(0).report().profiles().accepted()).isEqualTo(2);
        }
        assertThat(exports)
            .extracting(export -> looking.history(KIM, export.id()).get(0).attempt())
            .as("what the killed process had begun was tried again")
            .contains(2);
      } finally {
        nodes.forEach(node -> node.process().destroyForcibly());
      }
      assertThat(klaviyo.list().size()).isEqualTo(2 * EXPORTS);
    }
  }

  private static List<SavedExport> saveExports(PGSimpleDataSource database, FakeKlaviyo klaviyo) {
    LocalTime aMinuteAgo =
        Instant.now()
            .minus(Duration.ofMinutes(1))
            .atZone(ZoneOffset.UTC)
            .toLocalTime()
            .truncatedTo(ChronoUnit.MINUTES);
    try (Catalog catalog =
        Node.builder(database, klaviyo.baseUrl())
            .time(EARLIER)
            .secrets(reference -> klaviyo.apiKey().value())
            .build()) {
      Connection connection =
          catalog.add(KIM, ConnectionDefinition.apiKey("Klaviyo", "env:KLAVIYO_API_KEY"));
      catalog.accept(KIM, connection.id());
      catalog.connect(KIM, connection.id());
      List<SavedExport> exports = new ArrayList<>();
      for (int i = 0; i < EXPORTS; i++) {
        exports.add(
            catalog.save(
                KIM,
                ExportDefinition.named("Export " + i)
                    .connection(connection.id())
                    .listNamed("VIP")
                    .segments("segment" + i)
                    .mapping(FieldMapping.email("email"))
                    .schedule(Schedule.daily("UTC", aMinuteAgo))));
      }
      return exports;
    }
  }

  private static List<RunRecord> awaitEnded(Catalog catalog, SavedExport export)
      throws InterruptedException {
    while (true) {
      List<RunRecord> history = catalog.history(KIM, export.id());
      if (!history.isEmpty() && history.stream().allMatch(run -> run.status().isEnded())) {
        return history;
      }
      TimeSource.system().await(new Semaphore(0), Duration.ofMillis(200), false);
    }
  }
}
