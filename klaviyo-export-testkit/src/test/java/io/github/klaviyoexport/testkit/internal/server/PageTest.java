package io.github.klaviyoexport.testkit.internal.server;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.github.klaviyoexport.testkit.Client.LIST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.OpenAccount;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.OriginalPayload;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page at / without a browser: what it is made of, and what it is told. */
class PageTest extends OpenAccount {
  @Override
  public Entry entry() {
    return Entry.HTTP;
  }

  private Reply look(String path) {
    return client.without("Authorization").without("revision").without("Accept").get(path);
  }

  private JsonNode state() {
    return look("/fake/state").json();
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/fake/page.css, text/css; charset=utf-8",
    "/fake/page.js, text/javascript; charset=utf-8",
    "/fake/state, application/json"
  })
  void the_page_loads_nothing_from_elsewhere_and_runs_no_code_but_its_own(
      String path, String type) {
    Reply reply = look(path);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).hasValue(type);
    assertThat(reply.header("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(reply.header("Cross-Origin-Resource-Policy")).hasValue("same-origin");
    assertThat(reply.header("Access-Control-Allow-Origin")).isEmpty();
    assertThat(reply.header("Cache-Control")).hasValue("no-store");
    assertThat(reply.header("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
        .contains("require-trusted-types-for 'script'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/fake/page.css", "/fake/page.js"})
  void its_files_name_no_other_host(String path) {
    assertThat(look(path).text().replace("http://www.w3.org/2000/svg", ""))
        .isNotEmpty()
        .doesNotContain("http:", "https:", "//cdn");
  }

  @Test
  void looking_is_no_request_draws_no_quota_takes_no_latency_and_meets_no_fault() {
    fake(builder -> builder.latency(Duration.ofMinutes(10)));
    klaviyo.script(Operation.GET_LISTS, Fault.serverError(500));

    for (String path :
        List.of("/", "/fake/state", "/fake/members?list=" + LIST, "/fake/profile?id=none")) {
      look(path);
    }

    assertThat(klaviyo.requests()).isEmpty();
    assertThat(klaviyo.unused()).hasSize(1);
    assertThat(state().at("/requests/total").asInt()).isZero();
    assertThat(state().path("quotas"))
        .allSatisfy(quota -> assertThat(quota.path("touched").asBoolean()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
  void it_can_only_be_read(String method) {
    for (String path : List.of("/", "/fake/state", "/fake/members?list=" + LIST)) {
      Reply reply = client.send(method, path, "");

      assertThat(reply.status()).isEqualTo(405);
      assertThat(reply.header("Allow")).hasValue("GET");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 200",
    "127.0.0.1:8090, 200",
    "localhost:8090, 200",
    "LOCALHOST, 200",
    "[::1]:8090, 200",
    "shop.example, 421",
    "localhost.shop.example, 421",
    "127.0.0.1.shop.example:80, 421"
  })
  void a_site_that_lends_this_machine_its_name_is_not_answered(String host, int status)
      throws IOException {
    try (Socket socket = new Socket("127.0.0.1", klaviyo.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /fake/state HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 " + status);
      assertThat(answer.contains("\"profiles\"")).isEqualTo(status == 200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/fake/nothing               | 404 | There is nothing here. The page is at /.",
        "/fake/members               | 400 | The parameter list is missing.",
        "/fake/members?list=NONE     | 404 | A list with id `NONE` does not exist.",
        "/fake/members?list=Y6nRLr&before=last | 400 | The place to go on from is a number.",
        "/fake/members?list=Y6nRLr&page=2 | 400 | 'page' is not a valid parameter of this operation.",
        "/fake/profile               | 400 | The parameter id is missing.",
        "/fake/profile?id=01NONE     | 404 | A profile with id `01NONE` does not exist.",
      })
  void what_is_not_there_is_told(String path, int status, String text) {
    Reply reply = look(path);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.text()).isEqualTo(text);
    assertThat(reply.header("Content-Security-Policy")).isPresent();
  }

  @Test
  void a_refused_import_shows_where_and_why_and_how_often() {
    List<String> rows = new ArrayList<>(List.of(Client.customers(10)));
    rows.addAll(List.of(Client.email("no"), Client.row("\"email\":\"a@shop.example\",\"naem\":1")));
    for (int i = 0; i < 1_000; i++) {
      rows.add(Client.email("bad" + i));
    }

    client.submit(rows.toArray(String[]::new));

    JsonNode request = state().at("/requests/recent/0");
    assertThat(request.path("operation").asText()).isEqualTo("bulk_import_profiles");
    assertThat(request.path("status").asInt()).isEqualTo(400);
    assertThat(request.path("errors").asInt()).isEqualTo(1_002);
    assertThat(request.path("first")).hasSize(5);
    assertThat(request.at("/first/0/where").asText())
        .isEqualTo("/data/attributes/profiles/data/10/attributes/email");
    assertThat(request.at("/first/0/detail").asText()).isEqualTo("Invalid email address");
    assertThat(request.at("/first/1/detail").asText()).contains("'naem' is not a valid field");
  }

  @Test
  void a_refused_parameter_and_a_scripted_fault_are_named() {
    client.get("/api/lists", "filter", "equals(naem,\"VIP\")");
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.dropped(Fault.Moment.BEFORE_PROCESSING));
    try {
      client.tryToSend("POST", Client.IMPORTS, Client.importOf(Client.email("ada@shop.example")));
    } catch (IOException dropped) {
      // As scripted.
    }

    JsonNode requests = state().at("/requests/recent");
    assertThat(requests.at("/1/first/0/where").asText()).isEqualTo("filter");
    assertThat(requests.at("/0/status").asInt()).isZero();
    assertThat(requests.at("/0/fault").asText()).isEqualTo("connection dropped before processing");
  }

  @Test
  void the_newest_request_comes_first_and_what_failed_is_not_pushed_out_by_polling() {
    fake(builder -> builder.quota(false));
    client.get("/api/nothing");
    for (int i = 0; i < 150; i++) {
      client.get("/api/lists");
    }

    JsonNode requests = state().path("requests");
    List<Integer> numbers =
        StreamSupport.stream(requests.path("recent").spliterator(), false)
            .map(request -> request.path("number").asInt())
            .toList();
    assertThat(requests.path("total").asInt()).isEqualTo(151);
    assertThat(numbers).hasSize(101).startsWith(151, 150, 149).endsWith(53, 52, 1);
  }

  @Test
  void quotas_show_what_is_used_the_peak_and_what_was_turned_away() {
    for (int i = 0; i < 12; i++) {
      client.get(Client.IMPORTS);
    }
    time.advance(Duration.ofSeconds(2));
    client.get(Client.IMPORTS);

    JsonNode quota =
        StreamSupport.stream(state().path("quotas").spliterator(), false)
            .filter(one -> one.path("name").asText().equals("get_bulk_import_profiles_jobs"))
            .findFirst()
            .orElseThrow();
    assertThat(quota.path("refused").asInt()).isEqualTo(2);
    JsonNode second = quota.at("/windows/0");
    assertThat(List.of(second.path("limit"), second.path("used"), second.path("most")))
        .map(JsonNode::asInt)
        .containsExactly(10, 1, 10);
    assertThat(quota.at("/windows/1/limit").asInt()).isEqualTo(150);
    assertThat(quota.at("/windows/1/endsInMillis").asInt()).isBetween(1, 60_000);
  }

  @Test
  void an_account_without_quotas_says_so() {
    fake(builder -> builder.quota(false));
    client.get("/api/lists");

    assertThat(state().path("quotaCounted").asBoolean()).isFalse();
    assertThat(state().path("quotas")).isEmpty();
  }

  @Test
  void a_job_shows_how_far_it_is_and_which_profiles_failed() {
    klaviyo.failProfiles("customer1@shop.example");
    client.submit(Client.customers(4));
    time.advance(JOB.dividedBy(2));
    JsonNode half = state().at("/jobs/recent/0");
    assertThat(half.path("status").asText()).isEqualTo("processing");
    assertThat(half.path("completed").asInt()).isEqualTo(1);
    assertThat(half.path("ended").isNull()).isTrue();
    assertThat(state().at("/jobs/unfinished").asInt()).isEqualTo(1);

    time.advance(JOB);

    JsonNode job = state().at("/jobs/recent/0");
    assertThat(job.path("status").asText()).isEqualTo("complete");
    assertThat(job.path("failed").asInt()).isEqualTo(1);
    assertThat(job.at("/errors/0/profile").asText()).isEqualTo("customer1@shop.example");
    assertThat(job.at("/errors/0/detail").asText()).isEqualTo("Could not be imported.");
    assertThat(job.at("/lists/0").asText()).isEqualTo(LIST);
    assertThat(state().at("/lists/first/0/members").asInt()).isEqualTo(3);
  }

  @Test
  void a_job_whose_errors_tell_of_no_profile_shows_all_the_same() {
    fake(builder -> builder.originalPayload(OriginalPayload.ABSENT));
    klaviyo.failProfiles("customer1@shop.example");
    imported(Client.customers(2));

    JsonNode error = state().at("/jobs/recent/0/errors/0");
    assertThat(error.path("profile").isNull()).isTrue();
    assertThat(error.path("code").asText()).isEqualTo("invalid");
  }

  @Test
  void members_are_read_back_from_the_last_to_the_first_also_past_those_who_left() {
    imported(Client.customers(120));
    List<String> ids = client.get("/api/lists/" + LIST + "/profiles").each("/id");
    assertThat(client.members("DELETE", ids).status()).isEqualTo(204);

    List<String> seen = new ArrayList<>();
    JsonNode page = look("/fake/members?list=" + LIST).json();
    assertThat(page.path("members")).hasSize(50);
    page.path("members").forEach(member -> seen.add(member.path("email").asText()));
    while (!page.path("before").isNull()) {
      page = look("/fake/members?list=" + LIST + "&before=" + page.path("before").asInt()).json();
      page.path("members").forEach(member -> seen.add(member.path("email").asText()));
    }

    List<String> members = new ArrayList<>(klaviyo.list().emails());
    Collections.reverse(members);
    assertThat(seen).hasSize(100).isEqualTo(members);
  }

  @Test
  void one_member_is_found_by_its_address_whatever_its_case() {
    imported(Client.customers(60));

    JsonNode found = look("/fake/members?list=" + LIST + "&email=CUSTOMER7%40shop.example").json();

    assertThat(found.path("members")).hasSize(1);
    assertThat(found.at("/members/0/email").asText()).isEqualTo("customer7@shop.example");
    assertThat(found.path("total").asInt()).isEqualTo(60);
    JsonNode none = look("/fake/members?list=" + LIST + "&email=no%40shop.example").json();
    assertThat(none.path("members")).isEmpty();
  }

  @Test
  void a_profile_shows_what_the_account_has_of_it_and_its_lists() {
    imported(Client.row("\"email\":\"ada@shop.example\",\"properties\":{\"VIP\":true}"));
    String id = look("/fake/members?list=" + LIST).json().at("/members/0/id").asText();

    JsonNode profile = look("/fake/profile?id=" + id).json();

    assertThat(profile.at("/attributes/email").asText()).isEqualTo("ada@shop.example");
    assertThat(profile.at("/attributes/properties/VIP").asBoolean()).isTrue();
    assertThat(profile.at("/lists/0/name").asText()).isEqualTo("VIP");
  }

  @Test
  void what_a_profile_has_agreed_to_is_told_and_every_429_is_counted() {
    imported(Client.email("ada@shop.example"));
    klaviyo.profile("ada@shop.example").orElseThrow().unsubscribe();
    klaviyo.script(Operation.GET_LISTS, 2, Fault.rateLimited(Duration.ofSeconds(1)));
    client.get("/api/lists");
    client.get("/api/lists");
    for (int i = 0; i < 11; i++) {
      client.get(Client.IMPORTS);
    }

    JsonNode member = look("/fake/members?list=" + LIST).json().at("/members/0");
    assertThat(member.path("email_consent").asText()).isEqualTo("UNSUBSCRIBED");
    assertThat(member.at("/suppressions/0").asText()).isEqualTo("UNSUBSCRIBE");
    JsonNode profile = look("/fake/profile?id=" + member.path("id").asText()).json();
    assertThat(profile.path("email_consent").asText()).isEqualTo("UNSUBSCRIBED");
    assertThat(profile.path("sms_consent").asText()).isEqualTo("NEVER_SUBSCRIBED");
    assertThat(state().at("/requests/rateLimited").asInt()).isEqualTo(3);
    assertThat(state().at("/requests/rateLimitedByScript").asInt()).isEqualTo(2);
  }

  @Test
  void what_is_told_does_not_grow_with_the_account() {
    klaviyo.list().add(GeneratedProfiles.of(20_000));

    assertThat(look("/fake/state").text()).hasSizeLessThan(20_000);
    assertThat(look("/fake/members?list=" + LIST).text()).hasSizeLessThan(20_000);
    assertThat(state().path("profiles").asInt()).isEqualTo(20_000);
  }

  @Test
  void stubs_of_ones_own_come_first() {
    klaviyo.wireMock().stubFor(get(urlPathEqualTo("/")).willReturn(ok("mine")));

    assertThat(look("/").text()).isEqualTo("mine");
  }
}
