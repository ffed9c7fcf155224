package io.github.klaviyoexport.klaviyo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.klaviyo.PermitSource.Window;
import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.LendingPool;
import io.github.klaviyoexport.testing.TestTime;
import io.github.klaviyoexport.testing.WatchedDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Permits that processes share in a database. */
class JdbcPermitsTest {
  private static final String IMPORT = "import profiles";
  private static final List<Window> WINDOWS =
      List.of(new Window(2, Duration.ofSeconds(1)), new Window(3, Duration.ofMinutes(1)));

  private final TestTime time = new TestTime();

  static Stream<DataSource> databases() {
    return Stream.of(Databases.h2(), Databases.postgres());
  }

  @Test
  void a_connection_is_given_them() {
    DataSource dataSource = Databases.h2();
    ApiKey key = ApiKey.of("pk_0123456789");
    // @start region="permits"
    KlaviyoConnection connection =
        KlaviyoConnection.of(key).permits(JdbcPermits.on(dataSource, "shop-eu"));
    // @end

    assertThat(connection.permits()).hasToString("JdbcPermits[shop-eu in klaviyo_export_permits]");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void what_one_process_takes_the_others_do_not_get(DataSource database) throws IOException {
    JdbcPermits one = PermitsByTestTime.on(database, time);
    JdbcPermits other = PermitsByTestTime.on(database, time);

    Permit first = one.ask(IMPORT, WINDOWS);
    Permit second = other.ask(IMPORT, WINDOWS);

    assertThat(first.isGiven()).isTrue();
    assertThat(second.isGiven()).isTrue();
    assertThat(one.ask(IMPORT, WINDOWS).isGiven()).isFalse();
    assertThat(other.ask(IMPORT, WINDOWS).isGiven()).isFalse();
    one.answered(IMPORT, first.id());
    other.answered(IMPORT, second.id());
    time.pass(Duration.ofMillis(1_100));
    assertThat(other.ask(IMPORT, WINDOWS).isGiven()).as("the third of the minute").isTrue();
    time.pass(Duration.ofMillis(1_100));
    Duration wait = one.ask(IMPORT, WINDOWS).delay();
    assertThat(wait)
        .as("until the first leaves the minute")
        .isBetween(Duration.ofSeconds(57), Duration.ofSeconds(59));
    time.pass(wait);
    assertThat(one.ask(IMPORT, WINDOWS).isGiven()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void operations_and_accounts_do_not_share(DataSource database) throws IOException {
    List<Window> single = List.of(new Window(1, Duration.ofMinutes(1)));
    JdbcPermits eu = JdbcPermits.on(database, "shop-eu");
    JdbcPermits us = JdbcPermits.on(database, "shop-us");

    assertThat(eu.ask(IMPORT, single).isGiven()).isTrue();
    assertThat(eu.ask("get list", single).isGiven()).isTrue();
    assertThat(us.ask(IMPORT, single).isGiven()).isTrue();
    assertThat(eu.ask(IMPORT, single).isGiven()).isFalse();
    assertThat(us.ask(IMPORT, single).isGiven()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void what_klaviyo_closes_is_closed_for_all(DataSource database) throws IOException {
    JdbcPermits one = PermitsByTestTime.on(database, time);
    JdbcPermits other = PermitsByTestTime.on(database, time);

    one.close(IMPORT, Duration.ofSeconds(7));
    other.close(IMPORT, Duration.ofSeconds(2));

    assertThat(other.ask(IMPORT, WINDOWS).delay()).isEqualTo(Duration.ofSeconds(7));
    time.pass(Duration.ofSeconds(7));
    assertThat(other.ask(IMPORT, WINDOWS).isGiven()).isTrue();
  }

  @Test
  void a_process_that_died_holds_nothing_for_long() throws IOException {
    DataSource database = Databases.h2();
    JdbcPermits died = PermitsByTestTime.on(database, time);
    JdbcPermits lives = PermitsByTestTime.on(database, time);
    List<Window> single = List.of(new Window(1, Duration.ofSeconds(1)));

    died.ask(IMPORT, single);

    Duration wait = lives.ask(IMPORT, single).delay();
    assertThat(wait).isLessThan(Duration.ofSeconds(32));
    time.pass(wait);
    assertThat(lives.ask(IMPORT, single).isGiven()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void the_clock_is_the_databases(DataSource database) throws IOException {
    List<Window> single = List.of(new Window(1, Duration.ofMinutes(1)));
    JdbcPermits permits = JdbcPermits.on(database, "shop-eu");

    Permit first = permits.ask(IMPORT, single);
    permits.answered(IMPORT, first.id());

    assertThat(permits.ask(IMPORT, single).delay())
        .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
  }

  @Test
  void one_connection_is_enough_and_is_given_back_as_it_was() throws IOException {
    LendingPool pool = new LendingPool(Databases.h2());
    WatchedDataSource watched = WatchedDataSource.of(pool.dataSource());
    JdbcPermits permits = JdbcPermits.on(watched.dataSource(), "shop-eu");

    permits.answered(IMPORT, permits.ask(IMPORT, WINDOWS).id());

    assertThat(pool.lent()).isZero();
  }

  @Test
  void a_user_that_may_not_make_the_table_shows_how_it_is_made() throws SQLException {
    DataSource database = Databases.postgres();
    String clerk = "permit_clerk_" + ProcessHandle.current().pid();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE " + clerk);
    }
    DataSource restricted =
        WatchedDataSource.of(database).greeting("SET ROLE " + clerk).dataSource();

    assertThatThrownBy(() -> JdbcPermits.on(restricted, "shop-eu").ask(IMPORT, WINDOWS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("CREATE TABLE IF NOT EXISTS klaviyo_export_permits");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "pk_0123456789", "shop eu", "shop/eu", "-shop"})
  void an_account_needs_a_name_that_is_no_key(String name) {
    assertThatThrownBy(() -> JdbcPermits.on(Databases.h2(), name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as shop-eu")
        .hasMessageNotContaining("pk_");
  }
}
