package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.testing.Databases;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** The databases that the source is proven on. */
enum Product {
  H2,
  POSTGRESQL;

  private static final AtomicInteger COUNT = new AtomicInteger();

  /** An empty database, which keeps unquoted names in small letters. */
  DataSource fresh() {
    if (this == POSTGRESQL) {
      return Databases.postgres();
    }
    JdbcDataSource database = new JdbcDataSource();
    database.setURL(
        "jdbc:h2:mem:customers"
            + COUNT.incrementAndGet()
            + ";DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE");
    return database;
  }
}
