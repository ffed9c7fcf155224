package io.github.klaviyoexport.testkit.internal.server;

import static io.github.klaviyoexport.testkit.Client.email;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call, and how. */
class AdmissionContractTest extends FakeKlaviyoContract {
  @Test
  void a_call_without_the_right_key_is_unauthorized_and_tells_nothing_of_the_quota() {
    Reply none = client.without("Authorization").get("/api/lists");
    Reply wrong = client.with("Authorization", "Klaviyo-API-Key pk_wrong").get("/api/lists");
    Reply scheme = client.with("Authorization", klaviyo.apiKey().value()).get("/api/lists");

    assertThat(List.of(none, wrong, scheme)).extracting(Reply::status).containsOnly(401);
    assertThat(wrong.at("/errors/0/code")).isEqualTo("authentication_failed");
    assertThat(wrong.pointers()).containsExactly("/data/");
    assertThat(wrong.json().at("/errors/0").has("meta")).isFalse();
    assertThat(wrong.header("RateLimit-Limit")).isEmpty();
  }

  @Test
  void an_access_token_is_taken_as_bearer() {
    fake(builder -> builder.accessToken("at_good"));

    assertThat(client.with("Authorization", "Bearer at_good").get("/api/lists").status())
        .isEqualTo(200);
    assertThat(client.with("Authorization", "Bearer at_bad").get("/api/lists").status())
        .isEqualTo(401);
  }

  @Test
  void a_key_without_the_scope_is_forbidden_and_told_which() {
    fake(builder -> builder.scopes("lists:read", "profiles:read"));

    Reply refused = client.submit(email("ada@shop.example"));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.at("/errors/0/detail")).contains("lists:write, profiles:write");
    assertThat(client.get("/api/lists").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-07-15, 200",
    "2026-07-15.pre, 200",
    "2024-10-15, 200",
    "2023-02-22, 200",
    "2025-10-15, 200",
    "2026-07-16, 400",
    "2026-10-15, 400",
    "2031-01-15, 400",
    "latest, 400"
  })
  void a_revision_must_be_one_that_klaviyo_has_or_had(String revision, int status) {
    assertThat(client.with("revision", revision).get("/api/lists").status()).isEqualTo(status);
  }

  @Test
  void the_accounts_clock_says_which_revisions_are_out_and_which_are_no_longer_supported() {
    Client strict = client.with("X-Klaviyo-Revision-Fall-Forward-Opt-Out", "1");
    Client oldest = strict.with("revision", "2024-10-15");
    Client next = strict.with("revision", "2026-10-15");
    time.advance(Duration.between(time.now(), Instant.parse("2026-10-14T23:59:00Z")));
    assertThat(oldest.get("/api/lists").status()).isEqualTo(200);
    assertThat(next.get("/api/lists").status()).isEqualTo(400);

    time.advance(Duration.ofMinutes(1));

    assertThat(oldest.get("/api/lists").status()).isEqualTo(410);
    assertThat(client.with("revision", "2024-10-15").get("/api/lists").status()).isEqualTo(200);
    assertThat(next.get("/api/lists").status()).isEqualTo(200);
  }

  @Test
  void the_revision_that_the_fake_is_written_for_is_served_whatever_its_clock_says() {
    Client strict = client.with("X-Klaviyo-Revision-Fall-Forward-Opt-Out", "1");
    time.advance(Duration.ofDays(3 * 365));

    assertThat(strict.get("/api/lists").status()).isEqualTo(200);
    assertThat(strict.with("revision", "2026-04-15").get("/api/lists").status()).isEqualTo(410);
  }

  @Test
  void a_revision_must_be_there() {
    assertThat(client.without("revision").get("/api/lists").status()).isEqualTo(400);
  }

  @Test
  void a_retired_revision_is_gone_for_those_who_opt_out_of_another() {
    Client old = client.with("revision", "2023-02-22");

    Reply refused = old.with("X-Klaviyo-Revision-Fall-Forward-Opt-Out", "1").get("/api/lists");

    assertThat(refused.status()).isEqualTo(410);
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.api+json, 202",
    "application/json, 202",
    "application/json; charset=utf-8, 202",
    "application/vnd.api+json; charset=\"UTF-8\", 202",
    "application/vnd.api+json; charset=iso-8859-1, 415",
    "text/plain, 415",
    "application/x-www-form-urlencoded, 415"
  })
  void a_body_must_be_json_by_its_content_type(String type, int status) {
    Reply reply = client.with("Content-Type", type).submit(email("ada@shop.example"));

    assertThat(reply.status()).isEqualTo(status);
  }

  @Test
  void a_compressed_body_is_not_taken() {
    Reply reply = client.with("Content-Encoding", "br").submit(email("ada@shop.example"));

    assertThat(reply.status()).isEqualTo(415);
  }

  @Test
  void an_answer_comes_as_json_api_or_not_at_all() {
    Reply answered = client.with("Accept", "*/*").get("/api/lists");

    assertThat(answered.header("Content-Type")).contains("application/vnd.api+json");
    assertThat(client.with("Accept", "text/html").get("/api/lists").status()).isEqualTo(406);
  }

  @Test
  void a_path_has_its_methods_and_does_with_or_without_a_slash() {
    assertThat(client.get("/api/lists/").status()).isEqualTo(200);
    assertThat(client.get("/api/lists").status()).isEqualTo(200);
    assertThat(client.send("PUT", "/api/lists", "{}").status()).isEqualTo(405);
    assertThat(client.get("/api/nothing").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/lists | GET, POST",
        "/api/lists/Y6nRLr | DELETE, GET, PATCH",
        "/api/profiles/1/lists | GET"
      })
  void a_method_that_a_path_does_not_have_is_refused_with_those_it_has(
      String path, String methods) {
    Reply refused = client.send("PUT", path, "{}");

    assertThat(refused.status()).isEqualTo(405);
    assertThat(refused.header("Allow")).contains(methods);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/lists", "/api/profiles", Client.IMPORTS, "/api/profile-import"})
  void a_body_without_data_is_refused_with_a_pointer_to_data(String path) {
    for (String body : List.of("", "{}", "[]", "null", "7", "\"data\"")) {
      Reply refused = client.send("POST", path, body);

      assertThat(refused.status()).as(body).isEqualTo(400);
      assertThat(refused.pointers()).as(body).containsExactly("/data");
    }
  }

  @Test
  void a_parameter_that_the_operation_does_not_have_is_refused() {
    Reply reply = client.get("/api/lists", "page[number]", "2");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.at("/errors/0/source/parameter")).isEqualTo("page[number]");
  }

  @Test
  void the_account_tells_who_it_is() {
    Reply accounts = client.get("/api/accounts");

    assertThat(accounts.json().path("data")).hasSize(1);
    assertThat(accounts.at("/data/0/type")).isEqualTo("account");
    assertThat(accounts.at("/data/0/attributes/test_account")).isEqualTo("true");
    assertThat(client.get("/api/accounts").header("Retry-After")).contains("1");
  }
}
