package example.shop.three;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.springboot.AutoConfigureFakeKlaviyo;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.client.TestRestTemplate;

/** The same auto-configuration on Spring Boot 3, started for real. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureFakeKlaviyo
class NewsletterServiceTest {
  @Autowired private TestRestTemplate http;
  @Autowired private FakeKlaviyo klaviyo;

  @Test
  void an_export_is_run_over_http_and_watched_through_the_actuator() {
    JsonNode report = http.postForObject("/export", null, JsonNode.class);

    assertThat(report.at("/accepted").asInt()).isEqualTo(1);
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    JsonNode health = http.getForObject("/actuator/health", JsonNode.class);
    assertThat(health.at("/components/klaviyo/status").asText()).isEqualTo("UP");
    assertThat(health.at("/components/klaviyo/details/lastAnswer/status").asText())
        .isEqualTo("200");
    JsonNode accepted =
        http.getForObject(
            "/actuator/metrics/klaviyo.export.profiles?tag=result:accepted", JsonNode.class);
    assertThat(accepted.at("/measurements/0/value").asDouble()).isEqualTo(1);
    JsonNode exports = http.getForObject("/actuator/klaviyoexport", JsonNode.class);
    assertThat(exports.at("/ended/0/segment").asText()).isEqualTo("newsletter");
  }
}
