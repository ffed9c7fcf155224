package io.github.klaviyoexport.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.testing.Databases;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class H2CatalogStoreTest extends JdbcCatalogStoreContract {
  @Override
  DataSource database() {
    return Databases.h2();
  }

  @Test
  void tables_that_h2_fails_to_see_while_others_are_made_are_looked_at_again() {
    DataSource h2 = database();
    AtomicInteger failures = new AtomicInteger(2);
    DataSource hasty =
        (DataSource)
            Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  if (failures.getAndDecrement() > 0) {
                    throw new SQLException(
                        "General error", "HY000", 50000, new ConcurrentModificationException());
                  }
                  return h2.getConnection();
                });

    assertThat(JdbcCatalogStore.on(hasty).list(Kind.EXPORT, "")).isEmpty();
    assertThat(failures).hasNegativeValue();
  }
}
