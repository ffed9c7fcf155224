package io.github.klaviyoexport.internal.source.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;

/**
 * What databases and their drivers do each in a way of its own.
 *
 * @param product the database's name, in small letters
 * @param driver the driver's name, in small letters
 * @param quote what stands around a name; empty if nothing does
 */
record Dialect(String product, String driver, String quote) {
  private static final Set<String> LIMITS =
      Set.of("postgresql", "mysql", "mariadb", "sqlite", "duckdb");

  /** What PostgreSQL compares as text: a domain is called by what it is made of. */
  private static final Set<String> POSTGRES_TEXT = Set.of("text", "varchar", "bpchar", "name");

  static Dialect of(DatabaseMetaData database) throws SQLException {
    String quote = database.getIdentifierQuoteString();
    return new Dialect(
        lower(database.getDatabaseProductName()),
        lower(database.getDriverName()),
        quote == null ? "" : quote.strip());
  }

  private static String lower(String name) {
    return String.valueOf(name).toLowerCase(Locale.ROOT);
  }

  boolean isPostgres() {
    return product.equals("postgresql");
  }

  /**
   * Returns whether text of a type is compared with a parameter as it is ordered. PostgreSQL
   * compares text of another type as text ({@code citext}) or not at all (an enum); MySQL orders an
   * enum by the place of its values and compares them as text.
   */
  boolean comparesTextAsOrdered(String type) {
    return isPostgres()
        ? POSTGRES_TEXT.contains(type)
        : !isMysql() || !type.equalsIgnoreCase("enum") && !type.equalsIgnoreCase("set");
  }

  private boolean isMysql() {
    return product.equals("mysql") || product.equals("mariadb");
  }

  /** Returns whether a {@code timestamp} is a point in time, which a {@code datetime} is not. */
  boolean timestampsArePointsInTime() {
    return isMysql();
  }

  /** Returns a column's name as SQL takes it, whatever characters it has. */
  String quoted(String name) {
    return quote + (quote.isEmpty() ? name : name.replace(quote, quote + quote)) + quote;
  }

  /** Returns what at the end of an ordered query ends it after so many rows. */
  String first(int rows) {
    if (product.equals("microsoft sql server")) {
      return " offset 0 rows fetch next " + rows + " rows only";
    }
    return LIMITS.contains(product) ? " limit " + rows : " fetch first " + rows + " rows only";
  }

  /**
   * Returns whether rows are compared as such, with the help of an index. Others take the same
   * written out.
   */
  boolean comparesRows() {
    return isPostgres();
  }

  /** Returns the fetch size that keeps the driver from taking all rows into memory at once. */
  int fetchSize(int rows) {
    // Connector/J knows no other way than one row at a time, and no other sign for it.
    return driver.startsWith("mysql") ? Integer.MIN_VALUE : rows;
  }
}
