package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.testing.Databases;
import javax.sql.DataSource;

class PostgresCatalogStoreTest extends JdbcCatalogStoreContract {
  @Override
  DataSource database() {
    return Databases.postgres();
  }
}
