package io.github.klaviyoexport.klaviyo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The examples in this package's Javadoc. */
class KlaviyoExamplesTest {
  @Test
  void a_connection_has_a_key_and_may_leave_a_part_of_the_quota_to_others() {
    // @start region="connection"
    // @replace substring='of("pk_0123456789")' replacement='fromEnvironment("KLAVIYO_API_KEY")':
    ApiKey key = ApiKey.of("pk_0123456789");
    KlaviyoConnection connection =
        KlaviyoConnection.of(key).share(0.5); // leaves half of the quota to the account's others
    // @end

    assertThat(connection.share()).isEqualTo(0.5);
    assertThat(connection.baseUrl()).hasToString("https://a.klaviyo.com");
    assertThat(connection.credentials()).isEqualTo(KlaviyoConnection.of(key).credentials());
  }
}
