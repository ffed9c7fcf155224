package io.github.klaviyoexport.testkit.internal.server;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.OpenAccount;
import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The account behind HTTP. */
class HttpEntryTest extends OpenAccount {
  @Override
  public Entry entry() {
    return Entry.HTTP;
  }

  @Test
  void it_listens_on_the_loopback_interface_at_a_port_that_was_free() {
    assertThat(klaviyo.baseUrl()).hasScheme("http").hasHost("127.0.0.1").hasPort(klaviyo.port());
    assertThat(klaviyo.port()).isPositive();
  }

  @Test
  void links_lead_to_the_host_as_the_caller_spells_it() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + klaviyo.port() + "/api/lists"))
            .header("Authorization", "Klaviyo-API-Key " + klaviyo.apiKey().value())
            .header("revision", "2026-07-15")
            .build();

    String body =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();

    assertThat(body).contains("\"self\":\"http://localhost:" + klaviyo.port() + "/api/lists\"");
  }

  @Test
  void stubs_of_ones_own_come_first() {
    klaviyo.wireMock().stubFor(get(urlPathEqualTo("/api/lists")).willReturn(ok("mine")));

    assertThat(client.get("/api/lists").text()).isEqualTo("mine");
    assertThat(client.get("/api/lists/Y6nRLr").status()).isEqualTo(200);
    assertThat(klaviyo.requests()).hasSize(1);
  }

  @Test
  void a_stalled_answer_begins_and_does_not_end_and_does_not_hold_up_closing() throws Exception {
    klaviyo.script(Operation.GET_LISTS, Fault.stalled());
    HttpRequest request =
        HttpRequest.newBuilder(klaviyo.baseUrl().resolve("/api/lists"))
            .header("Authorization", "Klaviyo-API-Key " + klaviyo.apiKey().value())
            .header("revision", "2026-07-15")
            .build();
    HttpResponse<InputStream> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body().read()).isEqualTo(' ');
    long start = System.nanoTime();
    klaviyo.close();
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void a_taken_port_is_told() {
    assertThatThrownBy(() -> FakeKlaviyo.builder().port(klaviyo.port()).start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The fake Klaviyo cannot listen on port "
                + klaviyo.port()
                + ", which is most likely taken: choose another, or 0 for one that is free.");
  }

  @Test
  void the_stubs_are_not_for_web_sites_that_a_browser_shows() throws Exception {
    assertThat(askForStubs("Accept", "*/*")).isEqualTo(200);
    assertThat(askForStubs("Origin", "http://elsewhere.example")).isEqualTo(401);
  }

  private int askForStubs(String header, String value) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(klaviyo.baseUrl().resolve("/__admin/mappings"))
            .header(header, value)
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void a_closed_account_listens_no_more() {
    URI address = klaviyo.baseUrl();
    klaviyo.close();
    klaviyo.close();

    assertThat(klaviyo.baseUrl()).isEqualTo(address);
    assertThatThrownBy(() -> client.tryToSend("GET", "/api/lists", ""))
        .isInstanceOf(IOException.class);
  }

  @Test
  void latency_is_real() {
    fake(builder -> builder.latency(Duration.ofMillis(30)));
    client.get("/api/lists");
    long start = System.nanoTime();

    client.get("/api/lists");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(29));
  }
}
