package io.github.klaviyoexport.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Assumptions;

/** Empty databases for tests: each call gives another one. */
public final class Databases {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Started with the first test that needs it; stops itself with the JVM. */
  private static final class Postgres {
    private static EmbeddedPostgres server;

    static synchronized EmbeddedPostgres server() {
      if (server == null) {
        try {
          server = EmbeddedPostgres.start();
        } catch (IOException failure) {
          throw new UncheckedIOException(failure);
        } catch (IllegalStateException failure) {
          if ("Missing embedded postgres binaries".equals(failure.getMessage())) {
            Assumptions.abort(
                "There is no embedded PostgreSQL for "
                    + System.getProperty("os.name")
                    + " on "
                    + System.getProperty("os.arch")
                    + ", so this test is skipped.");
          }
          throw failure;
        }
      }
      return server;
    }
  }

  private Databases() {}

  /** An empty database in H2, in memory. */
  public static DataSource h2() {
    JdbcDataSource dataSource = new JdbcDataSource();
    dataSource.setURL("jdbc:h2:mem:test" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    return dataSource;
  }

  /**
   * An empty schema of a real PostgreSQL server; where there is none, the test is skipped. With a
   * database for each, the server had a hundred thousand files to delete at its end.
   */
  public static DataSource postgres() {
    String schema = create("SCHEMA");
    return Postgres.server().getDatabase("postgres", "postgres", Map.of("currentSchema", schema));
  }

  /** A database of that server, for a test that looks at all of it, or needs its public schema. */
  public static DataSource wholePostgres() {
    return Postgres.server().getDatabase("postgres", create("DATABASE"));
  }

  private static String create(String what) {
    String name = "test" + COUNT.incrementAndGet();
    try (Connection connection = Postgres.server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE " + what + " " + name);
      return name;
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
