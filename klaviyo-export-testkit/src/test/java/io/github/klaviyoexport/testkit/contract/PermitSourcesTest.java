package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.klaviyo.JdbcPermits;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Nested;

/** Permits in a database keep the contract. */
class PermitSourcesTest {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private static DataSource h2() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:permits" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    return database;
  }

  @Nested
  // @start region="example"
  class In_a_database extends PermitSourceContract {
    private final DataSource database = h2();

    @Override
    protected PermitSource permits() {
      return JdbcPermits.on(database, "shop-eu");
    }

    @Override
    protected void pass(Duration time) throws InterruptedException {
      var unused = TimeSource.system().await(new Semaphore(0), time, false);
    }
  }
  // @end
}
