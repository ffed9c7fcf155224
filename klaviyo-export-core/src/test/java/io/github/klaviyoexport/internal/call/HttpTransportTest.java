package io.github.klaviyoexport.internal.call;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets, against a server that behaves as badly as a test says. */
@Timeout(60)
class HttpTransportTest {
  private static final String KEY = "Klaviyo-API-Key pk_canary_key";
  private static final String PERSON = "canary@shop.example";
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final long GUARD_SECONDS = 30;

  private final HttpTransport transport = new HttpTransport(null);
  private final List<Closeable> servers = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    transport.close();
    for (Closeable server : servers) {
      server.close();
    }
  }

  // What is sent, and what comes back

  @Test
  void a_body_of_many_parts_arrives_byte_for_byte() throws Exception {
    Random random = new Random(7);
    List<ByteBuffer> parts = new ArrayList<>();
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    while (whole.size() < 4_500_000) {
      byte[] part = new byte[1 + random.nextInt(random.nextBoolean() ? 10 : 64 * 1024)];
      random.nextBytes(part);
      parts.add(ByteBuffer.wrap(part));
      whole.writeBytes(part);
    }
    CompletableFuture<byte[]> arrived = new CompletableFuture<>();
    URI server =
        serving(
            exchange -> {
              arrived.complete(exchange.readRequest());
              exchange.write("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}");
            });

    KlaviyoResponse response = get(transport.send(post(server, parts)));

    assertThat(Arrays.equals(arrived.get(), whole.toByteArray())).isTrue();
    assertThat(response.status()).isEqualTo(202);
    assertThat(response.body()).isEqualTo("{}".getBytes(UTF_8));
  }

  @Test
  void the_same_request_can_be_sent_again() throws Exception {
    List<String> arrived = new ArrayList<>();
    URI server =
        serving(
            exchange -> {
              for (int i = 0; i < 2; i++) {
                arrived.add(new String(exchange.readRequest(), UTF_8));
                exchange.write("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
              }
            });
    KlaviyoRequest request = post(server);

    get(transport.send(request));
    get(transport.send(request));

    assertThat(arrived).containsExactly(PERSON, PERSON);
  }

  @Test
  void headers_are_sent_as_given_and_read_whatever_their_case() throws Exception {
    CompletableFuture<String> head = new CompletableFuture<>();
    URI server =
        serving(
            exchange -> {
              exchange.readRequest();
              head.complete(exchange.head);
              exchange.write("HTTP/1.1 429 No\r\nretry-AFTER: 7\r\nContent-Length: 0\r\n\r\n");
            });

    KlaviyoResponse response =
        get(
            transport.send(
                KlaviyoRequest.of("GET", server, Map.of("Authorization", KEY), List.of())));

    assertThat(head.get()).startsWith("GET /api/lists?x=%5B1%5D HTTP/1.1\r\n").contains(KEY);
    assertThat(response.status()).isEqualTo(429);
    assertThat(response.header("Retry-After")).contains("7");
  }

  @Test
  void a_response_that_drips_byte_by_byte_is_read_to_its_end() throws Exception {
    URI server =
        serving(
            exchange -> {
              exchange.readRequest();
              for (char c : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".toCharArray()) {
                exchange.write(String.valueOf(c));
              }
            });

    assertThat(get(transport.send(post(server))).body()).isEqualTo("hello".getBytes(UTF_8));
  }

  @Test
  void a_redirect_is_returned_and_the_key_is_shown_to_nobody_else() throws Exception {
    AtomicInteger strangers = new AtomicInteger();
    URI elsewhere = serving(exchange -> strangers.incrementAndGet());
    URI server =
        serving(
            exchange -> {
              exchange.readRequest();
              exchange.write(
                  "HTTP/1.1 307 Moved\r\nContent-Length: 0\r\nLocation: " + elsewhere + "\r\n\r\n");
            });

    KlaviyoResponse response = get(transport.send(post(server)));

    assertThat(response.status()).isEqualTo(307);
    assertThat(strangers).hasValue(0);
  }

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

  // Too much

  @Test
  void a_response_that_announces_more_than_16_mib_is_not_read() throws Exception {
    CompletableFuture<Void> hungUp = new CompletableFuture<>();

    TransportException failure =
        failureOf(
            exchange -> {
              exchange.readRequest();
              exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 20971520\r\n\r\nx");
              exchange.readUntilHungUp();
              hungUp.complete(null);
            });

    assertTooLarge(failure);
    hungUp.get(GUARD_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void a_chunked_response_without_end_is_read_up_to_16_mib() throws Exception {
    CompletableFuture<Void> hungUp = new CompletableFuture<>();
    String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";

    TransportException failure =
        failureOf(
            exchange -> {
              exchange.readRequest();
              exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              try {
                while (true) {
                  exchange.write(chunk);
                }
              } catch (IOException broken) {
                hungUp.complete(null);
              }
            });

    assertTooLarge(failure);
    hungUp.get(GUARD_SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_response_of_16_mib_is_read(boolean announced) throws Exception {
    URI server =
        serving(
            exchange -> {
              exchange.readRequest();
              exchange.write(
                  "HTTP/1.1 200 OK\r\n"
                      + (announced ? "Content-Length: " + MAX_BYTES : "Connection: close")
                      + "\r\n\r\n");
              for (int i = 0; i < 16; i++) {
                exchange.write("x".repeat(1024 * 1024));
              }
            });

    assertThat(get(transport.send(post(server))).body()).hasSize(MAX_BYTES);
  }

  private static void assertTooLarge(TransportException failure) {
    assertThat(failure.fate()).isEqualTo(Fate.UNUSABLE);
    assertThat(failure).message().contains("larger than the 16 MiB", "is the base URL Klaviyo's?");
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

  // Helpers

  private static KlaviyoRequest post(URI server) {
    return post(server, List.of(ByteBuffer.wrap(PERSON.getBytes(UTF_8))));
  }

  private static KlaviyoRequest post(URI server, List<ByteBuffer> body) {
    return KlaviyoRequest.of("POST", server, Map.of("Authorization", KEY), body);
  }

  private static KlaviyoResponse get(CompletableFuture<KlaviyoResponse> sent) throws Exception {
    return sent.get(GUARD_SECONDS, TimeUnit.SECONDS);
  }

  private TransportException failureOf(Handler handler) throws Exception {
    return failureOf(post(serving(handler)));
  }

  /** The failure of an exchange, which shows neither the key nor a person, its causes included. */
  private TransportException failureOf(KlaviyoRequest request) throws Exception {
    try {
      KlaviyoResponse response = get(transport.send(request));
      throw new AssertionError("It was answered: " + response);
    } catch (ExecutionException failure) {
      StringWriter all = new StringWriter();
      failure.printStackTrace(new PrintWriter(all));
      assertThat(all.toString()).doesNotContain("canary");
      assertThat(failure.getCause()).isInstanceOf(TransportException.class);
      return (TransportException) failure.getCause();
    }
  }

  private URI serving(Handler handler) throws IOException {
    return serving(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), handler);
  }

  private URI serving(ServerSocket socket, Handler handler) {
    servers.add(socket);
    Thread server =
        new Thread(
            () -> {
              while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                  handler.handle(new Exchange(connection));
                } catch (IOException | InterruptedException ended) {
                  // The client has gone, or the test is over.
                }
              }
            },
            "bad-server");
    server.setDaemon(true);
    server.start();
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/api/lists?x=%5B1%5D");
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

  /** What a server does with a connection; it is closed afterwards. */
  private interface Handler {
    void handle(Exchange exchange) throws IOException, InterruptedException;
  }

  private static final class Exchange {
    private final Socket connection;
    private final InputStream in;
    private final OutputStream out;
    private String head = "";

    Exchange(Socket connection) throws IOException {
      this.connection = connection;
      this.in = connection.getInputStream();
      this.out = connection.getOutputStream();
    }

    /** Reads a request to its end; returns its body. */
    byte[] readRequest() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (!bytes.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          throw new EOFException();
        }
        bytes.write(next);
      }
      head = bytes.toString(ISO_8859_1);
      int length =
          head.lines()
              .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
              .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
              .findFirst()
              .orElse(0);
      return in.readNBytes(length);
    }

    void write(String text) throws IOException {
      out.write(text.getBytes(ISO_8859_1));
      out.flush();
    }

    /** Returns when the client has closed the connection. */
    void readUntilHungUp() {
      try {
        byte[] ignored = new byte[64 * 1024];
        while (in.read(ignored) >= 0) {}
      } catch (IOException reset) {
        // That is hanging up, too.
      }
    }

    void reset() throws IOException {
      connection.setSoLinger(true, 0);
      connection.close();
    }
  }
}
