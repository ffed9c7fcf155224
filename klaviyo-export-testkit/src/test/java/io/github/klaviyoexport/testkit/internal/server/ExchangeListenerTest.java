package io.github.klaviyoexport.testkit.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a fake says reaches those who listen, in whichever test it is said. */
class ExchangeListenerTest {
  private static final String LISTS = "/api/lists";
  private static final String MEMBERS = "/api/lists/Y6nRLr/profiles";

  @ParameterizedTest
  @EnumSource
  void every_exchange_of_a_fake_is_heard(Entry entry) {
    List<Exchange> heard = new CopyOnWriteArrayList<>();
    Consumer<Exchange> ear = heard::add;
    HeardExchanges.begin(ear);
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start()) {
      entry.client(klaviyo).get(LISTS);
      entry.client(klaviyo).get(MEMBERS);
    } finally {
      HeardExchanges.end(ear);
    }

    assertThat(heard)
        .extracting(exchange -> exchange.call().path())
        .containsExactly(LISTS, MEMBERS);
  }
}
