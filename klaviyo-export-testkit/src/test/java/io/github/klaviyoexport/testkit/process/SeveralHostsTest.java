package io.github.klaviyoexport.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.klaviyoexport.klaviyo.JdbcPermits;
import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.klaviyo.PermitSource.Window;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.Postgres;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four JVMs that stand for hosts, with one PostgreSQL and one account behind HTTP, in real time:
 * together they use the account's quota up and meet no 429. Their wall clocks are hours apart.
 */
class SeveralHostsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final List<Duration> AHEAD =
      List.of(Duration.ZERO, Duration.ofHours(3), Duration.ofHours(-3), Duration.ofMillis(500));
  private static final String AWAY = "The permits that the account's processes share cannot be had";

  private static final boolean LONG = Boolean.getBoolean("hosts.long");

  /** Of 750 calls a minute, those that are left for the four, so that it takes half the time. */
  private static final int LEFT = LONG ? 750 : 350;

  @TempDir Path directory;

  /** Who waits until an operation has been called so often. */
  private final List<Watch> watches = new ArrayList<>();

  private final Map<Operation, Integer> calls = new HashMap<>();

  private record Watch(Operation operation, int calls, CompletableFuture<Void> reached) {}

  @Test
  void use_the_minute_up_and_meet_no_429_although_one_is_killed_with_their_row_locked()
      throws Exception {
    try (FakeKlaviyo klaviyo = account()) {
      klaviyo
          .list()
          .add(
              IntStream.range(0, LONG ? 40_000 : 20_000)
                  .mapToObj(i -> "m" + i + "@shop.example")
                  .toArray(String[]::new));
      String database = database();
      takeFromMinute(database, 750 - LEFT);
      List<HostProcess> hosts = start(klaviyo, database);
      try {
        hosts.get(3).tell(HostProcess.HOLD);
        tellAll(hosts, HostProcess.READ);
        hosts.get(3).awaitHolding();
        hosts.get(3).freeze();
        await(Operation.GET_PROFILES_FOR_LIST, 100);
        hosts.get(3).kill();

        int almostAll = LEFT * 98 / 100;
        await(Operation.GET_PROFILES_FOR_LIST, almostAll);

        assertThat(took(klaviyo, Operation.GET_PROFILES_FOR_LIST, almostAll)).isLessThan(MINUTE);
        assertThat(rateLimited(klaviyo)).isEmpty();
        assertThat(hosts).noneMatch(host -> said(host, AWAY));
      } finally {
        hosts.forEach(HostProcess::close);
      }
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "hosts.long", matches = "true") // It takes four minutes.
  void use_two_minutes_of_imports_up_and_are_exact_again_after_their_database_was_stopped()
      throws Exception {
    Path data = Files.createDirectory(directory.resolve("postgres"));
    EmbeddedPostgres postgres = server(data, 0);
    List<HostProcess> hosts = new ArrayList<>();
    try (FakeKlaviyo klaviyo = account()) {
      hosts.addAll(start(klaviyo, postgres.getJdbcUrl("postgres", "postgres")));
      tellAll(hosts, HostProcess.IMPORT);
      // 98 % of two minutes, the second of which begins with a burst.
      await(Operation.BULK_IMPORT_PROFILES, 294);
      assertThat(took(klaviyo, Operation.BULK_IMPORT_PROFILES, 294))
          .isLessThan(MINUTE.multipliedBy(2));
      assertThat(rateLimited(klaviyo)).isEmpty();

      int port = postgres.getPort();
      postgres.close();
      for (HostProcess host : hosts) {
        host.hear(AWAY);
      }
      int told = count(Operation.BULK_IMPORT_PROFILES);
      Instant away = Instant.now();
      await(Operation.BULK_IMPORT_PROFILES, told + 100);
      assertThat(Duration.between(away, Instant.now()))
          .as("100 calls, spaced evenly over the minute")
          .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(75));

      postgres = server(data, port);
      // Each asks again within ten seconds; a minute later, no call is counted that nobody knows.
      Instant exact = Instant.now().plusSeconds(75);
      while (Instant.now().isBefore(exact)) {
        await(Operation.BULK_IMPORT_PROFILES, count(Operation.BULK_IMPORT_PROFILES) + 1);
      }
      Instant again = Instant.now();
      int before = count(Operation.BULK_IMPORT_PROFILES);
      await(Operation.BULK_IMPORT_PROFILES, before + 150);
      assertThat(Duration.between(again, Instant.now())).isLessThan(Duration.ofSeconds(62));
      assertThat(rateLimited(klaviyo)).noneMatch(request -> request.at().isAfter(exact));
    } finally {
      hosts.forEach(HostProcess::close);
      postgres.close();
    }
  }

  private static EmbeddedPostgres server(Path data, int port) throws Exception {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .start();
  }

  private FakeKlaviyo account() {
    FakeKlaviyo klaviyo = FakeKlaviyo.builder().keepBodies(false).start();
    klaviyo
        .wireMock()
        .addMockServiceRequestListener(
            (request, response) -> {
              if (response.getStatus() < 300) {
                called(
                    request.getMethod().getName().equals("POST")
                        ? Operation.BULK_IMPORT_PROFILES
                        : Operation.GET_PROFILES_FOR_LIST,
                    request.getUrl());
              }
            });
    return klaviyo;
  }

  private void called(Operation operation, String url) {
    String path = url.replaceFirst("\\?.*", "");
    if (path.matches(operation.path().replace("{id}", "[^/]+"))) {
      synchronized (watches) {
        int now = calls.merge(operation, 1, Integer::sum);
        watches.removeIf(
            watch -> {
              boolean reached = watch.operation == operation && now >= watch.calls;
              if (reached) {
                watch.reached.complete(null);
              }
              return reached;
            });
      }
    }
  }

  private int count(Operation operation) {
    synchronized (watches) {
      return calls.getOrDefault(operation, 0);
    }
  }

  /** Waits until so many calls of an operation have been let in. */
  private void await(Operation operation, int calls) throws Exception {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    synchronized (watches) {
      if (count(operation) >= calls) {
        return;
      }
      watches.add(new Watch(operation, calls, reached));
    }
    reached.get(3, TimeUnit.MINUTES);
  }

  private static String database() throws Exception {
    try (Connection connection = Postgres.server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE several_hosts");
    }
    return Postgres.server().getJdbcUrl("postgres", "several_hosts");
  }

  /** Takes permits as a host does that calls, and has its answers. */
  private static void takeFromMinute(String database, int calls) throws Exception {
    String operation = "get list members";
    try (Connection connection = DriverManager.getConnection(database)) {
      JdbcPermits permits = JdbcPermits.on(HostProcess.lending(connection), "shop-eu");
      for (int i = 0; i < calls; i++) {
        Permit permit = permits.ask(operation, List.of(new Window(750, MINUTE)));
        assertThat(permit.isGiven()).isTrue();
        permits.answered(operation, permit.id());
      }
    }
  }

  private static List<HostProcess> start(FakeKlaviyo klaviyo, String database) throws Exception {
    assumeThat(Files.isExecutable(Path.of("/bin/kill"))).as("signals of POSIX").isTrue();
    List<HostProcess> hosts = new ArrayList<>();
    for (Duration ahead : AHEAD) {
      hosts.add(HostProcess.start(klaviyo, database, ahead));
    }
    for (HostProcess host : hosts) {
      host.awaitReady();
    }
    return hosts;
  }

  private static void tellAll(List<HostProcess> hosts, String command) throws Exception {
    for (HostProcess host : hosts) {
      host.tell(command);
    }
  }

  private static boolean said(HostProcess host, String words) {
    return host.said().stream().anyMatch(line -> line.contains(words));
  }

  private static List<RecordedRequest> rateLimited(FakeKlaviyo klaviyo) {
    return klaviyo.requests().stream().filter(request -> request.status() == 429).toList();
  }

  /** How long it took from the first to the last of so many calls. */
  private static Duration took(FakeKlaviyo klaviyo, Operation operation, int calls) {
    List<RecordedRequest> requests = klaviyo.requests(operation);
    return Duration.between(requests.get(0).at(), requests.get(calls - 1).at());
  }
}
