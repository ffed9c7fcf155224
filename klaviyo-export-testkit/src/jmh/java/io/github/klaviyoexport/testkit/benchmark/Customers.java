package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.Postgres;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The same customers in a CSV file and in a PostgreSQL, each made when it is asked for. */
final class Customers implements AutoCloseable {
  private final int size;
  private @Nullable Path csv;
  private @Nullable String database;

  Customers(int size) {
    this.size = size;
  }

  /** Where the file is. */
  String csv() throws IOException {
    if (csv == null) {
      csv = Files.createTempFile("customers", ".csv");
      write(csv);
    }
    return csv.toString();
  }

  private void write(Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write(String.join(",", BenchmarkProfiles.FIELDS.names()) + "\n");
      BenchmarkProfiles profiles = new BenchmarkProfiles(size);
      for (CustomerProfile next = profiles.next(); next != null; next = profiles.next()) {
        StringJoiner line = new StringJoiner(",", "", "\n");
        for (int i = 0; i < next.fields().size(); i++) {
          line.add("\"" + String.valueOf(next.value(i)).replace("\"", "\"\"") + "\"");
        }
        out.write(line.toString());
      }
    }
  }

  /** The address of the database, with a table {@code customers}. */
  String database() throws SQLException {
    if (database == null) {
      database = fill();
    }
    return database;
  }

  private String fill() throws SQLException {
    try (Connection connection = Postgres.server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table customers (\"CustomerId\" varchar(20) primary key, \"EMailAddress\" text,"
              + " \"FirstName\" text, \"LastName\" text, \"Telephone1\" text, \"City\" text,"
              + " \"Country\" text, \"LTV\" double precision, \"Orders\" int,"
              + " \"Member\" boolean, \"LastOrder\" date, \"Note\" text)");
      connection.setAutoCommit(false);
      try (PreparedStatement row =
          connection.prepareStatement("insert into customers values (?,?,?,?,?,?,?,?,?,?,?,?)")) {
        BenchmarkProfiles profiles = new BenchmarkProfiles(size);
        for (CustomerProfile next = profiles.next(); next != null; next = profiles.next()) {
          for (int i = 0; i < next.fields().size(); i++) {
            row.setObject(i + 1, next.value(i));
          }
          row.addBatch();
          if (Integer.parseInt(next.id().substring(2)) % 1_000 == 0) {
            row.executeBatch();
          }
        }
        row.executeBatch();
      }
      connection.commit();
      statement.execute("analyze customers");
      connection.commit();
      return connection.getMetaData().getURL() + "?user=" + connection.getMetaData().getUserName();
    }
  }

  @Override
  public void close() throws IOException {
    if (csv != null) {
      Files.delete(csv);
    }
  }
}
