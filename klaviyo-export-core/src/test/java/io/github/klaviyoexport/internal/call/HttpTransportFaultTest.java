package io.github.klaviyoexport.internal.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An exchange that stalls can be cancelled, and one that breaks says whether Klaviyo can have seen
 * it.
 */
@Timeout(60)
class HttpTransportFaultTest extends BadServer {
  // Stalls

  @Test
  void cancelling_ends_an_exchange_that_stalls_before_the_headers() throws Exception {
    assertCancellingHangsUp(Exchange::readRequest);
  }

  @Test
  void cancelling_ends_an_exchange_that_stalls_within_the_headers() throws Exception {
    assertCancellingHangsUp(
        exchange -> {
          exchange.readRequest();
          exchange.write("HTTP/1.1 200 OK\r\nContent-Le");
        });
  }

  @Test
  void cancelling_ends_an_exchange_that_stalls_within_the_body() throws Exception {
    assertCancellingHangsUp(
        exchange -> {
          exchange.readRequest();
          exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        });
  }

  @Test
  void cancelling_ends_an_exchange_whose_request_is_not_read() throws Exception {
    CountDownLatch accepted = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    CompletableFuture<Void> hungUp = new CompletableFuture<>();
    URI server =
        serving(
            exchange -> {
              accepted.countDown();
              cancelled.await();
              exchange.readUntilHungUp();
              hungUp.complete(null);
            });
    CompletableFuture<KlaviyoResponse> sent =
        transport.send(post(server, List.of(ByteBuffer.allocate(64 * 1024 * 1024))));
    accepted.await();

    sent.cancel(true);
    cancelled.countDown();

    assertThat(sent).isCancelled();
    hungUp.get(GUARD_SECONDS, TimeUnit.SECONDS);
  }

  private void assertCancellingHangsUp(Handler untilItStalls) throws Exception {
    CountDownLatch stalled = new CountDownLatch(1);
    CompletableFuture<Void> hungUp = new CompletableFuture<>();
    URI server =
        serving(
            exchange -> {
              untilItStalls.handle(exchange);
              stalled.countDown();
              exchange.readUntilHungUp();
              hungUp.complete(null);
            });
    CompletableFuture<KlaviyoResponse> sent = transport.send(post(server));
    stalled.await();

    sent.cancel(true);

    assertThat(sent).isCancelled();
    hungUp.get(GUARD_SECONDS, TimeUnit.SECONDS);
  }

  // Broken exchanges

  @Test
  void a_reset_leaves_the_fate_of_the_request_unknown() throws Exception {
    TransportException failure =
        failureOf(
            exchange -> {
              exchange.readRequest();
              exchange.reset();
            });

    assertThat(failure.fate()).isEqualTo(Fate.UNKNOWN);
    assertThat(failure).message().startsWith("the connection to 127.0.0.1 broke (");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 20",
        "HTTP/1.1 200 OK\r\nContent-Type: application/js",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + PERSON,
        "HTTP/1.1 200 OK\r\nContent-Length: " + PERSON + "\r\n\r\n",
        PERSON + " " + KEY + "\r\n\r\n"
      })
  void half_a_response_or_none_leaves_the_fate_of_the_request_unknown(String response)
      throws Exception {
    TransportException failure =
        failureOf(
            exchange -> {
              exchange.readRequest();
              exchange.write(response);
            });

    assertThat(failure.fate()).isEqualTo(Fate.UNKNOWN);
  }

  @Test
  void a_connection_that_the_server_closes_between_requests_costs_at_most_an_attempt()
      throws Exception {
    URI server =
        serving(
            exchange -> {
              exchange.readRequest();
              exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
            });

    for (int i = 0; i < 100; i++) {
      try {
        assertThat(get(transport.send(post(server))).status()).isEqualTo(200);
      } catch (ExecutionException failure) {
        assertThat(failure.getCause())
            .isInstanceOfSatisfying(
                TransportException.class,
                broken -> assertThat(broken.fate()).isEqualTo(Fate.UNKNOWN));
      }
    }
  }

  // No connection

  @Test
  void a_refused_connection_leaves_the_request_surely_unprocessed() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = socket.getLocalPort();
    }

    TransportException failure = failureOf(post(URI.create("http://127.0.0.1:" + port + "/")));

    assertThat(failure.fate()).isEqualTo(Fate.UNPROCESSED);
    assertThat(failure)
        .hasMessage("the connection to 127.0.0.1 was refused: check network, firewall and proxy");
  }

  @Test
  void a_host_that_a_block_list_sinks_is_said_to_be_sunk() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    TransportException failure = failureOf(post(URI.create("http://0.0.0.0:" + port + "/")));

    assertThat(failure.fate()).isEqualTo(Fate.UNPROCESSED);
    assertThat(failure).message().startsWith("a DNS block list sends 0.0.0.0 to 0.0.0.0");
  }

  @Test
  void a_name_that_does_not_resolve_leaves_the_request_surely_unprocessed() throws Exception {
    TransportException failure = failureOf(post(URI.create("http://klaviyo.invalid/")));

    assertThat(failure.fate()).isEqualTo(Fate.UNPROCESSED);
    assertThat(failure)
        .hasMessage("the name klaviyo.invalid does not resolve: check DNS and the network");
  }

  @Test
  void a_certificate_that_is_not_trusted_leaves_the_request_surely_unprocessed(@TempDir Path dir)
      throws Exception {
    ServerSocket socket =
        selfSigned(dir)
            .getServerSocketFactory()
            .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    URI plain = serving(socket, Exchange::readRequest);
    URI server = URI.create("https://localhost:" + plain.getPort() + "/");

    TransportException failure = failureOf(post(server));

    assertThat(failure.fate()).isEqualTo(Fate.UNPROCESSED);
    assertThat(failure).hasMessage("TLS with localhost failed: check trust store, proxy and clock");
  }

  private static SSLContext selfSigned(Path dir) throws Exception {
    Path file = dir.resolve("self-signed.p12");
    char[] password = "changeit".toCharArray();
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String options =
        "-genkeypair -alias server -keyalg EC -dname CN=localhost -validity 2 -storetype PKCS12"
            + " -storepass changeit -keystore";
    List<String> command = new ArrayList<>(List.of(keytool));
    command.addAll(List.of(options.split(" ")));
    command.add(file.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();

    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(file.toFile(), password), password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
