package io.github.klaviyoexport.internal.source.jdbc;

import static io.github.klaviyoexport.internal.source.jdbc.Customers.VIP;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.all;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.ids;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.make;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.rest;
import static io.github.klaviyoexport.internal.source.jdbc.Customers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A segment that is read in one pass, and what is asked for beside its customers. */
class JdbcOnePassTest {
  private static final String QUERY = "select * from customers where segment = :segment";

  @ParameterizedTest
  @EnumSource(Product.class)
  void all_customers_are_read_in_the_order_of_the_query(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 250);

    List<CustomerProfile> read = all(JdbcSource.of(database, QUERY + " order by id desc"));

    assertThat(read).hasSize(250);
    assertThat(read.get(0).id()).isEqualTo("250");
    assertThat(read.get(249).value("email")).isEqualTo("c1@shop.example");
    assertThat(read.get(249).value("tier")).isEqualTo(1);
    assertThat(read.get(0).fields().names()).containsExactly("id", "segment", "email", "tier");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_query_without_the_segments_name_gives_the_same_for_every_name(Product product)
      throws Exception {
    DataSource database = product.fresh();
    make(database, 3);
    JdbcSource source = JdbcSource.of(database, "select id from customers where tier < 9");

    try (ProfileReader reader = source.open(Segment.named("any"))) {
      assertThat(rest(reader)).hasSize(3);
    }
    run(database, "delete from customers");
    assertThat(all(source)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_segment_without_customers_is_refused_as_unknown(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 3);
    Segment misspelt = Segment.named("vip-ue");

    for (JdbcSource source :
        List.of(JdbcSource.of(database, QUERY), JdbcSource.of(database, QUERY).orderedBy("id"))) {
      assertThatThrownBy(() -> source.open(misspelt))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "The query gives no customer of the segment 'vip-ue': check its name. If segments may"
                  + " be empty, say with segmentsQuery(...) which there are.");
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void where_the_names_of_segments_are_known_one_may_be_empty(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 3);
    run(
        database,
        "create table segments (name varchar(40))",
        "insert into segments values (null), ('vip-eu'), ('vip-us')");

    for (JdbcSource source :
        List.of(JdbcSource.of(database, QUERY), JdbcSource.of(database, QUERY).orderedBy("id"))) {
      JdbcSource knowing = source.segmentsQuery("select name from segments");
      assertThat(all(knowing)).hasSize(3);
      try (ProfileReader reader = knowing.open(Segment.named("vip-us"))) {
        assertThat(reader.next()).isNull();
      }
      assertThatThrownBy(() -> knowing.open(Segment.named("vip-ue")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("There is no segment 'vip-ue' (did you mean 'vip-")
          .hasMessageContaining("among the 2 that the database has");
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void the_size_is_known_where_it_is_counted(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 7);
    JdbcSource source = JdbcSource.of(database, QUERY);
    JdbcSource counting =
        source
            .orderedBy("id")
            .countQuery("select count(*) from customers where segment = :segment");

    try (ProfileReader unknown = source.open(VIP);
        ProfileReader known = counting.open(VIP);
        ProfileReader later = counting.openAt(VIP, "id=n5&5")) {
      assertThat(unknown.size()).isEmpty();
      assertThat(known.size()).hasValue(7);
      assertThat(later.size()).hasValue(7);
      assertThat(ids(rest(later))).containsExactly("6", "7");
    }
    assertThatThrownBy(
            () -> source.countQuery("select count(*) from customers having 1 = 0").open(VIP))
        .hasMessageContaining("The count query gives no number");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void what_changed_since_a_moment_is_read_alone(Product product) throws Exception {
    DataSource database = product.fresh();
    make(database, 6);
    run(
        database,
        "alter table customers add column changed timestamp(6) with time zone",
        "alter table customers add column changed_here timestamp(6)",
        "alter table customers add column changed_on date",
        "update customers set changed = timestamp with time zone '2026-03-29 09:00:00+00:00',"
            + " changed_here = timestamp '2026-03-29 12:00:00', changed_on = date '2026-03-28'",
        "update customers set changed = timestamp with time zone '2026-03-29 09:00:00.000001+00:00',"
            + " changed_here = timestamp '2026-03-29 12:00:00.000001',"
            + " changed_on = date '2026-03-29' where id in (2, 5)",
        "update customers set changed = null, changed_here = null, changed_on = null where id = 4");
    Instant moment = Instant.parse("2026-03-29T09:00:00.000001Z");
    ZoneId helsinki = ZoneId.of("Europe/Helsinki");

    JdbcSource inPages = JdbcSource.of(database, QUERY).orderedBy("tier", "id").pageSize(1);
    JdbcSource inOnePass = JdbcSource.of(database, QUERY + " order by tier, id");
    for (JdbcSource source : List.of(inPages, inOnePass)) {
      for (JdbcSource changing :
          List.of(
              source.modifiedAt("changed"),
              source.modifiedAt("changed_here", helsinki),
              source.modifiedAt("changed_on", helsinki))) {
        assertThat(ids(all(changing.changedSince(moment)))).containsExactly("4", "2", "5");
        assertThat(all(changing)).hasSize(6);
      }
      assertThat(all(source.modifiedAt("changed").changedSince(moment).countQuery("select 6")))
          .as("how many changed is not counted")
          .hasSize(3);
    }
    run(database, "delete from customers where id = 4");
    assertThat(all(inPages.modifiedAt("changed").changedSince(moment.plusSeconds(9)))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void whoever_an_outer_join_leaves_without_a_moment_of_change_is_read_too(Product product)
      throws Exception {
    DataSource database = product.fresh();
    make(database, 3);
    run(
        database,
        "create table choices (customer bigint primary key, changed timestamp(6) with time zone not"
            + " null)",
        "insert into choices values (1, timestamp with time zone '2026-03-29 09:00:00+00:00'),"
            + " (2, timestamp with time zone '2026-03-30 09:00:00+00:00')");
    JdbcSource source =
        JdbcSource.of(
                database,
                "select c.*, h.changed from customers c left join choices h on h.customer = c.id")
            .modifiedAt("changed")
            .changedSince(Instant.parse("2026-03-30T00:00:00Z"));

    assertThat(ids(all(source))).containsExactlyInAnyOrder("2", "3");
    assertThat(ids(all(source.orderedBy("id")))).containsExactly("2", "3");
  }

  @Test
  void a_moment_of_change_that_cannot_be_compared_is_refused_with_advice() throws Exception {
    DataSource database = Product.H2.fresh();
    make(database, 3);
    run(database, "alter table customers add column changed timestamp(6)");
    JdbcSource source = JdbcSource.of(database, QUERY);

    assertThatThrownBy(() -> source.changedSince(Instant.EPOCH))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("modifiedAt(...)");
    assertThatThrownBy(() -> source.modifiedAt("changed").changedSince(Instant.EPOCH).open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("modifiedAt(column, zone)");
    assertThatThrownBy(() -> source.modifiedAt("tier").changedSince(Instant.EPOCH).open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must hold timestamps or dates");
    assertThatThrownBy(() -> source.modifiedAt("chnged").changedSince(Instant.EPOCH).open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no column 'chnged' (did you mean 'changed'?)");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_row_without_an_id_is_set_aside_by_its_number(Product product) throws Exception {
    DataSource database = product.fresh();
    run(
        database,
        "create table customers (id varchar(9), n int not null, joined date not null)",
        "insert into customers values ('a', 1, date '2026-01-01'), (null, 2, date '2026-01-01'),"
            + " ('  ', 3, date '2026-01-01'), ('d  ', 4, date '2026-01-01')");

    List<CustomerProfile> inOnePass =
        all(JdbcSource.of(database, "select id, n from customers order by n"));
    List<CustomerProfile> inPages =
        all(JdbcSource.of(database, "select * from customers").orderedBy("joined", "n"));

    assertThat(ids(inOnePass)).containsExactly("a", "row 2 of vip-eu", "row 3 of vip-eu", "d");
    assertThat(ids(inPages)).containsExactly("a", "row 2 of vip-eu", "row 3 of vip-eu", "d");
    assertThat(Objects.requireNonNull(inPages.get(1).unreadable()).reason())
        .contains("the id column 'id' of type")
        .contains("holds nothing");
    assertThat(inPages.get(3).value("joined")).isEqualTo(LocalDate.of(2026, 1, 1));
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void whole_numbers_and_uuids_are_ids_and_other_types_are_not(Product product) throws Exception {
    DataSource database = product.fresh();

    assertThat(ids(all(JdbcSource.of(database, "select cast(42.00 as numeric(9,2)) as id"))))
        .containsExactly("42");
    assertThat(ids(all(JdbcSource.of(database, "select cast(100 as numeric(9,0)) as id"))))
        .containsExactly("100");
    assertThat(
            ids(
                all(
                    JdbcSource.of(
                        database,
                        "select cast('0E0E0000-0000-0000-0000-000000000001' as uuid) as id"))))
        .containsExactly("0e0e0000-0000-0000-0000-000000000001");
    assertThat(ids(all(JdbcSource.of(database, "select true as id"))))
        .containsExactly("row 1 of vip-eu");
    assertThat(ids(all(JdbcSource.of(database, "select cast(1.5 as double precision) as id"))))
        .containsExactly("row 1 of vip-eu");
  }

  @Test
  void a_column_is_found_whatever_its_case_unless_that_is_all_that_differs() throws Exception {
    DataSource database = Product.H2.fresh();

    assertThat(
            ids(
                all(
                    JdbcSource.of(database, "select 7 as \"CUSTOMER_ID\"")
                        .idColumn("customer_id"))))
        .containsExactly("7");
    assertThat(
            ids(
                all(
                    JdbcSource.of(database, "select 7 as \"ID\", 8 as \"id\"")
                        .idColumn("id")
                        .orderedBy("ID"))))
        .containsExactly("8");
    assertThatThrownBy(() -> all(JdbcSource.of(database, "select 7 as \"ID\", 8 as \"Id\"")))
        .hasMessageContaining("no column 'id' (did you mean 'ID' or 'Id'?)");
  }
}
