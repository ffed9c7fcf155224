package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.JdbcCatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Every store of ours keeps the contract. */
class CatalogStoresTest {
  private static final AtomicInteger COUNT = new AtomicInteger();

  @Nested
  class In_memory extends CatalogStoreContract {
    private final CatalogStore store = MemoryCatalogStore.create();

    @Override
    protected CatalogStore store() {
      return store;
    }
  }

  @Nested
  // @start region="example"
  class In_a_directory extends CatalogStoreContract {
    @TempDir Path directory;

    @Override
    protected CatalogStore store() {
      return FileCatalogStore.in(directory);
    }
  }

  // @end

  @Nested
  class In_h2 extends CatalogStoreContract {
    private final JdbcDataSource database = new JdbcDataSource();

    In_h2() {
      database.setURL("jdbc:h2:mem:catalog" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    }

    @Override
    protected CatalogStore store() {
      return JdbcCatalogStore.on(database);
    }
  }
}
