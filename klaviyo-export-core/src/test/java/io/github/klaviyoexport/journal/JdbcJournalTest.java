package io.github.klaviyoexport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.TestTime;
import io.github.klaviyoexport.testing.WatchedDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a journal in a database adds to the contract: holds that end, broken connections, tables.
 */
class JdbcJournalTest {
  private static final String KEY = "vip-eu";

  private enum Product {
    H2,
    POSTGRESQL;

    DataSource fresh() {
      return this == H2 ? Databases.h2() : Databases.postgres();
    }
  }

  private final TestTime time = new TestTime();

  // Who has it

  @ParameterizedTest
  @EnumSource
  void a_holder_is_named_with_how_long_it_may_still_be_silent(Product product) throws Exception {
    DataSource database = product.fresh();
    JdbcJournal.on(database).open(KEY);
    silence(database, Duration.ofSeconds(100));

    assertThatThrownBy(() -> JdbcJournal.on(database).open(KEY))
        .isInstanceOf(LogHeldException.class)
        .message()
        .matches(
            "This export is being run by process "
                + ProcessHandle.current().pid()
                + " on .+ since 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ: wait until it ends, or"
                + " stop it there before running it here\\. If that process is dead, its hold ends"
                + " in (1\\d|20) s by itself\\.");
  }

  @ParameterizedTest
  @EnumSource
  void processes_that_start_at_once_make_the_tables_together(Product product) throws Exception {
    // They get into each other's way in one round of several only.
    for (int round = 0; round < 20; round++) {
      startAtOnce(product.fresh());
    }
  }

