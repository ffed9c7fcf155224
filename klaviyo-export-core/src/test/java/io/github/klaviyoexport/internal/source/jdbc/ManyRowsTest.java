package io.github.klaviyoexport.internal.source.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.Databases;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many rows are read by a JVM that has a heap of 64 MB, several times less than they take. The
 * benchmarks export a million.
 */
@Timeout(300)
class ManyRowsTest {
  private static final int ROWS = Integer.getInteger("jdbc.rows", 300_000);
  private static final String URL = "database.url";

  @Test
  void many_rows_of_postgresql_need_no_more_than_64_mb_in_pages_and_in_one_pass() throws Exception {
    DataSource database = Databases.wholePostgres();
    Customers.run(
        database,
        "create table customers as select n as id, 'customer.' || n || '@shop.example' as email,"
            + " 'A name of some length' as name, n / 8.0 as ltv, n % 3 = 0 as member,"
            + " timestamptz '2026-01-01 00:00+00' + n * interval '1 s' as last_order"
            + " from generate_series(1, "
            + ROWS
            + ") n",
        "alter table customers add primary key (id)",
        "analyze customers");
    String url;
    try (Connection connection = database.getConnection()) {
      url = connection.getMetaData().getURL() + "?user=" + connection.getMetaData().getUserName();
    }

    assertThat(read(url, "id")).isEqualTo(ROWS + " rows");
    assertThat(read(url, "")).isEqualTo(ROWS + " rows");
  }

  @Test
  void many_rows_of_h2_need_no_more_than_64_mb_in_one_pass_database_included(
      @TempDir Path directory) throws Exception {
    String url = "jdbc:h2:file:" + directory.resolve("customers").toAbsolutePath();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table customers as select x as id, 'customer.' || x || '@shop.example' as email,"
              + " 'A name of some length' as name, x / 8.0 as ltv, mod(x, 3) = 0 as member"
              + " from system_range(1, "
              + ROWS
              + ")");
    }

    assertThat(read(url + ";CACHE_SIZE=8192;LAZY_QUERY_EXECUTION=1", "")).isEqualTo(ROWS + " rows");
  }

  /** Reads all rows in another JVM; returns what that says. */
  private static String read(String url, String order) throws Exception {
    Driver driver = DriverManager.getDriver(url);
    String classPath =
        String.join(
            File.pathSeparator,
            List.of(place(JdbcSource.class), place(ManyRowsTest.class), place(driver.getClass())));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-D" + URL + "=" + url,
                "-cp",
                classPath,
                ManyRowsTest.class.getName(),
                order)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      return String.valueOf(said.readLine());
    } finally {
      process.destroy();
    }
  }

  private static String place(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** Arguments: the column of the order; empty for one pass. */
  public static void main(String[] arguments) throws Exception {
    JdbcSource source = JdbcSource.of(connecting(), "select * from customers");
    int rows = 0;
    try (ProfileReader reader =
        (arguments[0].isEmpty() ? source : source.orderedBy(arguments[0])).open(Customers.VIP)) {
      for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
        rows++;
      }
    }
    System.out.println(rows + " rows");
  }

  private static DataSource connecting() {
    return (DataSource)
        Proxy.newProxyInstance(
            ManyRowsTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> connect());
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(System.getProperty(URL));
  }
}
