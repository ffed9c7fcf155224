package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Klaviyo has and the fake has not: it says so, and never makes something up. */
class AbsenceContractTest extends FakeKlaviyoContract {
  private static final String ADA = "ada@shop.example";

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
    assertThat(refused.at("/errors/0/detail")).endsWith("not known to this fake.");
    assertThat(client.get("/api/profiles", "fields[profile]", "predictive_analytics").status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/lists, tags, fields[tag], name",
    "/api/lists/Y6nRLr, flow-triggers, fields[flow], status",
    "/api/profiles, push-tokens, fields[push-token], metadata.os_name",
    "/api/profiles, conversations, fields[conversation], channel",
    "/api/profiles/ADA, segments, fields[segment], is_active"
  })
  void what_there_is_none_of_can_be_included_and_is_none(
      String path, String relation, String fields, String field) {
    klaviyo.list().add(ADA);
    String found = path.replace("ADA", klaviyo.profile(ADA).orElseThrow().id());

    Reply answered = client.get(found, "include", relation, fields, field);

    assertThat(answered.status()).as(answered.text()).isEqualTo(200);
    assertThat(answered.json().path("included")).isEmpty();
    JsonNode data = answered.json().path("data");
    assertThat((data.isArray() ? data.get(0) : data).at("/relationships/" + relation))
        .hasToString("{\"data\":[]}");
    assertThat(client.get(found, fields, "nonsense").status()).isEqualTo(400);
    assertThat(client.get(found, "include", "nonsense").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"_kx", "push_token"})
  void nobody_is_found_by_a_token_that_nobody_has(String token) {
    klaviyo.list().add(ADA);
    String members = "/api/lists/" + LIST + "/profiles";

    Reply found = client.get(members, "filter", "equals(" + token + ",\"x\")");

    assertThat(found.status()).isEqualTo(200);
    assertThat(found.json().path("data")).isEmpty();
  }

  @Test
  void links_lead_only_to_what_exists() {
    imported(Client.customers(2));
    fake(builder -> builder.quota(false));
    String job = "/api/profile-bulk-import-jobs/" + imported(Client.customers(2)).at("/data/id");
    List<String> links = new ArrayList<>();
    for (String path :
        List.of(
            "/api/accounts",
            "/api/lists",
            "/api/lists/" + LIST + "/profiles",
            "/api/profiles",
            job)) {
      client.get(path).json().findValues("links").stream()
          .flatMap(found -> found.properties().stream())
          .map(Map.Entry::getValue)
          .filter(JsonNode::isTextual)
          .forEach(link -> links.add(URI.create(link.asText()).getRawPath()));
    }

    assertThat(links).hasSizeGreaterThan(15);
    assertThat(links.stream().distinct())
        .allSatisfy(link -> assertThat(client.get(link).status()).as(link).isEqualTo(200));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/api/segments", "/api/events", "/api/campaigns", "/api/lists/Y6nRLr/tags"})
  void other_operations_are_not_found(String path) {
    assertThat(client.get(path).status()).isEqualTo(404);
  }
}
