package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.testing.TestTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuotasTest {
  private static final KlaviyoConnection ACCOUNT = account("pk_0123456789");

  private final TestTime time = new TestTime();

  private static KlaviyoConnection account(String key) {
    return KlaviyoConnection.of(ApiKey.of(key));
  }

  @Test
  void exporters_of_one_account_share_its_quotas_and_those_of_another_do_not() {
    Quotas quotas = Quotas.shared(ACCOUNT, time);

    assertThat(Quotas.shared(account("pk_0123456789"), time)).isSameAs(quotas);
    assertThat(Quotas.shared(account("pk_9876543210"), time)).isNotSameAs(quotas);
  }

  @Test
  void an_account_is_remembered_for_two_minutes_after_its_last_exporter() {
    Quotas quotas = Quotas.shared(ACCOUNT, time);
    quotas.release();
    time.pass(Duration.ofMinutes(2));

    assertThat(Quotas.shared(ACCOUNT, time)).as("after two minutes").isSameAs(quotas);
    quotas.release();
    time.pass(Duration.ofMinutes(2).plusMillis(1));

    assertThat(Quotas.shared(ACCOUNT, time)).as("after more").isNotSameAs(quotas);
  }

  @Test
  void an_account_is_remembered_as_long_as_an_exporter_uses_it() {
    Quotas quotas = Quotas.shared(ACCOUNT, time);
    Quotas.shared(ACCOUNT, time).release();
    time.pass(Duration.ofDays(1));

    assertThat(Quotas.shared(ACCOUNT, time)).isSameAs(quotas);
  }
}
