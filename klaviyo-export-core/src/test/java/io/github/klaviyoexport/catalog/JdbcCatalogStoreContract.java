package io.github.klaviyoexport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.CatalogStore.Outcome;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What every database does as a store, beside what every store does. */
abstract class JdbcCatalogStoreContract extends CatalogStoreContract {
  private DataSource database;

  /** An empty database. */
  abstract DataSource database();

  @Override
  CatalogStore create() {
    database = database();
    return JdbcCatalogStore.on(database);
  }

  @Override
  CatalogStore reopen(CatalogStore store) {
    return JdbcCatalogStore.on(database);
  }

  private static void execute(DataSource database, String... statements) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void tables_of_the_first_version_are_brought_up_to_date_and_keep_what_they_hold()
      throws SQLException {
    DataSource old = database();
    execute(
        old,
        "CREATE TABLE klaviyo_catalog_schema (version INT PRIMARY KEY)",
        "INSERT INTO klaviyo_catalog_schema VALUES (1)",
        "CREATE TABLE klaviyo_catalog (kind VARCHAR(32) NOT NULL, id VARCHAR(128) NOT NULL,"
            + " version BIGINT NOT NULL, unique_name VARCHAR(256), content TEXT NOT NULL,"
            + " PRIMARY KEY (kind, id))",
        "INSERT INTO klaviyo_catalog VALUES ('CONNECTION', 'a', 3, 'Klaviyo', '{}')");

    CatalogStore store = JdbcCatalogStore.on(old);

    assertThat(store.find(Kind.CONNECTION, "a"))
        .contains(new Entry(Kind.CONNECTION, "a", 3, "Klaviyo", "{}"));
    assertThat(store.put(new Entry(Kind.CONNECTION, "b", 1, "Klaviyo", "{}")))
        .as("the second version knows unique names")
        .isEqualTo(Outcome.NAME_TAKEN);
  }

  @Test
  void processes_that_start_at_once_make_the_tables_together() throws Exception {
    // They get into each other's way in one round of several only.
    for (int round = 0; round < 20; round++) {
      startAtOnce(database());
    }
  }

