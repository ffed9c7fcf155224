package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a proxy answers, the exchange ends, and it is told that it was the proxy. */
@Timeout(60)
class HttpProxyTest extends BadServer {
  private static final URI KLAVIYO = URI.create("https://a.klaviyo.example/api/lists");
  private final AtomicInteger asked = new AtomicInteger();
  private String proxy = "";

  private HttpClient.Builder through(String... answers) throws IOException {
    URI at =
        serving(
            exchange -> {
              for (String answer : answers) {
                exchange.readRequest();
                asked.incrementAndGet();
                exchange.write(answer);
              }
            });
    proxy = "127.0.0.1:" + at.getPort();
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", at.getPort())));
  }

  private static Authenticator user(String user) {
    return new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return user.isEmpty() ? null : new PasswordAuthentication(user, "canary".toCharArray());
      }
    };
  }

  private static KlaviyoResponse answer(HttpClient client, URI uri) throws Exception {
    try (HttpTransport transport = new HttpTransport(client)) {
      return get(transport.send(post(uri)));
    }
  }

  private static TransportException failure(HttpClient client) {
    ExecutionException failure =
        catchThrowableOfType(ExecutionException.class, () -> answer(client, KLAVIYO));
    return (TransportException) failure.getCause();
  }

  private Reply<String> call(HttpClient client) throws InterruptedException {
    EventLoop loop = new EventLoop(TimeSource.system());
    KlaviyoConnection connection =
        KlaviyoConnection.of(ApiKey.of("pk_canary_key"))
            .baseUrl(URI.create("https://a.klaviyo.example"))
            .httpClient(client);
    Quotas quotas = Quotas.shared(connection, TimeSource.system());
    AtomicReference<Reply<String>> reply = new AtomicReference<>();
    try (HttpTransport transport = new HttpTransport(client)) {
      Calls calls =
          new Calls(connection, transport, quotas, loop, Calls.Observer.NONE, new Random(1));
      calls.get(Endpoint.GET_LIST, "/api/lists/Y6nRLr", body -> "read", reply::set);
      while (reply.get() == null) {
        loop.run();
      }
    }
    quotas.release();
    return reply.get();
  }

  // Credentials

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Proxy-Authenticate: Basic realm=\"canary\"\r\nContent-Length: 6\r\n\r\ncanary",
        "Proxy-Authenticate: Basic realm=\"canary\"\r\nContent-Length: 0\r\n\r\n",
        "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n",
        "Proxy-Authenticate: \r\n\r\n",
        "\r\n"
      })
  void a_proxy_that_asks_for_credentials_is_an_answer_at_once(String rest) throws Exception {
    KlaviyoResponse answer =
        answer(through("HTTP/1.1 407 Proxy Authentication Required\r\n" + rest).build(), KLAVIYO);

    assertThat(answer.status()).isEqualTo(407);
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"https, ''", "https, user", "http, ''", "http, user"})
  void an_authenticator_whose_credentials_do_not_do_changes_nothing_about_that(
      String scheme, String user) throws Exception {
    String answer =
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
    HttpClient client =
        through(answer, answer, answer, answer, answer).authenticator(user(user)).build();

    assertThat(answer(client, URI.create(scheme + "://klaviyo.example/api/lists")).status())
        .isEqualTo(407);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_proxy_that_does_not_say_which_credentials_it_wants_is_an_answer_too(boolean authenticator)
      throws Exception {
    HttpClient.Builder client = through("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");

    assertThat(
            answer((authenticator ? client.authenticator(user("u")) : client).build(), KLAVIYO)
                .status())
        .isEqualTo(407);
  }

  @Test
  void a_client_with_an_authenticator_still_learns_that_klaviyo_does_not_know_the_key()
      throws Exception {
    URI server =
        serving(
            exchange -> {
              exchange.readRequest();
              exchange.write("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
            });

    assertThat(answer(HttpClient.newBuilder().authenticator(user("u")).build(), server).status())
        .isEqualTo(401);
  }

  @Test
  void the_advice_names_the_proxy_and_what_java_needs_and_no_credentials_are_tried_twice()
      throws Exception {
    HttpClient client =
        through("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"canary\"\r\n\r\n")
            .authenticator(user("canary"))
            .build();

    Refused<String> refused = (Refused<String>) call(client);

    assertThat(asked).hasValue(1);
    assertThat(refused.asException()).hasMessage("A proxy answered 407 to 'get list'.");
    Advice advice = Advice.on(refused, null, null);
    assertThat(advice.problem()).isEqualTo(Advice.Problem.PROXY_ASKS);
    assertThat(advice.words())
        .startsWith(
            "the proxy " + proxy + " wants credentials that it did not get or does not know")
        .contains("(407)", "httpClient(...)", "-Djdk.http.auth.tunneling.disabledSchemes=\"\"")
        .doesNotContain("canary");
  }

  // Refusals

  @ParameterizedTest
  @ValueSource(ints = {204, 301, 304, 401, 403, 404, 426, 502, 503, 999})
  void a_proxy_that_makes_no_way_to_klaviyo_is_named_and_nothing_was_sent(int status)
      throws Exception {
    HttpClient client =
        through("HTTP/1.1 " + status + " canary\r\nLocation: http://canary/\r\n\r\n").build();

    TransportException failure = failure(client);

    assertThat(failure.fate()).isEqualTo(Fate.UNPROCESSED);
    assertThat(failure)
        .hasNoCause()
        .hasMessage(
            "the proxy "
                + proxy
                + " made no way to a.klaviyo.example ("
                + status
                + "): allow the host there, or see why the proxy cannot reach it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: canary\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 canary\r\n\r\n",
        "HTTP/1.1 2",
        "SSH-2.0-canary\r\n\r\n",
        ""
      })
  void a_proxy_that_speaks_no_http_ends_the_exchange(String said) throws Exception {
    TransportException failure = failure(through(said).build());

    assertThat(failure.fate()).isIn(Fate.UNKNOWN, Fate.UNPROCESSED);
    assertThat(failure).message().doesNotContain("canary");
  }

  @Test
  void a_proxy_is_looked_up_without_harm_whatever_the_selector_does() {
    HttpClient client =
        HttpClient.newBuilder()
            .proxy(
                new ProxySelector() {
                  @Override
                  public List<java.net.Proxy> select(URI uri) {
                    throw new IllegalStateException("canary");
                  }

                  @Override
                  public void connectFailed(URI uri, SocketAddress at, IOException failure) {}
                })
            .build();

    assertThat(Proxies.between(client, KLAVIYO)).isNull();
    assertThat(Proxies.between(HttpClient.newHttpClient(), URI.create("http://localhost/")))
        .isNull();
  }
}
