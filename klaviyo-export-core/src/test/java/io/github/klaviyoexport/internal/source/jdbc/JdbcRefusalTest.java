package io.github.klaviyoexport.internal.source.jdbc;

import static io.github.klaviyoexport.internal.source.jdbc.Customers.VIP;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.make;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.testing.LendingPool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is refused, and in which words. */
class JdbcRefusalTest {
  private static void refuses(JdbcSource source, LendingPool pool, String... words) {
    assertThatThrownBy(() -> source.open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(words);
    assertThat(pool.lent()).as("connections that are out").isZero();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_query_that_does_not_fit_is_refused_with_advice_before_anything_is_read(Product product)
      throws Exception {
    LendingPool pool = new LendingPool(product.fresh());
    DataSource database = pool.dataSource();
    make(database, 3);

    refuses(
        JdbcSource.of(database, "select id as nr from customers"),
        pool,
        "The query gives no column 'id'",
        "to take the customers' ids from. It has: 'nr'.");
    refuses(
        JdbcSource.of(database, "select email, id, email from customers"),
        pool,
        "Columns 1 and 3 of the query are both called 'email'");
    refuses(
        JdbcSource.of(database, "select a.email, a.id, b.email from customers a, customers b")
            .orderedBy("id"),
        pool,
        "name each once, with 'as'");
    refuses(
        JdbcSource.of(database, "select id, email from customers").orderedBy("tier"),
        pool,
        "The query gives no column 'tier' to be read in the order of. It has: 'id', 'email'.");
    refuses(
        JdbcSource.of(database, "select id from custmers"),
        pool,
        "the query names a table that is not there",
        "SQLState 42");
    refuses(
        JdbcSource.of(database, "select id, emial from customers").orderedBy("id"),
        pool,
        "the query names a column that is not there",
        "SQLState 42");
    refuses(JdbcSource.of(database, "selct id"), pool, "it does not take the query");
    refuses(
        JdbcSource.of(database, "select id from customers").countQuery("select count(*) from c"),
        pool,
        "names a table that is not there");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_drivers_words_which_quote_values_are_not_passed_on(Product product) throws Exception {
    LendingPool pool = new LendingPool(product.fresh());
    make(pool.dataSource(), 3);
    JdbcSource source =
        JdbcSource.of(pool.dataSource(), "select id, cast(email as int) as number from customers");

    assertThatThrownBy(() -> Customers.all(source))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "it cannot compute or convert a value: correct the query (SQLState 22")
        .satisfies(
            failure -> {
              StringWriter trace = new StringWriter();
              failure.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString()).doesNotContain("shop.example");
            });
    assertThat(pool.lent()).isZero();
  }

  @Test
  void a_query_that_would_change_data_changes_none() throws Exception {
    LendingPool pool = new LendingPool(Product.POSTGRESQL.fresh());
    make(pool.dataSource(), 3);
    Customers.run(
        pool.dataSource(),
        "create function wiped() returns int language sql as"
            + " 'delete from customers; select 1'");

    refuses(
        JdbcSource.of(pool.dataSource(), "select wiped() as id"),
        pool,
        "the query would change data, and is to read only");
    refuses(
        JdbcSource.of(pool.dataSource(), "delete from customers returning id"),
        pool,
        "it does not take the query");
    assertThat(Customers.all(JdbcSource.of(pool.dataSource(), "select id from customers")))
        .hasSize(3);
  }

  @Test
  void failures_of_other_databases_are_told_in_the_same_words() {
    assertThat(told(new SQLException("quotes a value", "S0001", 8156)))
        .contains("two columns of one name");
    assertThat(told(new SQLException("quotes a value", "S0001", 1033)))
        .contains("'order by' of its own");
    assertThat(told(new SQLException("quotes a value", "42S21", 1060)))
        .contains("two columns of one name");
    assertThat(told(new SQLException("quotes a value", "08006")))
        .contains("the connection broke: try again");
    assertThat(told(new SQLException("quotes a value", "40P01"))).contains("try again");
    assertThat(told(new SQLException("quotes a value"))).contains("(no SQLState, vendor code 0, ");
    assertThat(told(new SQLException("quotes a value", "5"))).contains("see its log");
    assertThat(told(new SQLTransientConnectionException("quotes a value")))
        .contains("give the pool more");
    assertThat(told(new SQLTimeoutException("quotes a value")))
        .contains("most likely by its time limit of 7 seconds: ")
        .contains("queryTimeout(...)");
  }

  @Test
  void a_pool_that_gets_no_connection_tells_what_the_database_said() {
    SQLException refused = new SQLException("quotes a value", "28000");

    assertThat(told(new SQLTransientConnectionException("quotes a value", "28000")))
        .contains("check user and password");
    assertThat(told(new SQLTransientConnectionException("quotes a value", "08001")))
        .contains("it cannot be reached");
    assertThat(told(new SQLTransientConnectionException("quotes a value", refused)))
        .contains("check user and password (SQLState 28000, ");
    assertThat(told(new SQLException("quotes a value", new IllegalStateException(refused))))
        .contains("check user and password (SQLState 28000, ");
    SQLException next = new SQLException("quotes a value");
    next.setNextException(refused);
    assertThat(told(next)).contains("check user and password (SQLState 28000, ");
  }

  @ParameterizedTest
  @CsvSource({
    "57P01, try again",
    "57P02, try again",
    "57P03, try again",
    "57P05, try again",
    "25P03, orderedBy(...)",
    "25P04, orderedBy(...)",
    "0A000, cannot do what is asked"
  })
  void what_a_database_did_to_a_connection_is_told_with_advice(String state, String advice) {
    assertThat(told(new SQLException("quotes a value", state))).contains(advice);
  }

  @Test
  void a_backend_that_is_ended_in_the_middle_stops_the_reading() throws Exception {
    DataSource database = Product.POSTGRESQL.fresh();
    make(database, 9);
    JdbcSource source =
        JdbcSource.of(
                database,
                "select id, case when id = 5 then pg_terminate_backend(pg_backend_pid()) end as x"
                    + " from customers")
            .pageSize(2);

    for (JdbcSource way : List.of(source, source.orderedBy("id"))) {
      assertThatThrownBy(() -> Customers.all(way))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("it was stopped, is starting or ended the connection: try again");
    }
  }

  private static String told(SQLException failure) {
    IOException told =
        JdbcFailure.of(failure, "the segment 'vip-eu' was read", Duration.ofSeconds(7));
    assertThat(told).hasNoCause();
    assertThat(told.getMessage())
        .startsWith("The database failed while the segment 'vip-eu' was read: ")
        .doesNotContain("quotes a value")
        .endsWith("the driver's words may quote values and are not shown).");
    return told.getMessage();
  }

  @Test
  void settings_that_make_no_sense_are_refused() {
    JdbcSource source = JdbcSource.of(Product.H2.fresh(), "select 1 as id");

    assertThatThrownBy(source::orderedBy).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> source.orderedBy("id", "id"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> source.pageSize(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> source.pageSize(100_001)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> source.queryTimeout(Duration.ofMillis(999)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> source.queryTimeout(Duration.ofDays(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_text_of_a_source_is_its_order_and_not_its_query() {
    JdbcSource source = JdbcSource.of(Product.H2.fresh(), "select 'ada@shop.example' as id");

    assertThat(source).hasToString("JdbcSource[in one pass]");
    assertThat(source.orderedBy("tier", "id")).hasToString("JdbcSource[ordered by tier, id]");
  }
}
