package example.shop.loyalty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service as it is, asked over HTTP: only Klaviyo is a fake. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "klaviyo.export.fake.enabled=true")
class LoyaltyServiceTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();

  @LocalServerPort private int port;
  @Autowired private FakeKlaviyo klaviyo;
  @Autowired private Catalog catalog;

  private JsonNode get(String path) throws Exception {
    return JSON.readTree(send(HttpRequest.newBuilder(uri(path))).body());
  }

  private HttpResponse<String> post(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  @Test
  void an_export_is_run_over_http_and_watched_through_the_actuator() throws Exception {
    HttpResponse<String> answer = post("/exports/vip-eu");

    JsonNode report = JSON.readTree(answer.body());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(report.at("/accepted").asInt()).isEqualTo(2);
    assertThat(report.at("/rejected").asInt()).isEqualTo(1);
    assertThat(klaviyo.list().emails())
        .containsExactlyInAnyOrder("ada@shop.example", "grace@shop.example");

    JsonNode health = get("/actuator/health/klaviyo");
    assertThat(health.path("status").asString()).isEqualTo("UP");
    assertThat(health.at("/details/lastAnswer/status").asString()).isEqualTo("200");
    assertThat(health.at("/details/lastRun/status").asString()).isEqualTo("completed");

    JsonNode accepted = get("/actuator/metrics/klaviyo.export.profiles?tag=result:accepted");
    assertThat(accepted.at("/measurements/0/value").asDouble()).isGreaterThanOrEqualTo(2);

    JsonNode exports = get("/actuator/klaviyoexport");
    assertThat(exports.path("running")).isEmpty();
    assertThat(exports.at("/ended/0/segment").asString()).isEqualTo("vip-eu");
    assertThat(exports.at("/ended/0/accepted").asInt()).isEqualTo(2);
    assertThat(exports.at("/catalog/exports").isArray()).isTrue();
    assertThat(exports.toString()).doesNotContain("shop.example", klaviyo.apiKey().value());
  }

  @Test
  void an_export_that_stops_is_answered_with_its_reason_and_what_to_do() throws Exception {
    HttpResponse<String> answer = post("/exports/no-such-segment");

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("SOURCE_FAILED", "check its name");
  }

  @Test
  void an_export_that_an_administrator_has_saved_is_shown_with_its_last_run() throws Exception {
    Actor kim = Actor.administrator("kim");
    String connection =
        catalog.add(kim, ConnectionDefinition.apiKey("Klaviyo", "env:KLAVIYO_API_KEY")).id();
    catalog.accept(kim, connection);
    catalog.connect(kim, connection);
    ExportDefinition vips =
        ExportDefinition.named("VIPs")
            .connection(connection)
            .list(klaviyo.listId())
            .segments("vip-eu")
            .mapping(FieldMapping.email("email"));
    String run = catalog.run(kim, catalog.save(kim, vips).id()).id();
    catalog.await(run);

    JsonNode saved = get("/actuator/klaviyoexport").at("/catalog/exports/0");

    assertThat(saved.path("name").asString()).isEqualTo("VIPs");
    assertThat(saved.at("/lastRun/id").asString()).isEqualTo(run);
    assertThat(saved.at("/lastRun/status").asString()).isEqualTo("PARTLY_SUCCESSFUL");
  }
}
