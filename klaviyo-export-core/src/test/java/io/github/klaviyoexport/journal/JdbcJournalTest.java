package io.github.klaviyoexport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.WatchedDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a journal in a database adds to the contract: broken connections, and the tables it makes.
 */
class JdbcJournalTest extends JournalInDatabase {
  // Who has it

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
    DataSource database = Databases.wholePostgres();
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

  private static long number(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
