package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.JdbcStore;
import javax.sql.DataSource;

/**
 * A store in a relational database, for several processes.
 *
 * <p>It makes its two tables, {@code klaviyo_catalog} and {@code klaviyo_catalog_schema}, in the
 * connection's default schema, and brings those of an earlier version of this library up to date.
 * Proven on PostgreSQL and H2. Each call takes a connection from the data source and gives it back;
 * a pool is the data source's affair.
 */
public final class JdbcCatalogStore {
  private JdbcCatalogStore() {}

  /**
   * The store in the given database; makes the tables where they are missing.
   *
   * @throws CatalogException if the database cannot be used, or a newer version of this library has
   *     changed its tables
   */
  public static CatalogStore on(DataSource dataSource) {
    return new JdbcStore(dataSource);
  }
}