  private static void startAtOnce(DataSource empty) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(4);
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      List<Future<CatalogStore>> stores = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        stores.add(
            executor.submit(
                () -> {
                  barrier.await();
                  CatalogStore store = JdbcCatalogStore.on(empty);
                  assertThat(store.list(Kind.EXPORT, "")).isEmpty();
                  return store;
                }));
      }
      for (Future<CatalogStore> store : stores) {
        assertThat(store.get().list(Kind.EXPORT, "")).isEmpty();
      }
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void tables_have_the_names_that_their_prefix_gives_them() throws SQLException {
    DataSource database = database();
    execute(database, "CREATE SCHEMA shop");
    CatalogStore usual = JdbcCatalogStore.on(database);
    CatalogStore other = JdbcCatalogStore.on(database).tablePrefix("shop.crm_");
    other.put(new Entry(Kind.CONNECTION, "a", 1, "Klaviyo", "{}"));

    assertThat(usual.list(Kind.CONNECTION, "")).isEmpty();
    execute(database, "DROP TABLE shop.crm_catalog", "DROP TABLE shop.crm_catalog_schema");
    assertThatThrownBy(() -> other.list(Kind.CONNECTION, ""))
        .hasMessageContaining("the tables shop.crm_catalog and shop.crm_catalog_schema");
    assertThat(other).hasToString("JdbcCatalogStore[shop.crm_catalog, shop.crm_catalog_schema]");
    JdbcCatalogStore stores = JdbcCatalogStore.on(database);
    assertThatThrownBy(() -> stores.tablePrefix("shop; DROP"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as shop_");
  }

  @Test
  void whatever_is_set_aside_is_kept_as_it_was() throws SQLException {
    CatalogStore store = create();
    for (int i = 1; i <= 3; i++) {
      store.put(new Entry(Kind.CONNECTION, "a", 1, "Klaviyo", "{broken " + i));
      assertThat(store.setAside(Kind.CONNECTION, "a")).contains("id a");
    }

    List<String> rows = new ArrayList<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT kind, unique_name, content FROM klaviyo_catalog ORDER BY content")) {
      while (found.next()) {
        rows.add(found.getString(1) + " " + found.getString(2) + " " + found.getString(3));
      }
    }
    assertThat(rows)
        .containsExactly(
            "DAMAGED_CONNECTION Klaviyo {broken 1",
            "DAMAGED_CONNECTION_2 Klaviyo {broken 2",
            "DAMAGED_CONNECTION_3 Klaviyo {broken 3");
  }

  @Test
  void tables_of_a_newer_version_are_left_alone() throws SQLException {
    DataSource newer = database();
    JdbcCatalogStore.on(newer).list(Kind.EXPORT, "");
    execute(newer, "INSERT INTO klaviyo_catalog_schema VALUES (99)");

    CatalogStore store = JdbcCatalogStore.on(newer);
    assertThatThrownBy(() -> store.list(Kind.EXPORT, ""))
        .isInstanceOfSatisfying(
            CatalogException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.NEWER_FORMAT))
        .hasMessageContaining("version 99")
        .hasMessageContaining("use the version of the library that made them");
  }

  @Test
  void every_connection_is_given_back_also_after_a_failure() throws SQLException {
    DataSource real = database();
    AtomicInteger open = new AtomicInteger();
    CatalogStore store = JdbcCatalogStore.on(counting(real, open));
    store.put(new Entry(Kind.CONNECTION, "a", 1, "Klaviyo", "{}"));
    store.put(new Entry(Kind.CONNECTION, "b", 1, "Klaviyo", "{}"));
    execute(real, "DROP TABLE klaviyo_catalog");

    assertThatThrownBy(() -> store.find(Kind.CONNECTION, "a"))
        .isInstanceOfSatisfying(
            CatalogException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.STORE_FAILED))
        .hasMessageContaining("SQL state");

    assertThat(open).hasValue(0);
  }

  @Test
  void what_could_not_be_undone_is_never_committed_and_the_first_failure_is_told()
      throws SQLException {
    DataSource real = database();
    AtomicBoolean failing = new AtomicBoolean();
    List<String> calls = new CopyOnWriteArrayList<>();
    CatalogStore store = JdbcCatalogStore.on(unforgiving(real, failing, calls));
    store.put(new Entry(Kind.CONNECTION, "a", 1, "Klaviyo", "{}"));
    execute(real, "DROP TABLE klaviyo_catalog");
    failing.set(true);

    assertThatThrownBy(() -> store.find(Kind.CONNECTION, "a"))
        .isInstanceOf(CatalogException.class)
        .cause()
        .as("why the statement failed, and then the undoing")
        .hasMessageContainingAll("klaviyo_catalog")
        .satisfies(
            first ->
                assertThat(first.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("the line is dead"));
    assertThat(calls).as("auto-commit would commit it").containsExactly("rollback");
  }

  /** Connections that cannot undo anything while they are failing. */
  private static DataSource unforgiving(
      DataSource real, AtomicBoolean failing, List<String> calls) {
    return new DataSourceOf(
        () -> {
          Connection connection = real.getConnection();
          return (Connection)
              Proxy.newProxyInstance(
                  JdbcCatalogStoreContract.class.getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (proxy, method, arguments) -> {
                    boolean ending =
                        method.getName().equals("rollback")
                            || (method.getName().equals("setAutoCommit")
                                && arguments[0].equals(true));
                    if (failing.get() && ending) {
                      calls.add(method.getName());
                      if (method.getName().equals("rollback")) {
                        throw new SQLException("the line is dead");
                      }
                    }
                    try {
                      return method.invoke(connection, arguments);
                    } catch (java.lang.reflect.InvocationTargetException failure) {
                      throw failure.getCause();
                    }
                  });
        });
  }

  private static DataSource counting(DataSource real, AtomicInteger open) {
    return new DataSourceOf(
        () -> {
          Connection connection = real.getConnection();
          open.incrementAndGet();
          return (Connection)
              Proxy.newProxyInstance(
                  JdbcCatalogStoreContract.class.getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                      open.decrementAndGet();
                    }
                    try {
                      return method.invoke(connection, arguments);
                    } catch (java.lang.reflect.InvocationTargetException failure) {
                      throw failure.getCause();
                    }
                  });
        });
  }

  private interface Opener {
    Connection open() throws SQLException;
  }

  private record DataSourceOf(Opener opener) implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      return opener.open();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return opener.open();
    }

    @Override
    public PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public java.util.logging.Logger getParentLogger() {
      return java.util.logging.Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
