package io.github.klaviyoexport.testkit.internal.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.OpenAccount;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A web site whose name leads to this machine gets nothing of the account, and changes nothing. */
class HostNameTest extends OpenAccount {
  @Override
  public Entry entry() {
    return Entry.HTTP;
  }

  private String answer(String method, String path, String host, String body) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", klaviyo.port())) {
      String request =
          String.join(
              "\r\n",
              method + " " + path + " HTTP/1.1",
              "Host: " + host,
              "Authorization: Klaviyo-API-Key " + klaviyo.apiKey().value(),
              "revision: 2026-07-15",
              "Content-Type: application/json",
              "Content-Length: " + body.length(),
              "Connection: close",
              "",
              body);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/fake/state", "/fake/page.js", "/api/lists", "/api/nothing", "/elsewhere"})
  void every_path_is_answered_alike_under_a_strangers_name(String path) throws IOException {
    assertThat(answer("GET", path, "shop.example:" + klaviyo.port(), ""))
        .startsWith("HTTP/1.1 421")
        .contains("FakeKlaviyo.builder().hostName(...)")
        .doesNotContain("shop.example", "Y6nRLr");
    assertThat(klaviyo.requests()).isEmpty();
  }

  @Test
  void a_call_under_a_strangers_name_changes_nothing() throws IOException {
    String refused =
        answer(
            "POST", Client.IMPORTS, "shop.example", Client.importOf(Client.email("a@b.example")));

    assertThat(refused).startsWith("HTTP/1.1 421");
    time.advance(JOB);
    assertThat(klaviyo.list().emails()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "klaviyo.test, 200",
    "KLAVIYO.test:8090, 200",
    "localhost, 200",
    "127.0.0.1:1, 200",
    "[::1], 200",
    "klaviyo.test.shop.example, 421",
    "xklaviyo.test, 421",
    "klaviyo, 421"
  })
  void names_that_are_meant_are_given_to_it(String host, int status) throws IOException {
    fake(builder -> builder.hostName("klaviyo.test"));

    assertThat(answer("GET", "/api/lists", host, "")).startsWith("HTTP/1.1 " + status);
    assertThat(answer("GET", "/fake/state", host, "")).startsWith("HTTP/1.1 " + status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "klaviyo.test:8090", "http://klaviyo.test", "*", "a b", ".test"})
  void what_is_no_name_of_a_host_is_told(String name) {
    assertThatThrownBy(() -> FakeKlaviyo.builder().hostName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'" + name + "' is no name of a host: pass one such as klaviyo.test, without a port.");
  }
}
