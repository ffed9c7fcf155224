package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** A table of customers, and what is read of it. */
final class Customers {
  static final Segment VIP = Segment.named("vip-eu");

  private Customers() {}

  static void run(DataSource database, String... statements) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Makes a table {@code customers} with the ids 1 to {@code count}, all of them in a segment. */
  static void make(DataSource database, int count) throws SQLException {
    run(
        database,
        "create table customers (id bigint not null primary key, segment varchar(40) not null,"
            + " email varchar(80), tier int not null)");
    StringBuilder rows = new StringBuilder("insert into customers values ");
    for (int id = 1; id <= count; id++) {
      rows.append(id == 1 ? "" : ",")
          .append("(" + id + ",'vip-eu','c" + id + "@shop.example'," + id % 3 + ")");
    }
    if (count > 0) {
      run(database, rows.toString());
    }
  }

  static List<String> numbers(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(Integer::toString).toList();
  }

  static List<CustomerProfile> all(JdbcSource source) throws IOException {
    try (ProfileReader reader = source.open(VIP)) {
      return rest(reader);
    }
  }

  static List<CustomerProfile> rest(ProfileReader reader) throws IOException {
    List<CustomerProfile> rest = new ArrayList<>();
    for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
      rest.add(next);
    }
    return rest;
  }

  static List<String> ids(List<CustomerProfile> customers) {
    return customers.stream().map(CustomerProfile::id).toList();
  }
}
