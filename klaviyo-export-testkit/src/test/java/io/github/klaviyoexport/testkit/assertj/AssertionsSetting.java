package io.github.klaviyoexport.testkit.assertj;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;

/** An account, a segment of three customers, and what an assertion that fails is to say. */
abstract class AssertionsSetting {
  static final String ADA = "ada@shop.example";
  static final String BO = "bo@shop.example";
  static final String QUIET = "\nNo request has reached the account.";

  final VirtualTime time = VirtualTime.create();
  final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(3)).start();
  final InMemorySegments segments =
      InMemorySegments.of(
          "vip",
          customer("c-1", ADA, Map.of("tags", List.of(1, "two"), "points", 120)),
          customer("c-2", "bo at shop.example", Map.of()),
          customer("c-3", ADA, Map.of()));

  static CustomerProfile customer(String id, String email, Map<String, ?> extra) {
    return CustomerProfile.of(
        id, Map.of("id", id, "email", email, "name", "Ada", "city", "Espoo", "extra", extra));
  }

  ExportReport export() {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(klaviyo.connection())
            .mapping(
                FieldMapping.email("email")
                    .externalId("id")
                    .firstName("name")
                    .city("city")
                    .property("Extra", "extra"))
            .time(time)
            .build()) {
      return exporter.export(Segment.named("vip"), klaviyo.listId());
    }
  }

  void call(String method, String path) {
    call(method, path, "");
  }

  void call(String method, String path, String body) {
    call(klaviyo, method, path, body);
  }

  static void call(FakeKlaviyo account, String method, String path, String body) {
    var unused =
        account
            .transport()
            .send(
                KlaviyoRequest.of(
                    method,
                    URI.create("https://a.klaviyo.com" + path),
                    Map.of(
                        "Authorization",
                        "Klaviyo-API-Key " + account.apiKey().value(),
                        "revision",
                        "2026-07-15",
                        "Content-Type",
                        "application/vnd.api+json"),
                    List.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)))));
  }

  static void says(ThrowingCallable assertion, String text) {
    assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessage(text);
  }

  @AfterEach
  void closes_the_account() {
    klaviyo.close();
  }
}
