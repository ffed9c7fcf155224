package io.github.klaviyoexport.testkit.benchmark;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The bare loop over the rows of a query, which the driver fetches a thousand at a time. */
final class JdbcLowerBound extends BareLoop {
  private static final int FETCHED = 1_000;

  private final ResultSet rows;

  private JdbcLowerBound(URI baseUrl, ResultSet rows) {
    super(baseUrl);
    this.rows = rows;
  }

  /** Arguments: base URL, how many profiles, the address of the database. */
  public static void main(String[] args) throws Exception {
    try (Connection connection = DriverManager.getConnection(args[2])) {
      connection.setAutoCommit(false); // Or the driver would fetch all rows at once.
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(FETCHED);
        try (ResultSet rows = statement.executeQuery("select * from customers")) {
          new JdbcLowerBound(URI.create(args[0]), rows).export();
        }
      }
    }
    Figures.print(Integer.parseInt(args[1]));
  }

  @Override
  boolean next() throws SQLException {
    return rows.next();
  }

  @Override
  void write(JsonGenerator json) throws IOException, SQLException {
    json.writeStringField("email", rows.getString(2));
    json.writeStringField("phone_number", rows.getString(5));
    json.writeStringField("external_id", rows.getString(1));
    json.writeStringField("first_name", rows.getString(3));
    json.writeStringField("last_name", rows.getString(4));
    json.writeObjectFieldStart("location");
    json.writeStringField("city", rows.getString(6));
    json.writeStringField("country", rows.getString(7));
    json.writeEndObject();
    json.writeObjectFieldStart("properties");
    json.writeNumberField("Lifetime value", rows.getDouble(8));
    json.writeNumberField("Orders", rows.getInt(9));
    json.writeBooleanField("Loyalty member", rows.getBoolean(10));
    json.writeStringField("Last order", rows.getString(11));
    json.writeStringField("Note", rows.getString(12));
    json.writeEndObject();
  }
}
