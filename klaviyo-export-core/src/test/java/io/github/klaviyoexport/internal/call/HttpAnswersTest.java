package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer that the JDK can give ends the exchange, however odd it is. */
@Timeout(60)
class HttpAnswersTest extends BadServer {
  private URI answering(String answer) throws Exception {
    return serving(
        exchange -> {
          exchange.readRequest();
          exchange.write(answer.replace("|", "\r\n"));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 204 No||, 204, 0",
    "HTTP/1.1 304 No|Content-Length: 5||, 304, 0",
    "HTTP/1.1 304 No|Content-Length: 5||hello, 304, 0",
    "HTTP/1.1 205 Reset||, 205, 0",
    "HTTP/1.1 200 OK||, 200, 0",
    "HTTP/1.0 200 OK||hello, 200, 5",
    "HTTP/1.1 200 OK|Content-Length: 3||hello, 200, 3",
    "HTTP/1.1 200 OK|Content-Length: 3|Content-Length: 5||hello, 200, 3",
    "HTTP/1.1 200 OK|Content-Length: -1||, 200, 0",
    "HTTP/1.1 100 Continue||HTTP/1.1 202 OK|Content-Length: 2||{}, 202, 2",
    "HTTP/1.1 103 Early Hints|Link: x||HTTP/1.1 202 OK|Content-Length: 2||{}, 202, 2",
    "HTTP/1.1 301 Moved||, 301, 0",
    "HTTP/1.1 301 Moved|Location: http://127.0.0.1:1/||, 301, 0",
    "HTTP/1.1 401 No||, 401, 0",
    "HTTP/1.1 407 No|Proxy-Authenticate: Basic realm=x|Content-Length: 3||abc, 407, 3",
    "HTTP/1.1 421 No||, 421, 0",
    "HTTP/1.1 426 Upgrade|Upgrade: h2c|Connection: Upgrade||, 426, 0",
    "HTTP/1.1 999 No||, 999, 0",
    "HTTP/1.1 200 OK|no colon|: no name||, 200, 0",
    "HTTP/1.1 200 OK|Transfer-Encoding: canary||, 200, 0"
  })
  void an_odd_answer_is_an_answer(String answer, int status, int bytes) throws Exception {
    KlaviyoResponse response = get(transport.send(post(answering(answer))));

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.body()).hasSize(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 100 Continue||",
        "HTTP/1.1 101 Switching Protocols|Upgrade: h2c|Connection: Upgrade||",
        "HTTP/1.1 204 No Content|Content-Length: 5||hello",
        "HTTP/1.1 200 OK|Content-Length: canary||",
        "HTTP/1.1 200 OK|Content-Length: 99999999999999999999||",
        "HTTP/1.1 200 OK|Content-Length: -5||",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked||zz|",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked||-5|",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked||ffffffffff|",
        "HTTP/1.1 000 OK||",
        "HTTP/1.1 -20 OK||",
        "HTTP/2 200||",
        "PRI * HTTP/2.0||SM||",
        "||"
      })
  void what_is_no_answer_ends_the_exchange_and_leaves_doubt(String answer) throws Exception {
    TransportException failure = failureOf(post(answering(answer)));

    assertThat(failure.fate()).isEqualTo(Fate.UNKNOWN);
    assertThat(failure).message().startsWith("the connection to 127.0.0.1 broke (");
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775807", "2147483648"})
  void a_length_beyond_all_bounds_is_given_up_at_once(String length) throws Exception {
    TransportException failure =
        failureOf(post(answering("HTTP/1.1 200 OK|Content-Length: " + length + "||x")));

    assertThat(failure.fate()).isIn(Fate.UNUSABLE, Fate.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 3_000_000})
  void headers_of_any_size_end_the_exchange(int size) throws Exception {
    URI server = answering("HTTP/1.1 200 OK|X: " + "y".repeat(size) + "|Content-Length: 0||");
    try {
      assertThat(get(transport.send(post(server))).status()).isEqualTo(200);
    } catch (ExecutionException tooLarge) {
      // JDK 17 has no bound of its own in its first releases; later ones refuse at 384 KB.
      assertThat(tooLarge.getCause()).isInstanceOf(TransportException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 Switching Protocols|Upgrade: h2c|Connection: Upgrade||",
        "HTTP/1.1 101 Switching Protocols|Upgrade: h2c|Connection: Upgrade||canary canary canary",
        "HTTP/1.1 505 No||",
        "HTTP/1.1 421 No||"
      })
  void a_client_that_speaks_http_2_to_a_server_that_does_not_ends_the_exchange(String answer)
      throws Exception {
    HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    URI server = answering(answer);
    try (HttpTransport transport = new HttpTransport(http2)) {
      assertThat(get(transport.send(post(server))).status()).isGreaterThan(400);
    } catch (ExecutionException broken) {
      assertThat(broken.getCause())
          .isInstanceOf(TransportException.class)
          .message()
          .doesNotContain("canary");
    }
  }
}
