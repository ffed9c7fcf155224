package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.internal.call.HttpTransport;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.internal.server.OpenApiExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Every transport of ours keeps the contract. */
@Tag(OpenApiExtension.NOT_CHECKED)
class KlaviyoTransportsTest {
  @Nested
  // @start region="example"
  class Over_http extends KlaviyoTransportContract {
    private final HttpTransport transport = new HttpTransport(null);

    @Override
    protected KlaviyoTransport transport(FakeKlaviyo klaviyo) {
      return transport;
    }

    @AfterEach
    void closes_it() {
      transport.close();
    }
  }

  // @end

  @Nested
  class In_process extends KlaviyoTransportContract {
    @Override
    protected KlaviyoTransport transport(FakeKlaviyo klaviyo) {
      return klaviyo.transport();
    }
  }
}
