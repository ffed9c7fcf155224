package io.github.klaviyoexport.klaviyo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.klaviyo.PermitSource.Window;
import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.LendingPool;
import io.github.klaviyoexport.testing.WatchedDataSource;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Permits over whatever connections a data source gives. */
class JdbcPermitsConnectionsTest {
  private static final String IMPORT = "import profiles";
  private static final int PROCESSES = 4;
  private static final int EACH = 25;
  private static final List<Window> WINDOWS =
      List.of(new Window(PROCESSES * EACH - 10, Duration.ofMinutes(5)));

  static Stream<Arguments> isolations() {
    return Stream.of("REPEATABLE READ", "SERIALIZABLE")
        .flatMap(
            level ->
                Stream.of(
                    Arguments.of("H2", Databases.h2(), level),
                    Arguments.of("PostgreSQL", Databases.postgres(), level)));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("isolations")
  void are_exact_whatever_isolation_the_connections_have(
      String name, DataSource database, String level) throws Exception {
    WatchedDataSource isolated =
        WatchedDataSource.of(new LendingPool(database).dataSource())
            .greeting("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + level);

    assertThat(givenTo(isolated.dataSource()))
        .hasSize(PROCESSES * EACH - 10)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("io.github.klaviyoexport.klaviyo.JdbcPermitsTest#databases")
  void are_exact_without_auto_commit_and_with_a_single_connection(DataSource database)
      throws Exception {
    WatchedDataSource watched = WatchedDataSource.of(single(database)).autoCommit(false);

    assertThat(givenTo(watched.dataSource())).hasSize(PROCESSES * EACH - 10);
    assertThat(watched.open()).isZero();
    assertThat(watched.returnedChanged()).isZero();
  }

  @Test
  void say_so_where_the_connections_may_not_write() throws Exception {
    DataSource database = Databases.postgres();
    JdbcPermits.on(database, "shop-eu").ask(IMPORT, WINDOWS);
    DataSource readOnly =
        WatchedDataSource.of(database)
            .greeting("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
            .dataSource();

    assertThatThrownBy(() -> JdbcPermits.on(readOnly, "shop-eu").ask(IMPORT, WINDOWS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("read only")
        .hasMessageContaining("data source that may write");
  }

  @Test
  void are_asked_for_again_where_the_database_lets_one_of_two_changes_at_once_fail()
      throws Exception {
    WatchedDataSource database = WatchedDataSource.of(Databases.h2());
    JdbcPermits permits = JdbcPermits.on(database.dataSource(), "shop-eu");
    permits.ask(IMPORT, WINDOWS);

    database.breakOnceBefore("commit", "40001");

    assertThat(permits.ask(IMPORT, WINDOWS).id()).isEqualTo(2);
    assertThat(database.open()).isZero();
  }

  /** Has several processes ask at once; returns the ids of all permits that were given. */
  private static List<Long> givenTo(DataSource database) throws Exception {
    ExecutorService processes = Executors.newFixedThreadPool(PROCESSES);
    try {
      List<Future<List<Long>>> asked = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        JdbcPermits permits = JdbcPermits.on(database, "shop-eu");
        asked.add(
            processes.submit(
                () -> {
                  List<Long> given = new ArrayList<>();
                  for (int call = 0; call < EACH; call++) {
                    Permit permit = permits.ask(IMPORT, WINDOWS);
                    if (permit.isGiven()) {
                      permits.answered(IMPORT, permit.id());
                      given.add(permit.id());
                    }
                  }
                  return given;
                }));
      }
      List<Long> given = new ArrayList<>();
      for (Future<List<Long>> each : asked) {
        given.addAll(each.get());
      }
      return given;
    } finally {
      processes.shutdownNow();
    }
  }

  /** A pool of one connection: who wants it waits until it is given back. */
  private static DataSource single(DataSource database) throws SQLException {
    Connection connection = database.getConnection();
    Semaphore free = new Semaphore(1);
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              free.acquire();
              return Proxy.newProxyInstance(
                  DataSource.class.getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (of, called, with) -> {
                    if (called.getName().equals("close")) {
                      free.release();
                      return null;
                    }
                    try {
                      return called.invoke(connection, with);
                    } catch (InvocationTargetException failure) {
                      throw failure.getCause();
                    }
                  });
            });
  }
}
