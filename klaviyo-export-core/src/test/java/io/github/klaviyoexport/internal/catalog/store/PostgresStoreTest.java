package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.testing.Databases;
import javax.sql.DataSource;

class PostgresStoreTest extends JdbcStoreContract {
  @Override
  DataSource database() {
    return Databases.postgres();
  }
}
