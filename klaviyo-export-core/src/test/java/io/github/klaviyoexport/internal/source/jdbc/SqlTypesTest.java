package io.github.klaviyoexport.internal.source.jdbc;

import static io.github.klaviyoexport.internal.source.jdbc.Customers.VIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.Databases;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TimeZone;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the values of SQL's types become. */
class SqlTypesTest {
  private static @Nullable Object value(DataSource database, String expression) throws Exception {
    JdbcSource source = JdbcSource.of(database, "select 1 as id, " + expression + " as x");
    try (ProfileReader reader = source.open(VIP)) {
      CustomerProfile only = Objects.requireNonNull(reader.next());
      assertThat(only.id()).isEqualTo("1");
      return only.value("x");
    }
  }

  private static String reason(@Nullable Object value) {
    assertThat(value).isInstanceOf(Unreadable.class);
    return ((Unreadable) Objects.requireNonNull(value)).reason();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void the_types_of_standard_sql_become_what_they_mean(Product product) throws Exception {
    DataSource database = product.fresh();

    assertThat(value(database, "cast(7 as smallint)")).isEqualTo(7);
    assertThat(value(database, "7")).isEqualTo(7);
    assertThat(value(database, "cast(7 as bigint)")).isEqualTo(7L);
    assertThat(value(database, "cast(12.340 as numeric(9,3))")).isEqualTo(new BigDecimal("12.340"));
    assertThat(value(database, "cast(1.5 as real)")).isEqualTo(1.5f);
    assertThat(value(database, "cast(1.5 as double precision)")).isEqualTo(1.5);
    assertThat(value(database, "true")).isEqualTo(true);
    assertThat(value(database, "cast('Ada' as varchar(9))")).isEqualTo("Ada");
    assertThat(value(database, "date '2026-03-29'")).isEqualTo(LocalDate.of(2026, 3, 29));
    assertThat(value(database, "time '09:05:01'")).isEqualTo(LocalTime.of(9, 5, 1));
    assertThat(value(database, "time with time zone '09:05:01+02:00'"))
        .isEqualTo(OffsetTime.of(9, 5, 1, 0, ZoneOffset.ofHours(2)));
    assertThat(value(database, "timestamp '2026-03-29 02:30:00.123456'"))
        .isEqualTo(LocalDateTime.of(2026, 3, 29, 2, 30, 0, 123_456_000));
    Object time = value(database, "timestamp with time zone '2026-03-29 09:05:00.123456+02:00'");
    assertThat(((OffsetDateTime) Objects.requireNonNull(time)).toInstant())
        .isEqualTo(Instant.parse("2026-03-29T07:05:00.123456Z"));
    assertThat(value(database, "cast('00000000-0000-0001-0000-000000000002' as uuid)"))
        .isEqualTo(UUID.fromString("00000000-0000-0001-0000-000000000002"));
    assertThat(String.valueOf(value(database, "interval '3' day"))).containsIgnoringCase("day");
    for (String type :
        List.of("int", "numeric(9,2)", "boolean", "varchar(9)", "date", "time", "timestamp")) {
      assertThat(value(database, "cast(null as " + type + ")")).as(type).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void arrays_are_lists(Product product) throws Exception {
    DataSource database = product.fresh();

    assertThat(value(database, "array['a', null, 'b']")).isEqualTo(Arrays.asList("a", null, "b"));
    assertThat(value(database, "array[1, 2]")).isEqualTo(List.of(1, 2));
    assertThat(value(database, "array[array[1, 2], array[3, 4]]"))
        .isEqualTo(List.of(List.of(1, 2), List.of(3, 4)));
    assertThat(value(database, "array[date '2026-03-29']"))
        .isEqualTo(List.of(LocalDate.of(2026, 3, 29)));
    assertThat(value(database, "array[timestamp '2026-03-29 02:30:00']"))
        .isEqualTo(List.of(LocalDateTime.of(2026, 3, 29, 2, 30)));
    assertThat(value(database, "array[true]")).isEqualTo(List.of(true));
    assertThat(value(database, "cast(null as int array)")).isNull();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void dates_and_times_in_arrays_are_as_exact_as_by_themselves(Product product) throws Exception {
    DataSource database = product.fresh();
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Helsinki"));
    try {
      for (String time :
          List.of(
              // On that day there was no half past three in Finland.
              "timestamp '2026-03-29 03:30:00.123456'",
              "timestamp '1500-01-01 00:00:00'",
              "timestamp with time zone '2026-03-29 00:30:00+00:00'",
              "date '1500-01-01'",
              "time '10:00:00.5'",
              "time with time zone '10:00:00.5+05:00'")) {
        Object single = Objects.requireNonNull(value(database, time));

        assertThat(value(database, "array[" + time + ", null]"))
            .as(time)
            .isEqualTo(Arrays.asList(single, null));
        assertThat(value(database, "array[array[" + time + "], array[" + time + "]]"))
            .as("nested: %s", time)
            .isEqualTo(List.of(List.of(single), List.of(single)));
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void json_is_what_it_says(Product product) throws Exception {
    DataSource database = product.fresh();
    String as = product == Product.H2 ? " format json" : "::jsonb";

    assertThat(
            value(database, "'{\"a\": [1, 1.10, true, null, \"x\"], \"b\": {\"c\": \"é\"}}'" + as))
        .isEqualTo(
            Map.of(
                "a",
                Arrays.asList(1, new BigDecimal("1.10"), true, null, "x"),
                "b",
                Map.of("c", "é")));
    assertThat(value(database, "'\"text\"'" + as)).isEqualTo("text");
    assertThat(value(database, "'null'" + as)).isNull();
    assertThat(value(database, "'12345678901234567890123'" + as))
        .isEqualTo(new BigInteger("12345678901234567890123"));
    assertThat(reason(value(database, "'" + "[".repeat(70) + "]".repeat(70) + "'" + as)))
        .isEqualTo("the column 'x' holds no JSON of at most 64 levels");
  }

  @Test
  void a_number_in_json_that_is_too_large_costs_itself_alone() {
    for (String number :
        List.of("1" + "0".repeat(1_200), "1." + "5".repeat(1_200), "1e9999999999")) {
      assertThat(JsonColumn.value("{\"x\": [" + number + ", 7], \"y\": \"text\"}", "x"))
          .as(number)
          .isEqualTo(
              Map.of(
                  "x", List.of(Unreadable.because("a number that is too large"), 7), "y", "text"));
    }
    assertThat(JsonColumn.value("1" + "0".repeat(999), "x")).isEqualTo(BigInteger.TEN.pow(999));
  }

  @Test
  void a_number_of_jsonb_may_have_been_written_with_an_exponent() throws Exception {
    assertThat(value(Databases.postgres(), "'{\"x\": 1e1200, \"y\": [1, null]}'::jsonb"))
        .isEqualTo(
            Map.of(
                "x",
                Unreadable.because("a number that is too large"),
                "y",
                Arrays.asList(1, null)));
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void bytes_are_refused_for_their_field_and_the_customer_goes_on(Product product)
      throws Exception {
    DataSource database = product.fresh();
    String type = product == Product.H2 ? "varbinary(9)" : "bytea";

    assertThat(reason(value(database, "cast('ab' as " + type + ")")))
        .contains("the column 'x' of type ")
        .endsWith(" holds bytes: have the query encode them, or leave it out");
    assertThat(reason(value(database, "array[cast('ab' as " + type + "), null]")))
        .contains("the column 'x' of type ")
        .endsWith(" holds bytes: have the query encode them, or leave it out");
    assertThat(value(database, "cast(null as " + type + ")")).isNull();
  }

  @Test
  void elements_of_arrays_in_postgresql_become_what_they_are_by_themselves() throws Exception {
    DataSource database = Databases.postgres();
    for (String single :
        List.of(
            "'12.34'::numeric::money",
            "'-1234.5'::numeric::money",
            "B'1'::bit(1)",
            "B'0101'::bit(4)",
            "B'01'::varbit",
            "interval '1 day 02:00'",
            "'NaN'::numeric",
            "'NaN'::float8",
            "1.50::numeric",
            "true",
            "'[1,5)'::int4range",
            "'192.0.2.1'::inet",
            "'<a/>'::xml",
            "'abc '::char(5)",
            "7::oid")) {
      Object value = Objects.requireNonNull(value(database, single));

      assertThat(value(database, "array[" + single + ", null]"))
          .as(single)
          .isEqualTo(Arrays.asList(value, null));
      assertThat(value(database, "array[array[" + single + "]]"))
          .as("nested: %s", single)
          .isEqualTo(List.of(List.of(value)));
    }
  }

  @Test
  void elements_of_arrays_in_h2_become_what_they_are_by_themselves() throws Exception {
    DataSource database = Product.H2.fresh();

    assertThat(value(database, "array[cast('long' as clob), null]"))
        .isEqualTo(Arrays.asList("long", null));
  }

  @Test
  void what_postgresql_has_of_its_own_becomes_what_it_means() throws Exception {
    DataSource database = Databases.postgres();
    Customers.run(
        database, "create type tier as enum ('gold', 'silver')", "create domain points as int");

    assertThat(value(database, "'gold'::tier")).isEqualTo("gold");
    assertThat(value(database, "array['gold'::tier]")).isEqualTo(List.of("gold"));
    assertThat(value(database, "7::points")).isEqualTo(7);
    assertThat(value(database, "'{\"a\": 1}'::json")).isEqualTo(Map.of("a", 1));
    assertThat(value(database, "array['{\"a\": 1}'::jsonb]")).isEqualTo(List.of(Map.of("a", 1)));
    assertThat(value(database, "array[timestamptz '2026-03-29 09:05:00+02']"))
        .isEqualTo(List.of(OffsetDateTime.parse("2026-03-29T07:05:00Z")));
    assertThat(value(database, "array['00000000-0000-0001-0000-000000000002'::uuid]"))
        .isEqualTo(List.of(UUID.fromString("00000000-0000-0001-0000-000000000002")));
    assertThat(value(database, "array[1.50::numeric]")).isEqualTo(List.of(new BigDecimal("1.50")));
    assertThat(value(database, "B'1'::bit(1)")).isEqualTo(true);
    assertThat(value(database, "B'0101'::bit(4)")).isEqualTo("0101");
    assertThat(value(database, "'12.34'::numeric::money")).isEqualTo("$12.34");
    assertThat(value(database, "'192.0.2.1'::inet")).isEqualTo("192.0.2.1");
    assertThat(value(database, "'<a/>'::xml")).isEqualTo("<a/>");
    assertThat(value(database, "'[1,5)'::int4range")).isEqualTo("[1,5)");
    assertThat(String.valueOf(value(database, "interval '1 day 02:00'"))).contains("1 day");
    assertThat(value(database, "'abc '::char(5)")).isEqualTo("abc  ");
    assertThat(value(database, "'NaN'::numeric")).isEqualTo(Double.NaN);
    assertThat(value(database, "'NaN'::float8")).isEqualTo(Double.NaN);
    for (String endless :
        List.of("'infinity'::timestamptz", "'-infinity'::timestamp", "'infinity'::date")) {
      for (String expression :
          List.of(endless, "array[" + endless + "]", "array[array[" + endless + "]]")) {
        assertThat(reason(value(database, expression)))
            .as(expression)
            .endsWith(" holds infinity, which is no date");
      }
    }
    for (String midnight : List.of("'24:00'::time", "'24:00+02'::timetz", "array['24:00'::time]")) {
      assertThat(reason(value(database, midnight)))
          .as(midnight)
          .endsWith(" holds 24:00, which is no time of day");
    }
    assertThat(value(database, "'23:59:59.999999'::time"))
        .isEqualTo(LocalTime.of(23, 59, 59, 999_999_000));
  }

  @Test
  void what_h2_has_of_its_own_becomes_what_it_means() throws Exception {
    DataSource database = Product.H2.fresh();

    assertThat(value(database, "cast('gold' as enum('gold', 'silver'))")).isEqualTo("gold");
    assertThat(value(database, "cast('long' as clob)")).isEqualTo("long");
    assertThat(reason(value(database, "cast(repeat('x', 100001) as clob)")))
        .isEqualTo("the column 'x' holds over 100,000 characters");
    assertThat(value(database, "cast(null as clob)")).isNull();
    assertThat(value(database, "cast('23:59:59.999999999' as time(9))")).isEqualTo(LocalTime.MAX);
    assertThat(value(database, "cast(1.5 as decfloat)")).isEqualTo(new BigDecimal("1.5"));
    assertThat(reason(value(database, "cast('ab' as blob)"))).contains("holds bytes");
  }

  @Test
  void types_that_other_drivers_report_are_known_by_name_or_number() {
    Dialect mysql = new Dialect("mysql", "mysql connector/j", "`");
    Dialect sqlServer = new Dialect("microsoft sql server", "microsoft jdbc driver", "\"");
    Dialect oracle = new Dialect("oracle", "oracle jdbc driver", "\"");

    assertThat(SqlType.of(Types.TIMESTAMP, "TIMESTAMP", 26, mysql))
        .isEqualTo(SqlType.POINT_IN_TIME);
    assertThat(SqlType.of(Types.TIMESTAMP, "DATETIME", 26, mysql))
        .isEqualTo(SqlType.LOCAL_DATE_TIME);
    assertThat(SqlType.of(Types.LONGVARCHAR, "JSON", 0, mysql)).isEqualTo(SqlType.JSON);
    assertThat(SqlType.of(Types.DATE, "YEAR", 4, mysql)).isEqualTo(SqlType.YEAR);
    assertThat(SqlType.of(Types.BIT, "TINYINT", 1, mysql)).isEqualTo(SqlType.PLAIN);
    assertThat(SqlType.of(-155, "datetimeoffset", 34, sqlServer))
        .isEqualTo(SqlType.DATE_TIME_WITH_ZONE);
    assertThat(SqlType.of(Types.DECIMAL, "money", 19, sqlServer)).isEqualTo(SqlType.PLAIN);
    assertThat(SqlType.of(-102, "TIMESTAMP WITH LOCAL TIME ZONE", 0, oracle))
        .isEqualTo(SqlType.DATE_TIME_WITH_ZONE);
    assertThat(SqlType.of(Types.TIMESTAMP, "DATE", 0, oracle)).isEqualTo(SqlType.LOCAL_DATE_TIME);
  }

  @Test
  void each_database_is_asked_for_the_first_rows_and_for_few_at_once_in_its_own_way() {
    Dialect mysql = new Dialect("mysql", "mysql connector/j", "`");
    Dialect mariadb = new Dialect("mariadb", "mariadb connector/j", "`");
    Dialect sqlServer = new Dialect("microsoft sql server", "microsoft jdbc driver", "\"");
    Dialect oracle = new Dialect("oracle", "oracle jdbc driver", "\"");

    assertThat(mysql.first(7)).isEqualTo(" limit 7");
    assertThat(sqlServer.first(7)).isEqualTo(" offset 0 rows fetch next 7 rows only");
    assertThat(oracle.first(7)).isEqualTo(" fetch first 7 rows only");
    assertThat(mysql.fetchSize(7)).isEqualTo(Integer.MIN_VALUE);
    assertThat(mariadb.fetchSize(7)).isEqualTo(7);
    assertThat(mysql.quoted("a`b")).isEqualTo("`a``b`");
  }
}
