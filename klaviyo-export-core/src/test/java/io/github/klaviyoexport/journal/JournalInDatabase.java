package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.testing.Databases;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Journals in an empty database of each product, and what stands in its tables. */
abstract class JournalInDatabase {
  static final String KEY = "vip-eu";

  enum Product {
    H2,
    POSTGRESQL;

    DataSource fresh() {
      return this == H2 ? Databases.h2() : Databases.postgres();
    }
  }

  static List<String> lines(JournalLog log) throws IOException {
    var lines = new ArrayList<String>();
    log.replay(lines::add);
    return lines;
  }

  static void run(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
