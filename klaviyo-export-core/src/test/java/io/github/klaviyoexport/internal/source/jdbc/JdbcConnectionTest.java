package io.github.klaviyoexport.internal.source.jdbc;

import static io.github.klaviyoexport.internal.source.jdbc.Customers.VIP;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.make;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.rest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.LendingPool;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the connections that a source borrows, and of the queries that it runs. */
@Timeout(60)
class JdbcConnectionTest {
  private static final String QUERY = "select * from customers where segment = :segment";

  private final DataSource database = Databases.wholePostgres();
  private final LendingPool pool = new LendingPool(database);

  @BeforeEach
  void makes_customers() throws SQLException {
    make(database, 300);
    // So that a page is read by the index, row by row, as of a large table.
    Customers.run(
        database,
        "create function slow() returns int language sql stable as 'select 1 from pg_sleep(60)'",
        "do 'begin execute ''alter database '' || current_database()"
            + " || '' set enable_sort = off''; end'");
  }

  private List<JdbcSource> bothWays(String query) {
    JdbcSource source = JdbcSource.of(pool.dataSource(), query).pageSize(50);
    return List.of(source, source.orderedBy("id"));
  }

  /** Asserts that the connection that was lent is as it was, and in no transaction. */
  private void isBack() throws SQLException {
    assertThat(pool.lent()).as("connections that are out").isZero();
    Connection connection = pool.take();
    assertThat(connection.getAutoCommit()).as("auto-commit").isTrue();
    assertThat(connection.isReadOnly()).as("read only").isFalse();
    assertThat(connection.getNetworkTimeout()).as("network timeout").isZero();
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.getQueryTimeout()).as("query timeout").isZero();
      assertThat(count(statement, "state like 'idle in%'")).as("open transactions").isZero();
      assertThat(count(statement, "state = 'active'")).as("running queries").isZero();
    }
    pool.putBack(connection);
  }

  private static int count(Statement statement, String condition) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select count(*) from pg_stat_activity where datname = current_database()"
                + " and pid <> pg_backend_pid() and "
                + condition)) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void a_connection_goes_back_as_it_came_at_the_end_midway_and_unread() throws Exception {
    for (JdbcSource source : bothWays(QUERY)) {
      try (ProfileReader reader = source.open(VIP)) {
        assertThat(rest(reader)).hasSize(300);
        assertThat(pool.lent()).as("at the end, before it is closed").isZero();
      }
      isBack();
      try (ProfileReader reader = source.open(VIP)) {
        reader.next();
      }
      isBack();
      source.open(VIP).close();
      isBack();
    }
  }

  @Test
  void a_connection_that_came_otherwise_goes_back_otherwise() throws Exception {
    Connection other = pool.take();
    other.setReadOnly(true);
    other.setAutoCommit(false);
    other.setNetworkTimeout(Runnable::run, 77_000);
    pool.putBack(other);

    for (JdbcSource source : bothWays(QUERY)) {
      try (ProfileReader reader = source.open(VIP)) {
        assertThat(rest(reader)).hasSize(300);
      }
      assertThat(other.isReadOnly()).isTrue();
      assertThat(other.getAutoCommit()).isFalse();
      assertThat(other.getNetworkTimeout()).isEqualTo(77_000);
    }
  }

  @Test
  void h2_gets_its_query_timeout_back_too() throws Exception {
    LendingPool h2 = new LendingPool(Product.H2.fresh());
    make(h2.dataSource(), 3);
    Connection connection = h2.take();
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(77);
    }
    h2.putBack(connection);

    Customers.all(JdbcSource.of(h2.dataSource(), QUERY).orderedBy("id").pageSize(1));

    try (Statement statement = connection.createStatement()) {
      assertThat(statement.getQueryTimeout()).isEqualTo(77);
    }
  }

  @Test
  void a_connection_comes_back_when_the_query_fails_in_its_middle() throws Exception {
    for (JdbcSource source :
        bothWays("select id, 1 / (280 - id) as share from customers where segment = :segment")) {
      try (ProfileReader reader = source.open(VIP)) {
        assertThatThrownBy(() -> rest(reader))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("SQLState 22012");
        assertThat(pool.lent()).as("after the failure, before it is closed").isZero();
      }
      isBack();
    }
  }

  @Test
  void a_query_has_a_time_limit() throws Exception {
    for (JdbcSource source : bothWays("select id, pg_sleep(60) from customers")) {
      assertThatThrownBy(() -> source.queryTimeout(Duration.ofSeconds(1)).open(VIP))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("time limit of 1 second");
      isBack();
    }
  }

  @Test
  void closing_from_another_thread_cancels_the_query_that_is_being_run() throws Exception {
    String slowAtThe170th = "select id, case when id = 170 then slow() end as slow from customers";
    for (JdbcSource source : bothWays(slowAtThe170th)) {
      ProfileReader reader = source.open(VIP);
      CompletableFuture<Void> reading = readingOn(reader);
      awaitSleeping(reading);
      reader.close();

      assertThatThrownBy(() -> reading.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterruptedIOException.class)
          .hasMessageContaining("was closed while it was read");
      isBack();
    }
  }

  @Test
  void a_query_has_a_time_limit_in_its_middle_too() throws Exception {
    String slowAtThe170th = "select id, case when id = 170 then slow() end as slow from customers";
    for (JdbcSource source : bothWays(slowAtThe170th)) {
      try (ProfileReader reader = source.queryTimeout(Duration.ofSeconds(1)).open(VIP)) {
        assertThatThrownBy(() -> rest(reader))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("time limit of 1 second");
      }
      isBack();
    }
  }

  @Test
  void a_connection_that_does_not_heed_it_is_broken_at_once_when_that_hurries() throws Exception {
    JdbcSource source =
        JdbcSource.of(
                pool.dataSource(),
                "select id, case when id = 170 then slow() end as slow from customers")
            .pageSize(50);
    pool.ignoresCancel();
    ProfileReader reader = source.open(VIP);
    CompletableFuture<Void> reading = readingOn(reader);
    awaitSleeping(reading);
    Thread.currentThread().interrupt();
    reader.close();
    assertThat(Thread.interrupted()).isTrue();

    assertThatThrownBy(() -> reading.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptedIOException.class);
    assertThat(pool.lent()).isZero();
    try (Connection broken = pool.take()) {
      assertThat(broken.isClosed()).isTrue();
    }
  }

  private static CompletableFuture<Void> readingOn(ProfileReader reader) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            rest(reader);
          } catch (IOException failure) {
            throw new CompletionException(failure);
          }
        });
  }

  private void awaitSleeping(CompletableFuture<Void> reading) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      while (count(statement, "wait_event = 'PgSleep'") == 0 && !reading.isDone()) {
        Thread.onSpinWait();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getNetworkTimeout",
        "setNetworkTimeout",
        "isReadOnly",
        "setReadOnly",
        "getQueryTimeout",
        "setQueryTimeout",
        "setMaxRows",
        "setFetchSize"
      })
  void what_a_driver_cannot_and_reading_can_do_without_ends_nothing(String method)
      throws Exception {
    for (Throwable failure :
        List.of(
            new SQLFeatureNotSupportedException(),
            new UnsupportedOperationException(),
            new AbstractMethodError())) {
      LendingPool lending = new LendingPool(failingIn(method, failure));
      JdbcSource source =
          JdbcSource.of(lending.dataSource(), QUERY)
              .pageSize(200)
              .countQuery("select count(*) from customers");
      for (JdbcSource way : List.of(source, source.orderedBy("id"))) {
        assertThat(Customers.all(way)).as("%s", failure).hasSize(300);
        assertThat(lending.lent()).isZero();
      }
    }
  }

  @Test
  void what_a_driver_cannot_and_reading_needs_is_told() {
    JdbcSource source =
        JdbcSource.of(failingIn("setAutoCommit", new SQLFeatureNotSupportedException()), QUERY);

    assertThatThrownBy(() -> source.open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it or its driver cannot do what is asked");
  }

  /** The database by a driver whose connections and statements fail in one method. */
  private DataSource failingIn(String method, Throwable failure) {
    return (DataSource) failingIn(database, DataSource.class, method, failure);
  }

  private static Object failingIn(Object target, Class<?> type, String method, Throwable failure) {
    return Proxy.newProxyInstance(
        JdbcConnectionTest.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, called, arguments) -> {
          if (called.getName().equals(method)) {
            throw failure;
          }
          Object result;
          try {
            result = called.invoke(target, arguments);
          } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
          }
          Class<?> given = called.getReturnType();
          return given == Connection.class || given == PreparedStatement.class
              ? failingIn(result, given, method, failure)
              : result;
        });
  }

  @Test
  void a_reader_that_is_closed_reads_no_more() throws Exception {
    for (JdbcSource source : bothWays(QUERY)) {
      ProfileReader reader = source.open(VIP);
      reader.close();
      reader.close();
      assertThatThrownBy(() -> rest(reader))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is closed");
      isBack();
    }
  }

  @Test
  void an_interrupted_thread_asks_the_database_for_nothing_more() throws Exception {
    for (JdbcSource source : bothWays(QUERY)) {
      try (ProfileReader reader = source.open(VIP)) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> rest(reader)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).as("the thread knows that it was interrupted").isTrue();
      }
      isBack();
    }
  }

  @Test
  void a_connection_that_is_not_to_be_had_is_told() {
    DataSource refusing =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  throw new SQLException("The password of robin is wrong.", "28P01");
                });

    assertThatThrownBy(() -> JdbcSource.of(refusing, "select 1 as id").open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it refused the login")
        .message()
        .doesNotContain("robin");
  }
}
