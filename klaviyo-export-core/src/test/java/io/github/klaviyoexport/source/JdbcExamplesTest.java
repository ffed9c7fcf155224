package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testing.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of {@link JdbcSource}, on a real PostgreSQL. */
class JdbcExamplesTest {
  @Test
  void a_source_of_a_query_reads_the_customers_of_a_segment() throws Exception {
    DataSource dataSource = Databases.postgres();
    makeCustomers(dataSource);

    // @start region="source"
    ProfileSource source =
        JdbcSource.of(
                dataSource,
                """
                select c.customer_id, c.email, c.ltv
                from customer c join segment_member m using (customer_id)
                where m.segment = :segment
                """)
            .idColumn("customer_id")
            .orderedBy("customer_id")
            .segmentsQuery("select distinct segment from segment_member")
            .countQuery("select count(*) from segment_member where segment = :segment");
    // @end

    try (ProfileReader reader = source.open(Segment.named("vip-eu"))) {
      assertThat(reader.size()).hasValue(1);
      assertThat(Objects.requireNonNull(reader.next()).value("email"))
          .isEqualTo("ada@shop.example");
    }
  }

  @Test
  void a_source_says_that_its_query_sorts_by_email_address() throws Exception {
    DataSource dataSource = Databases.postgres();
    makeCustomers(dataSource);
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into customer values (1, 'Bo-2@shop.example', 1), (2, ' b.o@shop.example', 1),"
              + " (3, 'bo.2@shop.example', 1), (4, 'bo@shop.example.org', 1), (5, 'BO@shop.example',"
              + " 1), (6, 'b_o@shop.example', 1)");
    }

    // @start region="sorted"
    ProfileSource source =
        JdbcSource.of(
                dataSource,
                """
                select customer_id, email, ltv,
                       lower(trim(email)) collate "C" as sort_key
                from customer
                """)
            .idColumn("customer_id")
            .orderedBy("sort_key", "customer_id")
            .sortedByEmail();
    // @end

    List<String> emails = new ArrayList<>();
    try (ProfileReader reader = source.open(Segment.named("all"))) {
      assertThat(reader.isSortedByEmail()).isTrue();
      for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
        emails.add(String.valueOf(next.value("email")).strip().toLowerCase(Locale.ROOT));
        assertThat(reader.position()).as("an address gets into no journal").isEmpty();
      }
    }
    assertThat(emails).hasSize(8).isSorted();
  }

  private static void makeCustomers(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table customer (customer_id int primary key, email text, ltv int)");
      statement.execute("create table segment_member (segment text, customer_id int)");
      statement.execute(
          "insert into customer values (16, 'bo@shop.example', 3), (17, 'ada@shop.example', 120)");
      statement.execute("insert into segment_member values ('vip-eu', 17), ('all', 16)");
    }
  }
}
