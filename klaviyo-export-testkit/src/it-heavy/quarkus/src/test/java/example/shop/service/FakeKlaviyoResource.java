package example.shop.service;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

/** A Klaviyo account for the service under test; tests with a field of its type are given it. */
public final class FakeKlaviyoResource implements QuarkusTestResourceLifecycleManager {
  private FakeKlaviyo klaviyo;

  @Override
  public Map<String, String> start() {
    klaviyo = FakeKlaviyo.start();
    try {
      return Map.of(
          "klaviyo.api-key", klaviyo.apiKey().value(),
          "klaviyo.base-url", klaviyo.baseUrl().toString(),
          "klaviyo.list", klaviyo.listId().value(),
          "klaviyo.journal", Files.createTempDirectory("exports").toString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(klaviyo, new TestInjector.MatchesType(FakeKlaviyo.class));
  }

  @Override
  public void stop() {
    klaviyo.close();
  }
}
