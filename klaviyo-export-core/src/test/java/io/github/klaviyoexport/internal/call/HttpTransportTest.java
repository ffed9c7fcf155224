package io.github.klaviyoexport.internal.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over a real socket arrives as it is, and no more is read than a response may hold. */
@Timeout(60)
class HttpTransportTest extends BadServer {
  private static final int MAX_BYTES = 6 * 1024 * 1024;

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

  // Too much

  @Test
  void a_response_that_announces_more_than_6_mib_is_not_read() throws Exception {
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
  void a_chunked_response_without_end_is_read_up_to_6_mib() throws Exception {
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
  void a_response_of_6_mib_is_read(boolean announced) throws Exception {
    URI server =
        serving(
            exchange -> {
              exchange.readRequest();
              exchange.write(
                  "HTTP/1.1 200 OK\r\n"
                      + (announced ? "Content-Length: " + MAX_BYTES : "Connection: close")
                      + "\r\n\r\n");
              for (int i = 0; i < 6; i++) {
                exchange.write("x".repeat(1024 * 1024));
              }
            });

    assertThat(get(transport.send(post(server))).body()).hasSize(MAX_BYTES);
  }

  private static void assertTooLarge(TransportException failure) {
    assertThat(failure.fate()).isEqualTo(Fate.UNUSABLE);
    assertThat(failure).message().contains("larger than the 6 MiB", "is the base URL Klaviyo's?");
  }
}
