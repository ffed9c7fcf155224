package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Postgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** The source of segments in databases keeps the contract, in pages and in one pass. */
class JdbcSourcesTest {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final List<String> IDS = List.of("1", "3", "4", "17", "18");
  private static final String QUERY =
      "select c.*, m.segment from customers c join members m on m.id = c.id"
          + " where m.segment = :segment";

  private static DataSource h2() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:contract" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    return database;
  }

  private static DataSource postgres() throws SQLException {
    String name = "contract" + DATABASES.incrementAndGet();
    run(Postgres.server().getPostgresDatabase(), "create database " + name);
    return Postgres.server().getDatabase("postgres", name);
  }

  private static void run(DataSource database, String... statements) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static DataSource filled(DataSource database) throws SQLException {
    run(
        database,
        "create table customers (id int primary key, email varchar(80), tags varchar(9) array)",
        "create table members (segment varchar(40), id int)");
    for (String id : IDS) {
      run(
          database,
          "insert into customers values (" + id + ", 'c" + id + "@shop.example', array['a', 'b'])",
          "insert into members values ('vip-eu', " + id + ")");
    }
    run(
        database,
        "insert into customers values (9, 'nine@shop.example', null)",
        "insert into members values ('vip-us', 9)");
    return database;
  }

  /** Returns a database that counts its open connections. */
  private static DataSource counted(DataSource database, AtomicInteger open) {
    return proxy(
        DataSource.class,
        database,
        (call, result) -> {
          if (!call.equals("getConnection")) {
            return result;
          }
          open.incrementAndGet();
          return proxy(
              Connection.class,
              (Connection) result,
              (called, answer) -> {
                if (called.equals("close")) {
                  open.decrementAndGet();
                }
                return answer;
              });
        });
  }

  private interface Watch {
    Object after(String method, Object result);
  }

  private static <T> T proxy(Class<T> type, T behind, Watch watch) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                return watch.after(method.getName(), method.invoke(behind, arguments));
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
            }));
  }

  abstract static class InPages extends PositionedSourceContract {
    private final AtomicInteger open = new AtomicInteger();
    private DataSource database;

    abstract DataSource fresh() throws SQLException;

    @BeforeEach
    void fills_the_tables() throws SQLException {
      database = counted(filled(fresh()), open);
    }

    @Override
    protected PositionedSource source() {
      return JdbcSource.of(database, QUERY)
          .orderedBy("id")
          .pageSize(2)
          .countQuery("select count(*) from members where segment = :segment");
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }

    @Override
    protected Optional<Segment> otherSegment() {
      return Optional.of(Segment.named("vip-us"));
    }

    @Override
    protected OptionalInt openResources() {
      return OptionalInt.of(open.get());
    }
  }

  abstract static class InOnePass extends ProfileSourceContract {
    private final AtomicInteger open = new AtomicInteger();
    private DataSource database;

    abstract DataSource fresh() throws SQLException;

    @BeforeEach
    void fills_the_tables() throws SQLException {
      database = counted(filled(fresh()), open);
    }

    @Override
    protected ProfileSource source() {
      return JdbcSource.of(database, QUERY + " order by c.id").pageSize(2);
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }

    @Override
    protected Optional<Segment> otherSegment() {
      return Optional.of(Segment.named("vip-us"));
    }

    @Override
    protected OptionalInt openResources() {
      return OptionalInt.of(open.get());
    }
  }

  @Nested
  class In_pages_of_postgresql extends InPages {
    @Override
    DataSource fresh() throws SQLException {
      return postgres();
    }
  }

  @Nested
  class In_pages_of_h2 extends InPages {
    @Override
    DataSource fresh() {
      return h2();
    }
  }

  @Nested
  class In_one_pass_of_postgresql extends InOnePass {
    @Override
    DataSource fresh() throws SQLException {
      return postgres();
    }
  }

  @Nested
  class In_one_pass_of_h2 extends InOnePass {
    @Override
    DataSource fresh() {
      return h2();
    }
  }
}
