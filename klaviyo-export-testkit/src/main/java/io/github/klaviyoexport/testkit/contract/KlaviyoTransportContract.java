package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a {@link KlaviyoTransport} owes the library, as tests: extend it to prove your own. They
 * send to an account on the loopback interface.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.contract.KlaviyoTransportsTest" region="example"
 * }
 *
 * <p>TLS, proxies and limits on time and size are left for you to prove, and so is that a
 * connection which falls silent is given up when the future is cancelled.
 */
@ExtendWith(RuleInMessage.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class KlaviyoTransportContract {
  private static final String PERSON = "canary@shop.example";
  private static final String LISTS = "/api/lists";
  private static final String MEMBERS = LISTS + "/Y6nRLr/relationships/profiles";
  private static final String IMPORTS = "/api/profile-bulk-import-jobs";
  private static final String ONE_IMPORT = imports(row(PERSON, "Ada"));
  private static final long GUARD_SECONDS = 60;
  private static final int AT_A_TIME = 40;

  private FakeKlaviyo klaviyo = account();
  private KlaviyoTransport transport = request -> new CompletableFuture<>();

  /** Creates the tests; for subclasses. */
  protected KlaviyoTransportContract() {}

  /**
   * Returns the transport.
   *
   * @param klaviyo the account that the requests are for; their addresses lead to it already
   */
  protected abstract KlaviyoTransport transport(FakeKlaviyo klaviyo);

  private static FakeKlaviyo account() {
    return FakeKlaviyo.builder().quota(false).keepBodies(true).start();
  }

  @BeforeEach
  void takes_the_transport() {
    transport = transport(klaviyo);
  }

  @AfterEach
  void closes_the_account() {
    klaviyo.close();
  }

  // What is sent

  @Test
  @Rule("Method, path, query and headers arrive as they are.")
  void method_path_and_query_arrive_as_they_are() throws Exception {
    String filter = "filter=equals(name,%22a%2Bb%26c%20%C3%A9%22)";
    KlaviyoResponse response = answer(get(LISTS + "?" + filter));

    assertThat(response.status()).isEqualTo(200);
    RecordedRequest arrived = only();
    assertThat(arrived.method()).isEqualTo("GET");
    assertThat(arrived.path()).isEqualTo(LISTS);
    assertThat(arrived.query()).isEqualTo(filter);
  }

  @Test
  @Rule("Method, path, query and headers arrive as they are.")
  void headers_arrive_the_key_among_them() throws Exception {
    assertThat(answer(get(LISTS)).status()).isEqualTo(200);
    assertThat(answer(request("GET", LISTS, Map.of("revision", "2026-07-15"))).status())
        .as("the status of a call without a key")
        .isEqualTo(401);
  }

  @Test
  @Rule("Method, path, query and headers arrive as they are.")
  void headers_arrive_whatever_their_names() throws Exception {
    Map<String, String> headers = new HashMap<>(headers());
    headers.put("revision", "2023-02-22");
    assertThat(answer(request("GET", LISTS, headers)).status())
        .as("the status of a call by an old revision, for which a newer one may stand in")
        .isEqualTo(200);

    headers.put("X-Klaviyo-Revision-Fall-Forward-Opt-Out", "1");
    assertThat(answer(request("GET", LISTS, headers)).status())
        .as("the status of the same call with a header that wants no other revision")
        .isEqualTo(410);
  }

  @Test
  @Rule(
      "A body arrives whole, however many parts and megabytes it has, and none where there is"
          + " none.")
  void a_body_of_several_parts_arrives_as_one() throws Exception {
    String body = imports(row(PERSON, "Zoë 😀"));
    KlaviyoResponse response = answer(post(IMPORTS, body, 7));

    assertThat(response.status()).isEqualTo(202);
    assertThat(body.equals(only().body())).as("the body arrived as it was sent").isTrue();
  }

  @Test
  @Rule(
      "A body arrives whole, however many parts and megabytes it has, and none where there is"
          + " none.")
  void a_body_of_four_megabytes_arrives_whole() throws Exception {
    String name = "x".repeat(1_000);
    String body =
        imports(
            IntStream.range(0, 3_500)
                .mapToObj(i -> row(i + "@shop.example", name))
                .collect(Collectors.joining(",")));
    KlaviyoResponse response = answer(post(IMPORTS, body, 64 * 1024));

    assertThat(response.status()).isEqualTo(202);
    assertThat(only().bodyBytes()).isEqualTo(body.length()).isGreaterThan(3_500_000);
    assertThat(klaviyo.list().size()).isEqualTo(3_500);
  }

  @Test
  @Rule(
      "A body arrives whole, however many parts and megabytes it has, and none where there is"
          + " none.")
  void a_body_arrives_with_a_call_that_deletes() throws Exception {
    klaviyo.list().add(PERSON, "stays@shop.example");
    String body =
        """
        {"data":[{"type":"profile","id":"%s"}]}\
        """
            .formatted(klaviyo.profile(PERSON).orElseThrow().id());
    KlaviyoResponse response = answer(request("DELETE", MEMBERS, body, 7));

    assertThat(body.equals(only().body())).as("the body arrived as it was sent").isTrue();
    assertThat(response.status()).isEqualTo(204);
    assertThat(klaviyo.list().emails()).containsExactly("stays@shop.example");
  }

  @Test
  @Rule("A request can be sent again.")
  void a_request_can_be_sent_again() throws Exception {
    String body = imports(row(PERSON, "Ada"));
    KlaviyoRequest request = post(IMPORTS, body, 10);
    answer(request);
    answer(request);

    assertThat(klaviyo.requests()).hasSize(2).allMatch(arrived -> body.equals(arrived.body()));
  }

  @Test
  @Rule(
      "A body arrives whole, however many parts and megabytes it has, and none where there is"
          + " none.")
  void a_request_without_a_body_is_sent_without_one() throws Exception {
    answer(get(LISTS));

    assertThat(only().bodyBytes()).isZero();
  }

  // What comes back

  @Test
  @Rule("A response comes back whatever its status, and redirects are not followed.")
  void a_response_comes_back_whatever_its_status() throws Exception {
    for (int status : new int[] {400, 403, 404, 409, 413, 429, 500, 502, 503}) {
      klaviyo.script(
          Operation.GET_LISTS, Fault.answered(status, Map.of("Content-Type", "text/html"), "no"));

      KlaviyoResponse response = answer(get(LISTS));

      assertThat(response.status()).isEqualTo(status);
      assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("no");
    }
  }

  @Test
  @Rule("Headers come back, and the case of their names says nothing.")
  void headers_come_back_and_the_case_of_their_names_says_nothing() throws Exception {
    klaviyo.script(
        Operation.GET_LISTS, Fault.answered(429, Map.of("Retry-After", "17"), "{\"errors\":[]}"));

    KlaviyoResponse response = answer(get(LISTS));

    assertThat(response.header("retry-after")).contains("17");
    assertThat(response.header("RETRY-AFTER")).contains("17");
  }

  @Test
  @Rule("Headers come back, and the case of their names says nothing.")
  void headers_come_back_whatever_their_names() throws Exception {
    klaviyo.script(
        Operation.GET_LISTS, Fault.answered(200, Map.of("X-Of-The-Future", "yes"), "{}"));

    assertThat(answer(get(LISTS)).header("x-of-the-future")).contains("yes");
  }

  @Test
  @Rule("A body comes back byte for byte, and unread, whatever it is.")
  void a_body_comes_back_byte_for_byte() throws Exception {
    String body = "{\"text\":\"Zoë 😀\r\n\\u0000\"}".repeat(5_000);
    klaviyo.script(Operation.GET_LISTS, Fault.answered(200, Map.of(), body));

    assertThat(answer(get(LISTS)).body()).isEqualTo(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @Rule("A body comes back byte for byte, and unread, whatever it is.")
  void a_body_of_five_megabytes_comes_back_whole() throws Exception {
    String body = "{\"text\":\"" + "x".repeat(5_000_000) + "\"}";
    klaviyo.script(Operation.GET_LISTS, Fault.answered(200, Map.of(), body));

    // Not compared by AssertJ, which would print megabytes.
    assertThat(new String(answer(get(LISTS)).body(), StandardCharsets.UTF_8).equals(body)).isTrue();
  }

  @Test
  @Rule("A body comes back byte for byte, and unread, whatever it is.")
  void a_body_that_is_not_what_it_should_be_comes_back_unread() throws Exception {
    klaviyo.script(Operation.GET_LISTS, Fault.garbled());

    KlaviyoResponse response = answer(get(LISTS));

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).isNotEmpty();
  }

  @Test
  @Rule("A response comes back whatever its status, and redirects are not followed.")
  void a_redirect_is_not_followed() throws Exception {
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      klaviyo.script(
          Operation.GET_LISTS,
          Fault.answered(status, Map.of("Location", klaviyo.baseUrl() + "/api/lists/Y6nRLr"), ""));

      assertThat(answer(get(LISTS)).status()).isEqualTo(status);
    }
    assertThat(klaviyo.requests(Operation.GET_LIST)).isEmpty();
  }

  @Test
  @Rule("Requests at the same time get each its own response.")
  void requests_at_the_same_time_get_each_its_own_response() throws Exception {
    List<CompletableFuture<KlaviyoResponse>> responses = new ArrayList<>();
    for (int i = 0; i < AT_A_TIME; i++) {
      klaviyo.list().add(i + "@shop.example");
    }
    for (int i = 0; i < AT_A_TIME; i++) {
      responses.add(
          transport.send(
              get(LISTS + "/Y6nRLr/profiles?filter=equals(email,%22" + i + "%40shop.example%22)")));
    }
    for (int i = 0; i < AT_A_TIME; i++) {
      byte[] body = responses.get(i).get(GUARD_SECONDS, TimeUnit.SECONDS).body();
      assertThat(new String(body, StandardCharsets.UTF_8)).contains("\"" + i + "@shop.example\"");
    }
  }

  // What fails

  @Test
  @Rule(
      "A connection that breaks after the request leaves its fate unknown, and nothing is sent"
          + " twice; a server that is not there has processed nothing.")
  void a_connection_that_breaks_after_the_request_leaves_its_fate_unknown_and_sends_once()
      throws Exception {
    for (Fault.Moment moment : Fault.Moment.values()) {
      klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.dropped(moment));

      assertThat(failure(post(IMPORTS, ONE_IMPORT, 100)).fate()).isEqualTo(Fate.UNKNOWN);
    }
    assertThat(klaviyo.requests()).hasSize(2);
  }

  @Test
  @Rule(
      "A connection that breaks after the request leaves its fate unknown, and nothing is sent"
          + " twice; a server that is not there has processed nothing.")
  void a_server_that_is_not_there_has_processed_nothing() throws Exception {
    // Once asked for, the address stays, and nothing listens there any more.
    klaviyo.baseUrl();
    klaviyo.close();

    assertThat(failure(post(IMPORTS, ONE_IMPORT, 100)).fate()).isEqualTo(Fate.UNPROCESSED);
  }

  @Test
  @Rule("Sending does not wait for the response, and a future can be cancelled.")
  void sending_does_not_wait_for_the_response_and_a_future_can_be_cancelled() throws Exception {
    klaviyo.script(Operation.GET_LISTS, Fault.stalled());

    // On a thread of its own, so that a transport that waits is caught instead of hanging.
    FutureTask<CompletableFuture<KlaviyoResponse>> sending =
        new FutureTask<>(() -> transport.send(get(LISTS)));
    Thread thread = new Thread(sending, "sends");
    thread.setDaemon(true);
    thread.start();
    CompletableFuture<KlaviyoResponse> silent = sending.get(GUARD_SECONDS, TimeUnit.SECONDS);

    assertThat(silent).isNotDone();
    assertThat(silent.cancel(true)).isTrue();
    assertThat(silent).isCancelled();
    assertThat(answer(get(LISTS + "/Y6nRLr")).status()).as("the next call").isEqualTo(200);
  }

  @Test
  @Rule("A failure tells neither key nor profile.")
  void a_failure_tells_neither_key_nor_profile() throws Exception {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.dropped(Fault.Moment.BEFORE_PROCESSING));
    TransportException broken = failure(post(IMPORTS, ONE_IMPORT, 100));
    klaviyo.close();
    TransportException refused = failure(post(IMPORTS, ONE_IMPORT, 100));

    for (TransportException failure : List.of(broken, refused)) {
      StringWriter text = new StringWriter();
      failure.printStackTrace(new PrintWriter(text));
      assertThat(text.toString().contains(klaviyo.apiKey().value())).as("tells the key").isFalse();
      assertThat(text.toString().contains(PERSON)).as("tells a profile").isFalse();
    }
  }

  // Requests

  private RecordedRequest only() {
    assertThat(klaviyo.requests()).hasSize(1);
    return klaviyo.requests().get(0);
  }

  private KlaviyoResponse answer(KlaviyoRequest request) throws Exception {
    return transport.send(request).get(GUARD_SECONDS, TimeUnit.SECONDS);
  }

  private TransportException failure(KlaviyoRequest request) {
    CompletableFuture<KlaviyoResponse> exchange = transport.send(request);
    Throwable failure = catchThrowable(() -> exchange.get(GUARD_SECONDS, TimeUnit.SECONDS));
    assertThat(failure).hasCauseInstanceOf(TransportException.class);
    return (TransportException) Objects.requireNonNull(failure.getCause());
  }

  private KlaviyoRequest get(String path) {
    return request("GET", path, headers());
  }

  private KlaviyoRequest post(String path, String body, int partBytes) {
    return request("POST", path, body, partBytes);
  }

  private KlaviyoRequest request(String method, String path, String body, int partBytes) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    List<ByteBuffer> parts = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += partBytes) {
      int to = Math.min(bytes.length, from + partBytes);
      parts.add(ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to)));
    }
    return KlaviyoRequest.of(method, address(path), headers(), parts);
  }

  private KlaviyoRequest request(String method, String path, Map<String, String> headers) {
    return KlaviyoRequest.of(method, address(path), headers, List.of());
  }

  private URI address(String path) {
    return URI.create(klaviyo.baseUrl() + path);
  }

  private Map<String, String> headers() {
    return Map.of(
        "Authorization", "Klaviyo-API-Key " + klaviyo.apiKey().value(),
        "revision", "2026-07-15",
        "Accept", "application/vnd.api+json",
        "Content-Type", "application/vnd.api+json");
  }

  private static String row(String email, String firstName) {
    return """
    {"type":"profile","attributes":{"email":"%s","first_name":"%s"}}\
    """
        .formatted(email, firstName);
  }

  private static String imports(String rows) {
    return """
    {"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":[%s]}},\
    "relationships":{"lists":{"data":[{"type":"list","id":"Y6nRLr"}]}}}}\
    """
        .formatted(rows);
  }
}
