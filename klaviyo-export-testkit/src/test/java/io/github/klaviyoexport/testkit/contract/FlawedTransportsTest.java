package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.internal.call.HttpTransport;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.internal.server.OpenApiExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each test of the contract for transports catches one with the flaw it is named for. */
@Tag(OpenApiExtension.NOT_CHECKED)
class FlawedTransportsTest {
  /** By the name of the test that catches it: what becomes of a transport without a flaw. */
  private static final TreeMap<String, UnaryOperator<KlaviyoTransport>> FLAWED = new TreeMap<>();

  private static UnaryOperator<KlaviyoTransport> onTrial = UnaryOperator.identity();

  static class Trial extends KlaviyoTransportContract {
    @Override
    protected KlaviyoTransport transport(FakeKlaviyo klaviyo) {
      return onTrial.apply(klaviyo.transport());
    }
  }

  static {
    sending(
        "method_path_and_query_arrive_as_they_are",
        request ->
            KlaviyoRequest.of(
                request.method(), plusForSpaces(request.uri()), request.headers(), request.body()));
    sending(
        "headers_arrive_the_key_among_them",
        request -> KlaviyoRequest.of(request.method(), request.uri(), Map.of(), request.body()));
    Set<String> usual = Set.of("Authorization", "revision", "Accept", "Content-Type");
    sending(
        "headers_arrive_whatever_their_names",
        request -> {
          Map<String, String> headers = new HashMap<>(request.headers());
          headers.keySet().retainAll(usual);
          return KlaviyoRequest.of(request.method(), request.uri(), headers, request.body());
        });
    sending(
        "a_body_arrives_with_a_call_that_deletes",
        request -> request.method().equals("DELETE") ? body(request, List.of()) : request);
    sending(
        "a_body_of_several_parts_arrives_as_one",
        request -> body(request, request.body().stream().limit(1).toList()));
    sending(
        "a_body_of_four_megabytes_arrives_whole",
        request -> request.bodyBytes() < 1_000_000 ? request : body(request, List.of()));
    Set<KlaviyoRequest> sent = Collections.newSetFromMap(new IdentityHashMap<>());
    sending(
        "a_request_can_be_sent_again",
        request -> sent.add(request) ? request : body(request, List.of()));
    sending(
        "a_request_without_a_body_is_sent_without_one",
        request ->
            request.bodyBytes() > 0
                ? request
                : body(request, List.of(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)))));
    receiving(
        "a_response_comes_back_whatever_its_status",
        response -> {
          if (response.status() >= 500) {
            throw new IllegalStateException("server error");
          }
          return response;
        });
    receiving(
        "headers_come_back_and_the_case_of_their_names_says_nothing",
        response -> KlaviyoResponse.of(response.status(), Map.of(), response.body()));
    receiving(
        "headers_come_back_whatever_their_names",
        response ->
            KlaviyoResponse.of(
                response.status(),
                response
                    .header("Retry-After")
                    .map(wait -> Map.of("Retry-After", List.of(wait)))
                    .orElse(Map.of()),
                response.body()));
    receiving(
        "a_body_comes_back_byte_for_byte",
        response ->
            KlaviyoResponse.of(
                response.status(),
                Map.of(),
                new String(response.body(), StandardCharsets.US_ASCII)
                    .getBytes(StandardCharsets.US_ASCII)));
    receiving(
        "a_body_of_five_megabytes_comes_back_whole",
        response -> {
          if (response.body().length > 256 * 1024) {
            throw new IllegalStateException("too many bytes to buffer");
          }
          return response;
        });
    receiving(
        "a_body_that_is_not_what_it_should_be_comes_back_unread",
        response -> {
          String body = new String(response.body(), StandardCharsets.UTF_8);
          if (body.startsWith("{") && !body.endsWith("}")) {
            throw new IllegalStateException("no JSON");
          }
          return response;
        });
    FLAWED.put(
        "a_redirect_is_not_followed",
        transport ->
            new HttpTransport(
                HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build()));
    FLAWED.put(
        "requests_at_the_same_time_get_each_its_own_response",
        transport -> {
          Map<String, CompletableFuture<KlaviyoResponse>> byPath = new HashMap<>();
          return request ->
              request.uri().getPath().endsWith("/profiles")
                  ? byPath.computeIfAbsent(request.uri().getPath(), path -> transport.send(request))
                  : transport.send(request);
        });
    FLAWED.put(
        "a_connection_that_breaks_after_the_request_leaves_its_fate_unknown_and_sends_once",
        transport ->
            request -> {
              CompletableFuture<KlaviyoResponse> first = transport.send(request);
              return first.isCompletedExceptionally() ? transport.send(request) : first;
            });
    failing(
        "a_server_that_is_not_there_has_processed_nothing",
        (request, failure) -> new TransportException(Fate.UNKNOWN, "It broke.", failure));
    FLAWED.put(
        "sending_does_not_wait_for_the_response_and_a_future_can_be_cancelled",
        transport ->
            request -> {
              CompletableFuture<KlaviyoResponse> exchange = transport.send(request);
              try {
                exchange.get(100, TimeUnit.MILLISECONDS);
              } catch (TimeoutException silent) {
                return CompletableFuture.failedFuture(silent);
              } catch (Exception failed) {
                return exchange;
              }
              return exchange;
            });
    failing(
        "a_failure_tells_neither_key_nor_profile",
        (request, failure) ->
            new TransportException(
                failure.fate(), "It broke with " + request.headers() + ".", failure));
  }

  private static void sending(String caughtBy, UnaryOperator<KlaviyoRequest> flaw) {
    FLAWED.put(caughtBy, transport -> request -> transport.send(flaw.apply(request)));
  }

  private static void receiving(String caughtBy, UnaryOperator<KlaviyoResponse> flaw) {
    FLAWED.put(caughtBy, transport -> request -> transport.send(request).thenApply(flaw));
  }

  private interface Telling {
    TransportException of(KlaviyoRequest request, TransportException failure);
  }

  private static void failing(String caughtBy, Telling flaw) {
    FLAWED.put(
        caughtBy,
        transport ->
            request ->
                transport
                    .send(request)
                    .exceptionallyCompose(
                        failure ->
                            CompletableFuture.failedFuture(
                                flaw.of(request, (TransportException) failure))));
  }

  private static KlaviyoRequest body(KlaviyoRequest request, List<ByteBuffer> body) {
    return KlaviyoRequest.of(request.method(), request.uri(), request.headers(), body);
  }

  private static URI plusForSpaces(URI uri) {
    return URI.create(uri.toString().replace("%20", "+"));
  }

  static Stream<String> flaws() {
    return FLAWED.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void a_flawed_transport_is_caught(String by) {
    onTrial = FLAWED.get(by);

    Trials.isCaught(Trial.class, by);
  }

  @Test
  void a_transport_without_a_flaw_passes_and_every_test_has_a_flaw_it_catches() {
    onTrial = UnaryOperator.identity();

    Trials.passes(Trial.class, FLAWED.keySet());
  }
}
