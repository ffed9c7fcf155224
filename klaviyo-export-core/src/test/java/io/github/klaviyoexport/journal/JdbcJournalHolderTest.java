package io.github.klaviyoexport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.internal.jdbc.Transactions;
import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.TestTime;
import io.github.klaviyoexport.testing.WatchedDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which process has a log: a holder that is silent for two minutes may be taken for dead, and
 * writes no more once another has taken over.
 */
class JdbcJournalHolderTest extends JournalInDatabase {
  private final TestTime time = new TestTime();

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
  void a_hold_that_the_database_dates_years_ahead_ends_like_any_other(Product product)
      throws Exception {
    DataSource database = product.fresh();
    JournalLog wrong = JdbcJournal.on(database).open(KEY);
    wrong.append("before");
    silence(database, Duration.ofDays(-3_650));

    try (JournalLog next = JdbcJournal.on(database).open(KEY)) {
      next.append("after");

      assertThatThrownBy(() -> wrong.append("too late")).message().contains("was taken over");
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
  void a_holder_that_said_how_long_it_may_be_silent_is_taken_at_its_word(Product product)
      throws Exception {
    DataSource database = product.fresh();
    JdbcJournal journal = JdbcJournal.on(database).time(time);
    JournalLog brief = journal.open(KEY, Duration.ofSeconds(20));
    silence(database, Duration.ofSeconds(15));
    assertThatThrownBy(() -> JdbcJournal.on(database).open(KEY))
        .hasMessageMatching(".* its hold ends in [345] s by itself\\.")
        .isInstanceOfSatisfying(
            LogHeldException.class,
            held -> assertThat(held.left().orElseThrow()).isLessThan(Duration.ofSeconds(6)));
    silence(database, Duration.ofSeconds(20));

    JournalLog patient = journal.open(KEY, Duration.ofMinutes(10));
    assertThatThrownBy(() -> brief.append("too late"))
        .hasMessage(
            "The log vip-eu was taken over by another process, because nothing was heard from this"
                + " one for 20 seconds: this export stops here, and the other goes on from what is"
                + " written.");
    silence(database, Duration.ofMinutes(9));
    assertThatThrownBy(() -> journal.open(KEY, Duration.ofSeconds(20)))
        .isInstanceOf(LogHeldException.class);
    patient.append("still ours");
    brief.close();
    patient.close();
  }

  @ParameterizedTest
  @EnumSource
  void a_holder_that_is_stopped_in_the_midst_of_a_transaction_holds_nobody_up(Product product)
      throws Exception {
    DataSource database = product.fresh();
    JournalLog log = JdbcJournal.on(database).open(KEY);
    silence(database, Duration.ofHours(1));
    try (Connection stopped = database.getConnection();
        Statement statement = stopped.createStatement()) {
      stopped.setAutoCommit(false);
      statement.executeUpdate("UPDATE klaviyo_export_journal_log SET token = token");

      assertThatThrownBy(() -> JdbcJournal.on(database).open(KEY))
          .isInstanceOfSatisfying(
              LogHeldException.class,
              held -> assertThat(held.left()).contains(Duration.ofSeconds(10)));
      stopped.rollback();
    }
    JdbcJournal.on(database).open(KEY).close();
    log.close();
  }

  @Test
  void postgresql_ends_a_transaction_of_a_stopped_process_by_itself() throws Exception {
    Transactions transactions = new Transactions(Product.POSTGRESQL.fresh());

    assertThat(
            transactions.<String, SQLException>transact(
                connection -> shown(connection, "SHOW idle_in_transaction_session_timeout")))
        .isEqualTo("15s");
    assertThat(
            transactions.<String, SQLException>transact(
                connection -> shown(connection, "SHOW lock_timeout")))
        .isEqualTo("5s");
  }

  private static String shown(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet shown = statement.executeQuery(sql)) {
      shown.next();
      return shown.getString(1);
    }
  }

  @Test
  void one_that_may_be_silent_for_a_short_time_only_says_more_often_that_it_lives()
      throws Exception {
    var watched = WatchedDataSource.of(Databases.h2());
    JdbcJournal journal = JdbcJournal.on(watched.dataSource()).time(time);
    try (JournalLog log = journal.open(KEY, Duration.ofSeconds(20))) {
      int before = watched.taken();
      for (int beat = 0; beat < 10; beat++) {
        pass(Duration.ofSeconds(10));
        log.keepAlive();
      }
      assertThat(watched.taken() - before).isEqualTo(10);

      watched.breakBefore("getConnection");
      pass(Duration.ofSeconds(10));
      log.keepAlive();
      pass(Duration.ofSeconds(10));
      assertThatThrownBy(log::keepAlive).isInstanceOf(IOException.class);
      watched.repair();
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
}
