package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.testing.TestTime;
import javax.sql.DataSource;

/** Permits in a database by a clock that a test moves. */
public final class PermitsByTestTime {
  private PermitsByTestTime() {}

  public static JdbcPermits on(DataSource database, TestTime time) {
    return JdbcPermits.on(database, "shop-eu")
        .clock(
            new JdbcPermits.Clock() {
              @Override
              public void readIfDue() {}

              @Override
              public long millis() {
                return time.now().toEpochMilli();
              }
            });
  }
}
