package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.JdbcStore;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A store in a relational database, for several processes.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="jdbc"}
 *
 * <p>On first use it makes its two tables, {@code klaviyo_catalog} and {@code
 * klaviyo_catalog_schema}, in the connection's default schema, and brings those of an earlier
 * version of this library up to date. That first use throws a {@link CatalogException} if the
 * database cannot be used, or a newer version of this library has changed the tables.
 *
 * <p>Proven on PostgreSQL and H2. Each call takes a connection from the data source and gives it
 * back in the state it had; a pool is the data source's affair. Safe for use by many threads.
 */
public final class JdbcCatalogStore implements CatalogStore {
  private final DataSource dataSource;
  private final JdbcStore store;

  private JdbcCatalogStore(DataSource dataSource, String prefix) {
    this.dataSource = dataSource;
    this.store = new JdbcStore(dataSource, prefix);
  }

  /** Creates a store in the database that a data source connects to. */
  public static JdbcCatalogStore on(DataSource dataSource) {
    return new JdbcCatalogStore(dataSource, "klaviyo_");
  }

  /**
   * Returns this with other names for the tables, which are {@code catalog} and {@code
   * catalog_schema} behind the prefix.
   *
   * @param prefix {@code klaviyo_} by default; up to 30 characters of {@code a-z}, {@code 0-9} and
   *     {@code _}, and before them, if you like, a schema and a dot
   * @throws IllegalArgumentException if it is not like that
   */
  public JdbcCatalogStore tablePrefix(String prefix) {
    return new JdbcCatalogStore(dataSource, prefix);
  }

  @Override
  public List<Entry> list(Kind kind, String idPrefix) {
    return store.list(kind, idPrefix);
  }

  @Override
  public List<String> ids(Kind kind, String idPrefix) {
    return store.ids(kind, idPrefix);
  }

  @Override
  public Optional<Entry> find(Kind kind, String id) {
    return store.find(kind, id);
  }

  @Override
  public Outcome put(Entry entry) {
    return store.put(entry);
  }

  @Override
  public boolean remove(Kind kind, String id, long version) {
    return store.remove(kind, id, version);
  }

  @Override
  public String setAside(Kind kind, String id) {
    return store.setAside(kind, id);
  }

  /** Returns the names of the tables. */
  @Override
  public String toString() {
    return "JdbcCatalogStore[" + store + "]";
  }
}
