package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Klaviyo has and the fake has not: it says so, and never makes something up. */
class AbsenceContractTest extends FakeKlaviyoContract {
  @Test
  void no_page_leads_back() {
    imported(Client.customers(3));

    List<Reply> pages = client.pages("/api/lists/" + LIST + "/profiles", "page[size]", "2");

    assertThat(pages).hasSize(2);
    assertThat(pages)
        .allSatisfy(page -> assertThat(page.json().at("/links/prev").isNull()).isTrue());
  }

  @Test
  void nothing_is_predicted() {
    Reply refused =
        client.get(
            "/api/lists/" + LIST + "/profiles",
            "additional-fields[profile]",
            "predictive_analytics");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.at("/errors/0/source/parameter")).isEqualTo("additional-fields[profile]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/api/segments", "/api/events", "/api/campaigns", "/api/lists/Y6nRLr/tags"})
  void other_operations_are_not_found(String path) {
    assertThat(client.get(path).status()).isEqualTo(404);
  }
}
