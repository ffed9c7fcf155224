package io.github.klaviyoexport.internal.source.jdbc;

import static io.github.klaviyoexport.internal.source.jdbc.Customers.VIP;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.all;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.ids;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.make;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.numbers;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.rest;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.LendingPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A segment that is read in the order of a key, a page at a time. */
class JdbcPagesTest {
  private static final String QUERY =
      "select id, email, tier from customers where segment = :segment";

  private static JdbcSource source(DataSource database, String... order) {
    return JdbcSource.of(database, QUERY).orderedBy(order);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void all_customers_are_read_once_in_order_wherever_pages_end(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 9);

    for (int size = 1; size <= 10; size++) {
      assertThat(ids(all(source(database, "id").pageSize(size))))
          .as("in pages of %s", size)
          .isEqualTo(numbers(1, 9));
      assertThat(ids(all(source(database, "tier", "id").pageSize(size))))
          .as("by two columns, in pages of %s", size)
          .containsExactly("3", "6", "9", "1", "4", "7", "2", "5", "8");
      assertThat(ids(all(source(database, "tier", "email", "id").pageSize(size))))
          .as("by three columns, in pages of %s", size)
          .containsExactly("3", "6", "9", "1", "4", "7", "2", "5", "8");
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void no_connection_is_held_between_two_customers(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 9);
    LendingPool pool = new LendingPool(database);

    try (ProfileReader reader = source(pool.dataSource(), "id").pageSize(4).open(VIP)) {
      do {
        assertThat(pool.lent()).isZero();
      } while (reader.next() != null);
    }
    assertThat(pool.times()).as("a visit for each page").isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void reading_goes_on_behind_any_customer_in_another_process(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 9);
    JdbcSource source = source(database, "tier", "id").pageSize(2);
    List<String> expected = ids(all(source));
    List<String> positions = new ArrayList<>();
    try (ProfileReader reader = source.open(VIP)) {
      assertThat(reader.position()).isEmpty();
      while (reader.next() != null) {
        positions.add(reader.position().orElseThrow());
      }
    }

    assertThat(positions.get(3)).isEqualTo("tier=n1&id=n1&4");
    for (int read = 1; read <= 9; read++) {
      try (ProfileReader reader = source.openAt(VIP, positions.get(read - 1))) {
        assertThat(ids(rest(reader))).isEqualTo(expected.subList(read, 9));
      }
    }
  }

  @Test
  void a_row_without_an_id_has_the_same_number_where_reading_goes_on() throws Exception {
    DataSource database = Product.H2.fresh();
    run(
        database,
        "create table customers (id varchar(9), n int not null)",
        "insert into customers values (null, 1), ('b', 2), (null, 3), (null, 4)");
    JdbcSource source = JdbcSource.of(database, "select * from customers").orderedBy("n");

    String position;
    try (ProfileReader reader = source.open(VIP)) {
      reader.next();
      reader.next();
      position = reader.position().orElseThrow();
    }

    try (ProfileReader reader = source.pageSize(1).openAt(VIP, position)) {
      assertThat(ids(rest(reader))).containsExactly("row 3 of vip-eu", "row 4 of vip-eu");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'nonsense', id",
    "'', id",
    "'id=&4', id",
    "'id=n&4', id",
    "'id=x4&4', id",
    "'id=n4', id",
    "'id=n4&', id",
    "'id=n4&x', id",
    "'id=n4&more=n5&4', id",
    "'id=n4&4', email",
    "'id=n4&4', 'id,tier'"
  })
  void what_is_no_position_is_refused_with_advice(String position, String order) throws Exception {
    DataSource database = Product.H2.fresh();
    make(database, 9);

    assertThatThrownBy(() -> source(database, order.split(",")).openAt(VIP, position))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("resume with the source that the export was begun with");
  }

  @Test
  void a_position_is_refused_where_there_is_no_order() throws Exception {
    DataSource database = Product.H2.fresh();
    make(database, 9);

    assertThatThrownBy(() -> JdbcSource.of(database, QUERY).openAt(VIP, "id=n4&4"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("orderedBy(...)");
  }

  @ParameterizedTest
  @CsvSource({"nr, 'last_name,nr'", "nr, code", "email, email", "code, 'email,code'"})
  void text_that_is_not_the_id_and_addresses_give_no_position(String id, String order)
      throws Exception {
    DataSource database = Product.H2.fresh();
    run(
        database,
        "create table people (nr int, code varchar(9), last_name varchar(9), email varchar(40))",
        "insert into people values (1, 'a', 'Hopper', 'a@shop.example')");
    JdbcSource source = JdbcSource.of(database, "select * from people").idColumn(id);

    try (ProfileReader reader = source.orderedBy(order.split(",")).open(VIP)) {
      reader.next();
      assertThat(reader.position()).isEmpty();
    }
    try (ProfileReader reader = source.idColumn("Code").orderedBy("nr", "code").open(VIP)) {
      reader.next();
      assertThat(reader.position()).hasValue("nr=n1&code=sa&1");
    }
    run(database, "update people set code = 'a@fi'");
    try (ProfileReader reader = source.idColumn("code").orderedBy("code").open(VIP)) {
      reader.next();
      assertThat(reader.position()).as("an id of that form is no email address").isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void keys_of_every_exact_type_come_back_as_they_were(Product product) throws Exception {
    DataSource database = product.fresh();
    run(
        database,
        "create table customers (id varchar(20) not null, n numeric(20,4) not null,"
            + " u uuid not null, d date not null, t timestamp(6) not null,"
            + " z timestamp(6) with time zone not null, s smallint not null,"
            + " w char(8) not null)");
    for (int i = 0; i < 5; i++) {
      run(
          database,
          "insert into customers values ('c&=%"
              + i
              + " ü', 10."
              + i
              + ", '00000000-0000-0000-0000-00000000000"
              + i
              + "', date '2026-01-0"
              + (i + 1)
              + "', timestamp '2026-01-01 00:00:00.12345"
              + i
              + "', timestamp with time zone '2026-01-01 00:00:00.12345"
              + i
              + "+02:00', "
              + i
              + ", 'a"
              + i
              + "')");
    }
    for (String key : List.of("id", "n", "u", "d", "t", "z", "s", "w")) {
      JdbcSource source =
          JdbcSource.of(database, "select *, id as name from customers")
              .idColumn(key.equals("w") ? "w" : "id")
              .orderedBy(key)
              .pageSize(1);
      List<String> read = new ArrayList<>();
      String position = null;
      for (int i = 0; i < 5; i++) {
        try (ProfileReader reader =
            position == null ? source.open(VIP) : source.openAt(VIP, position)) {
          read.add(String.valueOf(Objects.requireNonNull(reader.next()).value("name")));
          position = reader.position().orElseThrow();
        }
      }
      assertThat(read)
          .as("in the order of %s", key)
          .containsExactly("c&=%0 ü", "c&=%1 ü", "c&=%2 ü", "c&=%3 ü", "c&=%4 ü");
      assertThat(all(source))
          .as("in the order of %s", key)
          .extracting(customer -> customer.value("name"))
          .isEqualTo(read);
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void two_customers_with_one_key_stop_it_wherever_pages_end(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 9);

    for (int size = 1; size <= 10; size++) {
      JdbcSource source = source(database, "tier").pageSize(size);
      assertThatThrownBy(() -> all(source))
          .as("in pages of %s", size)
          .isInstanceOf(IOException.class)
          .hasMessageMatching(
              "There are two customers with the same key in the order of 'tier', [369] and [369], so"
                  + " that one could be passed over: name columns with orderedBy\\(...\\) that"
                  + " together are different for each, the id after the others\\.");
    }
  }

  @ParameterizedTest
  @CsvSource({"H2, varchar_ignorecase(20)", "POSTGRESQL, text collate loose"})
  void two_keys_that_only_the_database_holds_equal_stop_it_wherever_pages_end(
      Product product, String type) throws Exception {
    DataSource database = product.fresh();
    if (product == Product.POSTGRESQL) {
      run(database, collation("und-u-ks-level2"));
    }
    run(
        database,
        "create table customers (n int, code " + type + ")",
        "insert into customers values (1, 'a'), (2, 'b'), (3, 'B'), (4, 'c'), (5, 'd')");
    JdbcSource source = JdbcSource.of(database, "select n as id, code, 7 as tier from customers");

    for (int size = 1; size <= 6; size++) {
      int pageSize = size;
      for (JdbcSource ordered :
          List.of(source.orderedBy("code"), source.orderedBy("tier", "code"))) {
        assertThatThrownBy(() -> all(ordered.pageSize(pageSize)))
            .as("in pages of %s", size)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("'code', ")
            .hasMessageMatching(
                "There are two customers with the same key .* (2 and 3|3 and 2), so that one .*");
      }
      assertThat(ids(all(source.orderedBy("code", "id").pageSize(size))))
          .as("with the id behind it, in pages of %s", size)
          .containsExactly("1", "2", "3", "4", "5");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "und-u-ks-level2, a1b, A1B",
    "und-u-ks-level1, ae, áe",
    "und-u-ks-level1, ss, ß",
    "und-u-ks-level1, ２, 2",
    "und-u-ka-shifted-ks-level2, 1-0, 10",
    "und-u-kn-ks-level2, 1-01, 1-1"
  })
  void whatever_a_collation_makes_no_difference_of_is_noticed(
      String locale, String one, String other) throws Exception {
    DataSource database = Product.POSTGRESQL.fresh();
    run(
        database,
        collation(locale),
        "create table customers (id text collate loose)",
        "insert into customers values ('" + one + "'), ('" + other + "')");

    for (int size = 1; size <= 2; size++) {
      JdbcSource source =
          JdbcSource.of(database, "select * from customers").orderedBy("id").pageSize(size);
      assertThatThrownBy(() -> source.open(VIP))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("There are two customers with the same key");
    }
  }

  private static String collation(String locale) {
    return "create collation loose (provider = icu, deterministic = false, locale = '"
        + locale
        + "')";
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void keys_of_letters_that_differ_are_no_hindrance(Product product) throws Exception {
    DataSource database = product.fresh();
    run(
        database,
        "create table customers (id varchar(9) primary key)",
        "insert into customers values ('a'), ('b'), ('c-1'), ('ß'), ('Ω'), ('я')");

    for (int size = 1; size <= 7; size++) {
      assertThat(
              ids(
                  all(
                      JdbcSource.of(database, "select * from customers")
                          .orderedBy("id")
                          .pageSize(size))))
          .containsExactlyInAnyOrder("a", "b", "c-1", "ß", "Ω", "я");
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void reading_does_not_go_on_behind_one_of_two_with_one_key(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 9);

    assertThatThrownBy(() -> source(database, "tier").openAt(VIP, "tier=n1&1"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("There are two customers with the same key in the order of 'tier'");
  }

  @Test
  void text_that_postgresql_compares_as_a_type_of_its_own_is_refused_as_a_key() throws Exception {
    DataSource database = Databases.postgres();
    run(
        database,
        "create extension citext",
        "create table customers (id citext primary key)",
        "insert into customers values ('a'), ('B'), ('c')");

    assertThatThrownBy(
            () -> JdbcSource.of(database, "select * from customers").orderedBy("id").open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in the order of 'id', a column of type citext: order by");
  }

  @ParameterizedTest
  @CsvSource({"tier", "money", "interval", "bit(3)", "varbit", "inet"})
  void what_postgresql_does_not_compare_as_text_is_refused_before_the_first_page(String type)
      throws Exception {
    DataSource database = Databases.postgres();
    run(
        database,
        "create type tier as enum ('1', '000')",
        "create table customers (id int, k " + type + ")",
        "insert into customers values (1, "
            + (type.contains("bit") ? "'000'" : type.equals("inet") ? "'192.0.2.1'" : "'1'")
            + ")");
    JdbcSource source = JdbcSource.of(database, "select * from customers");

    assertThatThrownBy(() -> source.orderedBy("k", "id").open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in the order of 'k', a column of type ")
        .hasMessageContaining("as with cast(... as text)");
    assertThat(
            all(
                JdbcSource.of(database, "select id, cast(k as text) as k from customers")
                    .orderedBy("k", "id")
                    .pageSize(1)))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"text", "varchar(9)", "char(9)", "name", "words"})
  void what_postgresql_compares_as_text_orders_pages(String type) throws Exception {
    DataSource database = Databases.postgres();
    run(
        database,
        "create domain words as text",
        "create table customers (id int, k " + type + ")",
        "insert into customers values (1, 'b'), (2, 'a'), (3, 'b')");

    assertThat(
            ids(
                all(
                    JdbcSource.of(database, "select * from customers")
                        .orderedBy("k", "id")
                        .pageSize(1))))
        .containsExactly("2", "1", "3");
  }

  @Test
  void an_enum_of_mysql_is_compared_as_text_and_ordered_otherwise() {
    for (String product : List.of("mysql", "mariadb")) {
      Dialect dialect = new Dialect(product, product + " connector/j", "`");
      assertThat(dialect.comparesTextAsOrdered("ENUM")).isFalse();
      assertThat(dialect.comparesTextAsOrdered("SET")).isFalse();
      assertThat(dialect.comparesTextAsOrdered("VARCHAR")).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void what_is_wrong_with_an_order_is_told_of_customers_by_their_ids(Product product)
      throws Exception {
    DataSource database = product.fresh();
    run(
        database,
        "create table people (id int, phone varchar(20), email varchar(40))",
        "insert into people values (1, '+358401234567', 'ada@shop.example'),"
            + " (2, '+358401234567', 'ada@shop.example')");
    JdbcSource source = JdbcSource.of(database, "select * from people");

    assertThatThrownBy(() -> source.orderedBy("phone").open(VIP))
        .hasMessageContaining("1 and 2")
        .hasMessageNotContaining("358");
    assertThatThrownBy(() -> source.idColumn("email").orderedBy("phone").open(VIP))
        .hasMessageContaining("(an email address, not shown)")
        .hasMessageNotContaining("ada@");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_customer_without_a_key_is_not_passed_over_in_silence(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 9);
    run(database, "update customers set email = null where id = 5");

    assertThatThrownBy(() -> source(database, "tier", "email").open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Some customers have no value in 'email', and would be passed over in this order: order"
                + " by columns that are never null, or leave such rows out of the query with 'is"
                + " not null'.");
    assertThat(all(JdbcSource.of(database, QUERY + " and email is not null").orderedBy("email")))
        .hasSize(8);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_customer_whom_an_outer_join_leaves_without_a_key_is_not_passed_over(Product product)
      throws Exception {
    DataSource database = product.fresh();
    make(database, 9);
    run(
        database,
        "create table ranks (customer bigint primary key, place int not null)",
        "insert into ranks select id, id from customers where id <> 5");

    JdbcSource source =
        JdbcSource.of(
                database,
                "select c.*, r.place from customers c left join ranks r on r.customer = c.id")
            .orderedBy("place", "id");

    assertThatThrownBy(() -> source.open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Some customers have no value in 'place'");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_key_that_is_not_exact_is_refused(Product product) throws Exception {
    DataSource database = product.fresh();
    run(
        database,
        "create table customers (id int not null, score double precision not null)",
        "insert into customers values (1, 0.1)");

    assertThatThrownBy(
            () -> JdbcSource.of(database, "select * from customers").orderedBy("score").open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in the order of 'score'")
        .hasMessageContaining("order by whole or decimal numbers");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_time_of_day_is_refused_in_words_that_do_not_promise_it(Product product) throws Exception {
    DataSource database = product.fresh();

    assertThatThrownBy(
            () ->
                JdbcSource.of(database, "select 1 as id, time '09:05:00' as opens")
                    .orderedBy("opens")
                    .open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in the order of 'opens'")
        .hasMessageContaining("UUIDs, dates or timestamps");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_table_that_changes_between_pages_gives_each_that_stays_once(Product product)
      throws Exception {
    DataSource database = product.fresh();
    make(database, 9);

    try (ProfileReader reader = source(database, "id").pageSize(3).open(VIP)) {
      CustomerProfile first = Objects.requireNonNull(reader.next());
      run(
          database,
          "delete from customers where id in (1, 3, 5)",
          "insert into customers values (0, 'vip-eu', 'new', 0), (10, 'vip-eu', 'new', 0)");

      assertThat(first.id()).isEqualTo("1");
      assertThat(ids(rest(reader))).containsExactly("2", "3", "4", "6", "7", "8", "9", "10");
      assertThat(reader.next()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void names_may_be_reserved_words_or_have_blanks_and_quotes(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 3);

    JdbcSource source =
        JdbcSource.of(
                database,
                "select id as \"Customer \"\"Id\"\"\", tier as \"order\" from customers -- all")
            .idColumn("Customer \"Id\"")
            .orderedBy("order", "customer \"id\"")
            .pageSize(1);

    assertThat(ids(all(source))).containsExactly("3", "1", "2");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_query_may_join_and_group_and_end_with_a_semicolon(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 9);

    JdbcSource source =
        JdbcSource.of(
                database,
                "with grouped as (select tier, count(*) as members from customers group by tier)"
                    + " select tier as id, members from grouped ; -- three of them")
            .orderedBy("id")
            .pageSize(2);

    assertThat(ids(all(source))).containsExactly("0", "1", "2");
  }
}
