package io.github.klaviyoexport.testkit.internal.server;

import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.importOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the fake tells a test of itself. */
class RecordContractTest extends FakeKlaviyoContract {
  @Test
  void requests_are_recorded_in_the_order_of_arrival() {
    klaviyo.script(Operation.GET_LISTS, Fault.serverError(500));
    client.get("/api/lists", "page[size]", "5");
    time.advance(Duration.ofSeconds(3));
    client.submit(email("ada@shop.example"));
    client.get("/api/nothing");

    assertThat(klaviyo.requests())
        .extracting(RecordedRequest::operation)
        .containsExactly(Operation.GET_LISTS, Operation.BULK_IMPORT_PROFILES, null);
    RecordedRequest first = klaviyo.requests().get(0);
    assertThat(first.number()).isEqualTo(1);
    assertThat(first.method()).isEqualTo("GET");
    assertThat(first.path()).isEqualTo("/api/lists");
    assertThat(first.query()).isEqualTo("page%5Bsize%5D=5");
    assertThat(first.status()).isEqualTo(500);
    assertThat(first.fault()).isEqualTo("server error 500 before processing");
    assertThat(first)
        .hasToString(
            "#1 2026-09-01T08:00:00Z GET /api/lists (0 bytes) -> 500"
                + " [server error 500 before processing]");
    RecordedRequest second = klaviyo.requests().get(1);
    assertThat(second.at()).isEqualTo("2026-09-01T08:00:03Z");
    assertThat(second.bodyBytes()).isEqualTo(importOf(email("ada@shop.example")).length());
    assertThat(second.body()).isNull();
    assertThat(klaviyo.requests().get(2))
        .asString()
        .contains("Z GET an unknown operation (0 bytes)");
  }

  @Test
  void bodies_are_kept_when_asked_for() {
    fake(builder -> builder.keepBodies(true));

    client.submit(email("åse@shop.example"));

    assertThat(klaviyo.requests().get(0).body()).isEqualTo(importOf(email("åse@shop.example")));
  }

  @Test
  void reading_the_account_directly_is_no_request() {
    imported(email("ada@shop.example"));
    int before = klaviyo.requests().size();

    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    assertThat(klaviyo.list().profile("ada@shop.example")).isPresent();
    assertThat(klaviyo.list().profile("bo@shop.example")).isEmpty();
    assertThat(klaviyo.list()).hasToString("FakeList[Y6nRLr, 1 member]");

    assertThat(klaviyo.requests()).hasSize(before);
  }

  @Test
  void a_list_that_is_not_there_is_answered_with_those_that_are() {
    fake(builder -> builder.list("AAAAAA", "One").list("BBBBBB", "Two"));

    assertThatThrownBy(() -> klaviyo.list("CCCCCC"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The account has no list CCCCCC, only AAAAAA, BBBBBB: add it with"
                + " builder().list(id, name).");
    assertThatThrownBy(() -> klaviyo.list())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The account has 2 lists: say which one.");
  }
}
