package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.testing.Databases;
import javax.sql.DataSource;

class H2CatalogStoreTest extends JdbcCatalogStoreContract {
  @Override
  DataSource database() {
    return Databases.h2();
  }
}
