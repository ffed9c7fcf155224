package io.github.klaviyoexport.klaviyo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.jdbc.Transactions;
import io.github.klaviyoexport.testing.Databases;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The clock that processes on several hosts share. */
class DatabaseClockTest {
  private static final Duration SLOW = Duration.ofMillis(150);

  static Stream<DataSource> databases() {
    return Stream.of(Databases.h2(), Databases.postgres());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void is_the_same_on_a_host_that_takes_long_to_get_a_connection(DataSource database)
      throws Exception {
    DatabaseClock near = new DatabaseClock(new Transactions(database));
    DatabaseClock far = new DatabaseClock(new Transactions(slow(database)));
    near.readIfDue();
    far.readIfDue();

    assertThat(Math.abs(far.millis() - near.millis())).isLessThan(SLOW.toMillis() / 3);
    assertThat(Math.abs(near.millis() - System.currentTimeMillis())).isLessThan(1_000);
  }

  private static DataSource slow(DataSource database) {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) ->
                CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return database.getConnection();
                          } catch (SQLException failure) {
                            throw new IllegalStateException(failure);
                          }
                        },
                        CompletableFuture.delayedExecutor(SLOW.toMillis(), TimeUnit.MILLISECONDS))
                    .get());
  }
}