  private static void startAtOnce(DataSource empty) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(4);
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      List<Future<JournalLog>> logs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String key = KEY + i;
        logs.add(
            executor.submit(
                () -> {
                  barrier.await();
                  return JdbcJournal.on(empty).open(key);
                }));
      }
      for (Future<JournalLog> log : logs) {
        try (JournalLog open = log.get()) {
          assertThat(lines(open)).isEmpty();
        }
      }
    } finally {
      executor.shutdown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_holder_that_was_silent_for_two_minutes_is_taken_for_dead(Product product)
      throws Exception {
    DataSource database = product.fresh();
    JournalLog dead = JdbcJournal.on(database).open(KEY);
    dead.append("before");
    silence(database, Duration.ofMinutes(2));

    try (JournalLog next = JdbcJournal.on(database).open(KEY)) {
      next.append("after");

      assertThat(lines(next)).containsExactly("before", "after");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_holder_that_was_only_thought_dead_can_write_no_more(Product product) throws Exception {
    DataSource database = product.fresh();
    JournalLog slow = JdbcJournal.on(database).time(time).open(KEY);
    slow.append("before");
    JournalLog slower = taken(database);

    try (JournalLog next = JdbcJournal.on(database).open(KEY)) {
      String advice =
          "The log vip-eu was taken over by another process, because nothing was heard from this"
              + " one for 2 minutes: this export stops here, and the other goes on from what is"
              + " written.";
      pass(Duration.ofSeconds(20));
      assertThatThrownBy(slow::keepAlive).isInstanceOf(IOException.class).hasMessage(advice);
      assertThatThrownBy(() -> slow.append("too late")).hasMessage(advice);
      assertThatThrownBy(() -> slower.restart("too late")).hasMessage(advice);
      slow.close();
      slower.close();

      assertThatThrownBy(() -> JdbcJournal.on(database).open(KEY))
          .isInstanceOf(LogHeldException.class);
      next.append("after");
      assertThat(lines(next)).containsExactly("before", "after");
    }
  }

  /** Takes over a log whose holder is silent, and falls silent too. */
  private static JournalLog taken(DataSource database) throws Exception {
    silence(database, Duration.ofMinutes(2));
    JournalLog log = JdbcJournal.on(database).open(KEY);
    silence(database, Duration.ofMinutes(2));
    return log;
  }

  @ParameterizedTest
  @EnumSource
  void a_holder_that_nobody_took_over_goes_on_after_any_silence(Product product) throws Exception {
    DataSource database = product.fresh();
    try (JournalLog log = JdbcJournal.on(database).open(KEY)) {
      silence(database, Duration.ofHours(1));
      log.append("back");

      assertThatThrownBy(() -> JdbcJournal.on(database).open(KEY))
          .isInstanceOf(LogHeldException.class);
      assertThat(lines(log)).containsExactly("back");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_word_from_the_holder_makes_the_two_minutes_begin_anew(Product product) throws Exception {
    DataSource database = product.fresh();
    try (JournalLog log = JdbcJournal.on(database).time(time).open(KEY)) {
      for (int i = 0; i < 3; i++) {
        silence(database, Duration.ofSeconds(119));
        pass(Duration.ofSeconds(20));
        log.keepAlive();
        assertThatThrownBy(() -> JdbcJournal.on(database).open(KEY))
            .hasMessageMatching(".* its hold ends in 1(1\\d|20) s by itself\\.");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void holders_in_different_time_zones_understand_each_other(Product product) throws Exception {
    DataSource database = product.fresh();
    var west = WatchedDataSource.of(database).greeting("SET TIME ZONE 'America/Los_Angeles'");
    var east = WatchedDataSource.of(database).greeting("SET TIME ZONE 'Pacific/Auckland'");

    try (JournalLog log = JdbcJournal.on(west.dataSource()).open(KEY)) {
      assertThatThrownBy(() -> JdbcJournal.on(east.dataSource()).open(KEY))
          .hasMessageMatching(".* its hold ends in 1(1\\d|20) s by itself\\.");
      log.append("still ours");
    }
    try (JournalLog log = JdbcJournal.on(east.dataSource()).open(KEY)) {
      assertThatThrownBy(() -> JdbcJournal.on(west.dataSource()).open(KEY))
          .hasMessageMatching(".* its hold ends in 1(1\\d|20) s by itself\\.");
      log.append("ours now");
    }
  }

  @Test
  void the_database_hears_of_the_holder_every_twenty_seconds_at_most() throws Exception {
    var watched = WatchedDataSource.of(Databases.h2());
    try (JournalLog log = JdbcJournal.on(watched.dataSource()).time(time).open(KEY)) {
      int before = watched.taken();
      for (int second = 0; second < 100; second++) {
        log.keepAlive();
        log.keepAlive();
        pass(Duration.ofSeconds(1));
      }
      assertThat(watched.taken() - before).isEqualTo(4);

      log.append("a line is a word too");
      log.keepAlive();
      assertThat(watched.taken() - before).isEqualTo(5);
    }
  }

  @Test
  void a_hiccup_of_the_database_while_there_is_time_is_no_reason_to_stop() throws Exception {
    var watched = WatchedDataSource.of(Databases.h2());
    try (JournalLog log = JdbcJournal.on(watched.dataSource()).time(time).open(KEY)) {
      watched.breakBefore("getConnection");
      pass(Duration.ofSeconds(30));
      log.keepAlive();
      watched.repair();
      pass(Duration.ofSeconds(29));
      log.keepAlive();

      watched.breakBefore("getConnection");
      pass(Duration.ofSeconds(59));
      log.keepAlive();
      pass(Duration.ofSeconds(30));
      assertThatThrownBy(log::keepAlive)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("The journal could not say that its export is alive, because");
      watched.repair();
      log.append("goes on");
    }
  }

  @Test
  void a_closed_log_does_nothing_more() throws Exception {
    JournalLog log = JdbcJournal.on(Databases.h2()).time(time).open(KEY);
    assertThatThrownBy(() -> log.append("two\nlines")).isInstanceOf(IllegalArgumentException.class);
    log.close();
    pass(Duration.ofMinutes(1));

    assertThatThrownBy(() -> log.append("one")).hasMessage("This log is closed: open it again.");
    assertThatThrownBy(log::keepAlive).hasMessage("This log is closed: open it again.");
    assertThatThrownBy(() -> log.replay(line -> {}))
        .hasMessage("This log is closed: open it again.");
  }

  // Broken connections

  @ParameterizedTest
  @EnumSource
  void every_connection_is_given_back_as_it_was(Product product) throws Exception {
    for (boolean autoCommit : new boolean[] {true, false}) {
      var watched = WatchedDataSource.of(product.fresh()).autoCommit(autoCommit);
      ExportJournal journal = JdbcJournal.on(watched.dataSource());
      try (JournalLog log = journal.open(KEY)) {
        assertThat(watched.open()).isZero();
        log.append("one");
        log.restart("two");
        log.keepAlive();
        lines(log);
        assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
        assertThat(watched.open()).isZero();
      }
      assertThat(watched.open()).isZero();
      assertThat(watched.returnedChanged()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_connection_is_given_back_even_if_it_is_broken(Product product) throws Exception {
    var watched = WatchedDataSource.of(product.fresh());
    try (JournalLog log = JdbcJournal.on(watched.dataSource()).open(KEY)) {
      log.append("one");
      for (String method :
          List.of("getAutoCommit", "setAutoCommit", "prepareStatement", "rollback", "commit")) {
        watched.breakBefore(method);
        assertThatThrownBy(
                () ->
                    log.replay(
                        line -> {
                          throw new IllegalStateException("to be rolled back");
                        }))
            .as(method)
            .isInstanceOf(Exception.class);
        watched.repair();

        assertThat(watched.open()).as(method).isZero();
      }
      assertThat(lines(log)).containsExactly("one");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_write_that_failed_is_there_or_not_and_only_opening_again_tells(Product product)
      throws Exception {
    var watched = WatchedDataSource.of(product.fresh());
    ExportJournal journal = JdbcJournal.on(watched.dataSource());
    List<String> expected = new ArrayList<>();
    for (String method : List.of("getConnection", "prepareStatement", "commit")) {
      for (boolean before : new boolean[] {true, false}) {
        JournalLog log = journal.open(KEY);
        String line = (before ? "before " : "after ") + method;
        if (before) {
          watched.breakBefore(method);
        } else {
          watched.breakAfter(method);
        }
        assertThatThrownBy(() -> log.append(line))
            .isInstanceOf(IOException.class)
            .hasMessage(
                "The journal could not write to the log vip-eu, because its database failed (SQL"
                    + " state 08006, code 0): see to the database, then run the export again; it"
                    + " goes on from what is written.");
        watched.repair();
        assertThatThrownBy(() -> log.append("too soon"))
            .hasMessage(
                "An earlier write to the log vip-eu failed: close the log and open it again.");
        log.close();
        if (line.equals("after commit")) {
          expected.add(line);
        }
        try (JournalLog again = journal.open(KEY)) {
          again.append("goes on");
          expected.add("goes on");
          assertThat(lines(again)).as(line).isEqualTo(expected);
        }
      }
    }
    assertThat(watched.open()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void a_restart_that_failed_has_taken_nothing_away(Product product) throws Exception {
    var watched = WatchedDataSource.of(product.fresh());
    ExportJournal journal = JdbcJournal.on(watched.dataSource());
    try (JournalLog log = journal.open(KEY)) {
      log.append("old one");
      log.append("old two");
      watched.breakBefore("commit");
      assertThatThrownBy(() -> log.restart("new")).isInstanceOf(IOException.class);
      watched.repair();
    }
    try (JournalLog log = journal.open(KEY)) {
      assertThat(lines(log)).containsExactly("old one", "old two");
    }
  }

  @Test
  void a_hold_that_could_not_be_ended_ends_by_itself() throws Exception {
    var watched = WatchedDataSource.of(Databases.h2());
    ExportJournal journal = JdbcJournal.on(watched.dataSource());
    JournalLog log = journal.open(KEY);
    watched.breakBefore("getConnection");

    assertThatThrownBy(log::close)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "The journal could not let go of the log vip-eu before its hold ends by itself in two"
                + " minutes, because its database failed");
    log.close();
  }

  @ParameterizedTest
  @EnumSource
  void what_a_database_says_about_a_line_is_not_passed_on(Product product) throws Exception {
    DataSource database = product.fresh();
    try (JournalLog log = JdbcJournal.on(database).open(KEY)) {
      run(
          database,
          "ALTER TABLE klaviyo_export_journal_line ADD CONSTRAINT no_canary"
              + " CHECK (line NOT LIKE 'canary%')");

      assertThatThrownBy(() -> log.append("canary-4711"))
          .hasMessageContaining("SQL state 23")
          .satisfies(
              thrown -> {
                var trace = new StringWriter();
                thrown.printStackTrace(new PrintWriter(trace));
                assertThat(trace.toString()).contains("is left out").doesNotContain("canary-4711");
              });
    }
  }

  // Tables

  @ParameterizedTest
  @EnumSource
  void journals_with_different_prefixes_have_nothing_in_common(Product product) throws Exception {
    DataSource database = product.fresh();
    run(database, "CREATE SCHEMA exports");
    ExportJournal one = JdbcJournal.on(database);
    ExportJournal other = JdbcJournal.on(database).tablePrefix("exports.shop_");
    try (JournalLog ofOne = one.open(KEY);
        JournalLog ofOther = other.open(KEY)) {
      ofOne.append("one");
      ofOther.append("other");

      assertThat(lines(ofOne)).containsExactly("one");
      assertThat(lines(ofOther)).containsExactly("other");
    }
    assertThat(number(database, "SELECT COUNT(*) FROM exports.shop_journal_line")).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "a b",
        "a;",
        "a.b.c",
        "A_",
        "a'",
        "a-",
        "abcdefghijklmnopqrstuvwxyz12345"
      })
  void a_prefix_is_checked_before_it_becomes_a_part_of_a_statement(String prefix) {
    JdbcJournal journal = JdbcJournal.on(Databases.h2());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> journal.tablePrefix(prefix))
        .withMessageStartingWith("A table prefix has 1 to 30 characters of a-z, 0-9 and _");
  }

  @ParameterizedTest
  @EnumSource
  void tables_of_a_later_version_are_left_alone(Product product) throws Exception {
    DataSource database = product.fresh();
    JdbcJournal.on(database).open(KEY).close();
    run(database, "INSERT INTO klaviyo_export_journal_schema (version) VALUES (2)");

    assertThatThrownBy(() -> JdbcJournal.on(database).open(KEY))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "The journal's tables are of version 2, and this version of the library knows 1: use"
                + " the version of the library that made them, or another table prefix.");
  }

  @Test
  void a_user_who_may_make_no_tables_is_shown_what_to_ask_for() throws Exception {
    DataSource database = Databases.postgres();
    String clerk = "clerk_" + ProcessHandle.current().pid();
    run(database, "CREATE ROLE " + clerk);
    var asClerk = WatchedDataSource.of(database).greeting("SET ROLE " + clerk);
    ExportJournal journal = JdbcJournal.on(asClerk.dataSource());
    List<String> statements = new ArrayList<>();

    assertThatThrownBy(() -> journal.open(KEY))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "The journal's tables are missing, and its database user could not make them. Let that"
                + " user make tables, or have these made for it, with types that hold as much:\n")
        .satisfies(
            thrown ->
                statements.addAll(List.of(thrown.getMessage().split("\n", 2)[1].split(";\n?"))));
    for (String statement : statements) {
      run(database, statement);
    }
    run(
        database,
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + clerk);

    try (JournalLog log = journal.open(KEY)) {
      log.restart("one");
      assertThat(lines(log)).containsExactly("one");
    }
  }

  @Test
  void a_database_that_is_away_is_not_taken_for_one_without_tables() {
    var watched = WatchedDataSource.of(Databases.h2());
    watched.breakBefore("getConnection");

    assertThatThrownBy(() -> JdbcJournal.on(watched.dataSource()).open(KEY))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "The journal could not look for its tables, because its database failed (SQL state"
                + " 08006, code 0): see to the database, then run the export again; it goes on from"
                + " what is written.")
        .hasCauseInstanceOf(SQLException.class);
  }

  @Test
  void tables_that_were_only_half_made_are_completed() throws Exception {
    DataSource database = Databases.h2();
    JdbcJournal.on(database).open(KEY).close();
    run(database, "DROP TABLE klaviyo_export_journal_line");
    run(database, "DELETE FROM klaviyo_export_journal_schema");

    try (JournalLog log = JdbcJournal.on(database).open(KEY)) {
      log.append("one");
      assertThat(lines(log)).containsExactly("one");
    }
  }

  @Test
  void it_calls_itself_by_its_tables() {
    assertThat(JdbcJournal.on(Databases.h2()).tablePrefix("shop_"))
        .hasToString("JdbcJournal[shop_journal_log, shop_journal_line]");
  }

  /** Makes the holder one that was not heard of for so long, by the database's clock. */
  private static void silence(DataSource database, Duration duration) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement select = connection.createStatement();
        ResultSet now = select.executeQuery("VALUES (CURRENT_TIMESTAMP)");
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE klaviyo_export_journal_log SET renewed_at = ? WHERE log_key = ?")) {
      now.next();
      update.setTimestamp(1, Timestamp.from(now.getTimestamp(1).toInstant().minus(duration)));
      update.setString(2, KEY);
      assertThat(update.executeUpdate()).isOne();
    }
  }

  private void pass(Duration duration) throws InterruptedException {
    time.await(new Semaphore(0), duration, false);
  }

  private static List<String> lines(JournalLog log) throws IOException {
    var lines = new ArrayList<String>();
    log.replay(lines::add);
    return lines;
  }

  private static void run(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
