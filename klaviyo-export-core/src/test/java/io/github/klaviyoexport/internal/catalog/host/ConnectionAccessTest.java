package io.github.klaviyoexport.internal.catalog.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ConnectionAccessTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_secret_store_that_does_not_answer_in_time_is_interrupted_and_cannot_be_read(boolean key)
      throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    ConnectionAccess access =
        new ConnectionAccess(
            reference -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException interrupt) {
                interrupted.countDown();
              }
              throw new IOException("sealed");
            },
            UnaryOperator.identity(),
            TimeSource.system(),
            Duration.ofSeconds(1));
    ConnectionDefinition definition =
        key
            ? ConnectionDefinition.apiKey("Klaviyo EU", "vault:klaviyo")
            : ConnectionDefinition.oauthToken("Klaviyo EU", "vault:klaviyo");
    ConnectionData connection =
        ConnectionData.added("eu", definition, Actor.administrator("kim"), Instant.EPOCH);

    AccessFailedException failure =
        catchThrowableOfType(AccessFailedException.class, () -> access.open(connection));

    assertThat(failure.reason()).isEqualTo(Reason.CREDENTIALS_UNREADABLE);
    assertThat(failure.details())
        .contains("kept in vault:klaviyo: the secret store did not answer within 1 second");
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
