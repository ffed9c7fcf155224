package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.call.Quota.Decision;
import io.github.klaviyoexport.internal.call.Quota.Slot;
import io.github.klaviyoexport.klaviyo.PermitsByTestTime;
import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.LendingPool;
import io.github.klaviyoexport.testing.TestTime;
import io.github.klaviyoexport.testing.WatchedDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callers without end against a server that counts: its windows are used up and hardly ever
 * exceeded.
 */
class QuotaLoadTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long MILLI = Duration.ofMillis(1).toNanos();
  private final TestTime time = new TestTime();
  private final Quota quota = new Quota(Endpoint.IMPORT_PROFILES, time, null);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void never_exceeds_klaviyos_windows_wherever_their_edges_lie_and_however_long_calls_take(
      long seed) {
    Random random = new Random(seed);
    long longest = 1 + random.nextInt(4_000) * MILLI;
    Server server = new Server(0, 0);
    for (int i = 0; i < 12; i++) {
      new Caller(quota, server, random, () -> nextUpTo(longest, random)).start();
    }

    time.pass(Duration.ofMinutes(4));

    assertThat(server.counted).as("calls").hasSizeGreaterThan(200);
    // No window of a phase of any kind holds more than its quota if this many calls never do.
    assertThat(shortestSpanOf(11, server.counted)).isGreaterThanOrEqualTo(SECOND);
    assertThat(shortestSpanOf(151, server.counted)).isGreaterThanOrEqualTo(60 * SECOND);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void hands_over_100_batches_within_12_seconds_and_never_meets_a_429_when_alone(long seed) {
    Random random = new Random(seed);
    Server server = new Server(random.nextLong(SECOND), random.nextLong(60 * SECOND));
    for (int i = 0; i < 4; i++) {
      new Caller(quota, server, random, () -> nextUpTo(150 * MILLI, random)).start();
    }

    time.pass(Duration.ofSeconds(12));

    assertThat(server.counted).hasSizeGreaterThanOrEqualTo(100);
    assertThat(server.rejected).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void four_processes_on_one_account_use_it_up_with_at_most_ten_rejections_a_minute_each(
      long seed) {
    Random random = new Random(seed);
    Server server = new Server(random.nextLong(SECOND), 0);
    List<List<Caller>> processes = new ArrayList<>();
    for (int process = 0; process < 4; process++) {
      Quota own = new Quota(Endpoint.IMPORT_PROFILES, time, null);
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Caller caller = new Caller(own, server, random, () -> nextUpTo(600 * MILLI, random));
        callers.add(caller);
        time.in(Duration.ofNanos(random.nextLong(SECOND)), caller::start);
      }
      processes.add(callers);
    }

    time.pass(Duration.ofMinutes(30));

    assertThat(processes)
        .as("rejections in 30 minutes")
        .allMatch(callers -> callers.stream().mapToInt(c -> c.rejections).sum() <= 30 * 10);
    assertThat(server.counted.size() / (30 * 150.0))
        .as("how much of the quota was used")
        .isBetween(0.95, 1.0);
  }

  static Stream<DataSource> databases() {
    return Stream.of(
        new LendingPool(Databases.h2()).dataSource(),
        new LendingPool(Databases.postgres()).dataSource());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void four_processes_with_permits_of_one_database_use_the_account_up_and_meet_no_429(
      DataSource database) {
    Random random = new Random(7);
    Server server = new Server(random.nextLong(SECOND), 0);
    for (int process = 0; process < 4; process++) {
      Quota own = new Quota(Endpoint.IMPORT_PROFILES, time, PermitsByTestTime.on(database, time));
      for (int i = 0; i < 4; i++) {
        Caller caller = new Caller(own, server, random, () -> nextUpTo(600 * MILLI, random));
        time.in(Duration.ofNanos(random.nextLong(SECOND)), caller::start);
      }
    }

    time.pass(Duration.ofMinutes(2));

    assertThat(server.rejected).isZero();
    assertThat(server.counted.size() / (2 * 150.0))
        .as("how much of the quota was used")
        .isBetween(0.98, 1.01);
  }

  @Test
  void without_their_database_they_space_their_calls_evenly_say_so_once_and_come_back() {
    WatchedDataSource database = WatchedDataSource.of(Databases.h2());
    Server server = new Server(0, 0);
    Random random = new Random(7);
    Quota own =
        new Quota(
            Endpoint.IMPORT_PROFILES, time, PermitsByTestTime.on(database.dataSource(), time));
    Caller caller = new Caller(own, server, random, () -> 20 * MILLI);
    caller.start();
    time.pass(Duration.ofSeconds(2));

    database.breakBefore("getConnection");
    time.pass(Duration.ofSeconds(60));
    int before = server.counted.size();
    time.pass(Duration.ofSeconds(60));

    assertThat(server.counted.size() - before).as("calls of a minute").isBetween(145, 151);
    assertThat(caller.troubles)
        .singleElement()
        .asString()
        .contains("cannot be had", "SQL state", "evenly");

    database.repair();
    time.pass(Duration.ofSeconds(70));
    before = server.counted.size();
    time.pass(Duration.ofSeconds(60));
    assertThat(server.rejected).isZero();
    assertThat(server.counted.size() - before).isGreaterThanOrEqualTo(148);
    assertThat(caller.troubles).hasSize(1);
  }

  @Test
  void a_429_is_told_once_as_the_doing_of_somebody_without_permits() {
    Server server = new Server(0, 0);
    Random random = new Random(7);
    Quota own =
        new Quota(Endpoint.IMPORT_PROFILES, time, PermitsByTestTime.on(Databases.h2(), time));
    Caller caller = new Caller(own, server, random, () -> 20 * MILLI);
    Caller stranger = new Caller(quota, server, random, () -> 20 * MILLI);
    caller.start();
    stranger.start();

    time.pass(Duration.ofMinutes(3));

    assertThat(caller.rejections).isGreaterThan(1);
    assertThat(caller.troubles)
        .singleElement()
        .asString()
        .contains("429", "import profiles", "another name for the account", "share(...)");
    assertThat(stranger.troubles).isEmpty();
  }

  private static long nextUpTo(long nanos, Random random) {
    return random.nextLong(nanos + 1);
  }

  private static long shortestSpanOf(int calls, List<Long> counted) {
    List<Long> sorted = counted.stream().sorted().toList();
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i + calls <= sorted.size(); i++) {
      shortest = Math.min(shortest, sorted.get(i + calls - 1) - sorted.get(i));
    }
    return shortest;
  }

  /** Klaviyo's side: fixed windows, whose edges lie anywhere. */
  private static final class Server {
    private final Edge second;
    private final Edge minute;
    private final List<Long> counted = new ArrayList<>();
    private int rejected;

    Server(long secondPhase, long minutePhase) {
      second = new Edge(10, SECOND, secondPhase);
      minute = new Edge(150, 60 * SECOND, minutePhase);
    }

    /** Counts a call; returns nothing when it is let in, else how many seconds to stay away. */
    @Nullable Duration call(long at) {
      long wait = Math.max(second.untilRoom(at), minute.untilRoom(at));
      if (wait > 0) {
        rejected++;
        return Duration.ofSeconds((wait + SECOND - 1) / SECOND);
      }
      second.calls++;
      minute.calls++;
      counted.add(at);
      return null;
    }
  }

  private static final class Edge {
    private final int quota;
    private final long length;
    private final long phase;
    private long window = -1;
    private int calls;

    Edge(int quota, long length, long phase) {
      this.quota = quota;
      this.length = length;
      this.phase = phase;
    }

    long untilRoom(long at) {
      long now = (at + phase) / length;
      if (now != window) {
        window = now;
        calls = 0;
      }
      return calls < quota ? 0 : length - (at + phase) % length;
    }
  }

  /** Someone with calls to make without end, each counted at some moment while it is under way. */
  private final class Caller {
    private final Quota quota;
    private final Server server;
    private final Random random;
    private final LongSupplier latency;
    private final Slot slot = new Slot(new Quota.Caller());
    private final List<String> troubles = new ArrayList<>();
    private int rejections;

    Caller(Quota quota, Server server, Random random, LongSupplier latency) {
      this.quota = quota;
      this.server = server;
      this.random = random;
      this.latency = latency;
    }

    void start() {
      Decision decision = quota.ask(1, true, slot);
      if (decision.trouble() != null) {
        troubles.add(decision.trouble());
      }
      Quota.CountedCall call = decision.call();
      if (call == null) {
        time.in(decision.delay(), this::start);
        return;
      }
      long takes = latency.getAsLong();
      long there = nextUpTo(takes, random);
      time.in(
          Duration.ofNanos(there),
          () -> {
            Duration retryAfter = server.call(time.elapsed().toNanos());
            time.in(
                Duration.ofNanos(takes - there),
                () -> {
                  call.answered();
                  if (retryAfter != null) {
                    rejections++;
                    quota.rateLimited(retryAfter);
                  }
                  start();
                });
          });
    }
  }
}
