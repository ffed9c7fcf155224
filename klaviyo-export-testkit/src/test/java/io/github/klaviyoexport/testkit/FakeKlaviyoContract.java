package io.github.klaviyoexport.testkit;

import static io.github.klaviyoexport.testkit.Client.IMPORTS;
import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.importOf;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyo.OriginalPayload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the fake account promises behind every door. */
abstract class FakeKlaviyoContract {
  static final Duration JOB = Duration.ofSeconds(40);

  final VirtualTime time = VirtualTime.create();
  FakeKlaviyo klaviyo;
  Client client;

  abstract FakeKlaviyo open(FakeKlaviyo.Builder builder);

  abstract Client client(FakeKlaviyo fake);

  @BeforeEach
  void open_an_account() {
    fake(builder -> builder);
  }

  /** An account unlike the others. */
  void fake(UnaryOperator<FakeKlaviyo.Builder> settings) {
    close_the_account();
    klaviyo = open(settings.apply(FakeKlaviyo.builder().time(time).jobDuration(JOB)));
    client = client(klaviyo);
  }

  @AfterEach
  void close_the_account() {
    if (klaviyo != null) {
      klaviyo.close();
    }
  }

  /** Imports rows and lets the job finish. */
  Reply imported(String... rows) {
    Reply accepted = client.submit(rows);
    assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
    time.advance(JOB);
    return client.job(accepted);
  }

  List<String> errorsOf(Reply job) {
    return client
        .get(IMPORTS + "/" + job.at("/data/id") + "/import-errors")
        .each("/attributes/code");
  }

  JsonNode profile(String email) {
    Reply found =
        client.get("/api/lists/" + LIST + "/profiles", "filter", "equals(email,\"" + email + "\")");
    return found.json().at("/data/0/attributes");
  }

  // Who calls

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
    "2026-07-16, 400",
    "2031-01-15, 400",
    "latest, 400"
  })
  void a_revision_must_be_one_that_klaviyo_has_or_had(String revision, int status) {
    assertThat(client.with("revision", revision).get("/api/lists").status()).isEqualTo(status);
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

  @Test
  void a_parameter_that_the_operation_does_not_have_is_refused() {
    Reply reply = client.get("/api/lists", "page[number]", "2");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.at("/errors/0/source/parameter")).isEqualTo("page[number]");
  }

  // Quotas

  List<Integer> statusesOf(int calls) {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      statuses.add(client.get(IMPORTS).status());
    }
    return statuses;
  }

  @Test
  void more_calls_than_the_quota_of_a_second_are_throttled_until_its_window_ends() {
    assertThat(statusesOf(10)).containsOnly(200);

    Reply throttled = client.get(IMPORTS);

    assertThat(throttled.status()).isEqualTo(429);
    assertThat(throttled.header("Retry-After")).contains("1");
    assertThat(throttled.header("RateLimit-Limit")).isEmpty();
    assertThat(throttled.at("/errors/0/code")).isEqualTo("throttled");
    assertThat(throttled.at("/errors/0/detail"))
        .isEqualTo("Request was throttled. Expected available in 1 second.");
    time.advance(Duration.ofSeconds(1));
    assertThat(statusesOf(11)).endsWith(200, 429);
  }

  @Test
  void windows_are_fixed_so_a_burst_across_their_edge_passes_twice_the_quota() {
    // Find the edge: calls are refused until the window ends.
    statusesOf(10);
    while (client.get(IMPORTS).status() == 429) {
      time.advance(Duration.ofMillis(25));
    }
    time.advance(Duration.ofMillis(975));
    statusesOf(9);
    time.advance(Duration.ofMillis(25));

    assertThat(statusesOf(10)).containsOnly(200);
    assertThat(klaviyo.mostRequests(Operation.GET_BULK_IMPORT_PROFILES_JOBS, Duration.ofMillis(26)))
        .isEqualTo(19);
  }

  @Test
  void the_quota_of_a_minute_holds_as_well_and_its_wait_is_as_long() {
    for (int second = 0; second < 15; second++) {
      statusesOf(10);
      time.advance(Duration.ofSeconds(1));
    }

    // All 150 are used unless the minute began meanwhile, which it does for one of 60 phases.
    Reply throttled = client.get(IMPORTS);
    int wait = Integer.parseInt(throttled.header("Retry-After").orElseThrow());

    assertThat(wait).isBetween(2, 60);
    time.advance(Duration.ofSeconds(wait - 1).minusNanos(1));
    assertThat(client.get(IMPORTS).status()).isEqualTo(429);
    time.advance(Duration.ofSeconds(1).plusNanos(1));
    assertThat(client.get(IMPORTS).status()).isEqualTo(200);
  }

  @Test
  void an_answer_tells_the_quotas_as_a_list_and_what_is_left_of_the_narrowest() {
    Reply first = client.get(IMPORTS);
    Reply second = client.get(IMPORTS);

    assertThat(first.header("RateLimit-Limit")).contains("10, 10;w=1, 150;w=60");
    assertThat(first.header("RateLimit-Remaining")).contains("9");
    assertThat(first.header("RateLimit-Reset")).contains("0");
    assertThat(second.header("RateLimit-Remaining")).contains("8");
  }

  @Test
  void a_refused_call_draws_from_the_quota_too_and_says_so() {
    Reply missing = client.get("/api/lists/NoSuch");
    Reply invalid = client.submit(email("not an address"));

    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.header("RateLimit-Remaining")).contains("74");
    assertThat(invalid.status()).isEqualTo(400);
    assertThat(invalid.header("RateLimit-Remaining")).contains("9");
  }

  @Test
  void every_operation_has_a_quota_of_its_own() {
    statusesOf(10);

    assertThat(client.get(IMPORTS).status()).isEqualTo(429);
    assertThat(client.get("/api/lists").status()).isEqualTo(200);
    assertThat(client.submit(email("ada@shop.example")).status()).isEqualTo(202);
  }

  @Test
  void counting_a_list_draws_from_a_quota_of_one_a_second() {
    String path = "/api/lists/" + LIST;
    Reply counted = client.get(path, "additional-fields[list]", "profile_count");

    assertThat(counted.header("RateLimit-Limit")).contains("1, 1;w=1, 15;w=60");
    assertThat(client.get(path, "additional-fields[list]", "profile_count").status())
        .isEqualTo(429);
    assertThat(client.get(path).status()).isEqualTo(200);
  }

  @Test
  void an_account_without_quota_throttles_nobody() {
    fake(builder -> builder.quota(false));

    assertThat(statusesOf(200)).containsOnly(200);
    assertThat(client.get(IMPORTS).header("RateLimit-Limit")).isEmpty();
  }

  // Importing

  @Test
  void an_import_is_accepted_as_a_queued_job_that_lives_for_seven_days() {
    Reply accepted = client.submit(email("ada@shop.example"), email("bo@shop.example"));

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.at("/data/type")).isEqualTo("profile-bulk-import-job");
    assertThat(accepted.at("/data/id")).matches("[A-Za-z0-9_-]{20,}");
    JsonNode attributes = accepted.json().at("/data/attributes");
    assertThat(attributes.path("status").asText()).isEqualTo("queued");
    assertThat(attributes.path("total_count").asInt()).isEqualTo(2);
    assertThat(attributes.path("completed_count").asInt()).isZero();
    assertThat(attributes.path("failed_count").asInt()).isZero();
    assertThat(attributes.path("created_at").asText()).isEqualTo("2026-09-01T08:00:00+00:00");
    assertThat(attributes.path("expires_at").asText()).isEqualTo("2026-09-08T08:00:00+00:00");
    assertThat(attributes.path("started_at").isNull()).isTrue();
    assertThat(attributes.path("completed_at").isNull()).isTrue();
    assertThat(accepted.at("/data/relationships/lists/data/0/id")).isEqualTo(LIST);
    assertThat(accepted.at("/data/links/self")).endsWith("/" + accepted.at("/data/id") + "/");
  }

  @Test
  void a_job_is_queued_then_processing_then_complete_and_profiles_join_at_its_end() {
    Reply accepted = client.submit(customers(8));

    assertThat(client.job(accepted).at("/data/attributes/status")).isEqualTo("queued");
    time.advance(Duration.ofSeconds(25));
    Reply half = client.job(accepted);
    assertThat(half.at("/data/attributes/status")).isEqualTo("processing");
    assertThat(half.at("/data/attributes/started_at")).isEqualTo("2026-09-01T08:00:10+00:00");
    assertThat(half.at("/data/attributes/completed_count")).isEqualTo("4");
    assertThat(klaviyo.list().size()).isZero();
    time.advance(Duration.ofSeconds(15));
    Reply done = client.job(accepted);
    assertThat(done.at("/data/attributes/status")).isEqualTo("complete");
    assertThat(done.at("/data/attributes/completed_at")).isEqualTo("2026-09-01T08:00:40+00:00");
    assertThat(done.at("/data/attributes/completed_count")).isEqualTo("8");
    assertThat(klaviyo.list().size()).isEqualTo(8);
  }

  @Test
  void an_import_whose_job_takes_no_time_is_queued_in_the_answer_and_complete_at_the_next_look() {
    fake(builder -> builder.jobDuration(Duration.ZERO));

    Reply accepted = client.submit(email("ada@shop.example"));

    assertThat(accepted.at("/data/attributes/status")).isEqualTo("queued");
    assertThat(client.job(accepted).at("/data/attributes/status")).isEqualTo("complete");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'email':'ada.shop.example'                     | /attributes/email",
        "'email':'mailto:ada@shop.example'              | /attributes/email",
        "'email':'ada!@shop.example'                    | /attributes/email",
        "'email':'ada@shop.example1'                    | /attributes/email",
        "'email':''                                     | /attributes/email",
        "'email':7                                      | /attributes/email",
        "'email':'a@shop.example','phone_number':'0770' | /attributes/phone_number",
        "'email':'a@shop.example','frist_name':'Ada'    | /attributes/frist_name",
        "'email':'a@shop.example','first_name':{}       | /attributes/first_name",
        "'email':'a@shop.example','location':'London'   | /attributes/location",
        "'email':'a@shop.example','location':{'town':1} | /attributes/location/town",
        "'email':'a@shop.example','properties':['a']    | /attributes/properties",
        "'first_name':'Ada'                             | /attributes",
        "'email':null                                   | /attributes",
      })
  void one_bad_profile_refuses_the_whole_import_with_a_pointer(String attributes, String pointer) {
    Reply refused =
        client.submit(
            email("good@shop.example"),
            row(attributes.replace('\'', '"')),
            email("fine@shop.example"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).containsExactly("/data/attributes/profiles/data/1" + pointer);
    assertThat(client.get(IMPORTS).each("/id")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'profile'}                                             | /attributes",
        "{'type':'profile','attributes':[]}                             | /attributes",
        "{'type':'profile','id':7,'attributes':{'email':'a@b.example'}} | /id",
        "{'type':'person','attributes':{'email':'a@shop.example'}}      | /type",
        "{'attributes':{'email':'a@shop.example'}}                      | /type",
        "['profile']                                                    | ``",
      })
  void a_profile_that_is_no_resource_is_refused(String profile, String pointer) {
    Reply refused = client.submit(profile.replace('\'', '"'));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).containsExactly("/data/attributes/profiles/data/0" + pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'patch'                                | /meta",
        "{'patch_identifiers':{}}               | /meta/patch_identifiers",
        "{'patch_properties':'unset'}           | /meta/patch_properties",
        "{'patch_properties':{'unset':7}}       | /meta/patch_properties/unset",
        "{'patch_properties':{'unset':['a',7]}} | /meta/patch_properties/unset",
        "{'patch_properties':{'append':['a']}}  | /meta/patch_properties/append",
        "{'patch_properties':{'remove':'a'}}    | /meta/patch_properties/remove",
      })
  void a_patch_that_is_none_is_refused(String meta, String pointer) {
    Reply refused =
        client.submit(
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\"},\"meta\":"
                + meta.replace('\'', '"')
                + "}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).containsExactly("/data/attributes/profiles/data/0" + pointer);
  }

  @Test
  void half_a_surrogate_pair_is_refused_and_a_whole_one_is_taken() {
    String ada = "\"email\":\"ada@shop.example\",\"first_name\":";

    assertThat(client.submit(row(ada + "\"\\ud83d\"")).pointers())
        .containsExactly("/data/attributes/profiles/data/0");
    imported(row(ada + "\"\\ud83d\\udc1d\""));

    assertThat(profile("ada@shop.example").path("first_name").asText()).isEqualTo("🐝");
  }

  @Test
  void texts_have_their_lengths() {
    String local = "a".repeat(100 - "@shop.example".length());
    assertThat(client.submit(email(local + "@shop.example")).status()).isEqualTo(202);
    assertThat(client.submit(email(local + "a@shop.example")).status()).isEqualTo(400);

    String id = "c".repeat(255);
    assertThat(client.submit(row("\"external_id\":\"" + id + "\"")).status()).isEqualTo(202);
    assertThat(client.submit(row("\"external_id\":\"" + id + "c\"")).status()).isEqualTo(400);
  }

  @Test
  void a_refusal_names_every_bad_profile_unless_the_account_was_told_otherwise() {
    String[] rows = {email("good@shop.example"), email("bad"), email("worse")};

    assertThat(client.submit(rows).pointers()).hasSize(2);
    fake(builder -> builder.badProfilesPerAnswer(1));
    assertThat(client.submit(rows).pointers())
        .containsExactly("/data/attributes/profiles/data/1/attributes/email");
  }

  @Test
  void an_unknown_list_refuses_the_import_without_naming_a_profile() {
    String body = importOf(email("ada@shop.example")).replace(LIST, "NoSuch");

    Reply refused = client.send("POST", IMPORTS, body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).containsExactly("/data");
    assertThat(refused.at("/errors/0/detail")).isEqualTo("List ID NoSuch does not exist.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"data\":",
        "{\"data\":{\"type\":\"profile-bulk-import-job\"}}",
        "{\"data\":{\"type\":\"profile\",\"attributes\":{\"profiles\":{\"data\":[]}}}}",
        "{\"data\":{}} and more"
      })
  void a_body_that_is_no_import_is_refused(String body) {
    assertThat(client.send("POST", IMPORTS, body).status()).isEqualTo(400);
  }

  @Test
  void ten_thousand_profiles_are_taken_and_one_more_is_not() {
    assertThat(client.submit(customers(10_000)).at("/data/attributes/total_count"))
        .isEqualTo("10000");
    assertThat(client.submit(customers(10_001)).status()).isEqualTo(400);
  }

  @Test
  void a_body_of_five_million_bytes_is_taken_and_one_byte_more_is_not() {
    String body = importOf(email("ada@shop.example"));
    String padded = body + " ".repeat(5_000_000 - body.length());

    assertThat(client.send("POST", IMPORTS, padded).status()).isEqualTo(202);
    assertThat(client.send("POST", IMPORTS, padded + " ").status()).isEqualTo(413);
  }

  @Test
  void a_profile_of_100_000_bytes_is_taken_and_one_byte_more_is_not() {
    String head = "\"email\":\"ada@shop.example\",\"properties\":{\"Note\":\"";
    String large = head + "x".repeat(100_000 - row(head + "\"}").length());

    assertThat(client.submit(row(large + "\"}")).status()).isEqualTo(202);
    Reply refused = client.submit(row(large + "x\"}"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).containsExactly("/data/attributes/profiles/data/0");
  }

  // What an import does

  @Test
  void a_profile_keeps_what_a_later_import_leaves_out_and_merges_properties_by_name() {
    imported(
        row(
            "\"email\":\"ada@shop.example\",\"first_name\":\"Ada\",\"title\":\"Countess\","
                + "\"location\":{\"city\":\"London\",\"country\":\"United Kingdom\"},"
                + "\"properties\":{\"LTV\":120.5,\"Code\":\"0123\",\"Tags\":[\"a\",\"b\"]}"));

    imported(
        row(
            "\"email\":\"ada@shop.example\",\"first_name\":\"Augusta\","
                + "\"location\":{\"city\":\"Bath\"},"
                + "\"properties\":{\"LTV\":99,\"Tags\":[\"c\"]}"));

    JsonNode ada = profile("ada@shop.example");
    assertThat(ada.path("first_name").asText()).isEqualTo("Augusta");
    assertThat(ada.path("title").asText()).isEqualTo("Countess");
    assertThat(ada.at("/location/city").asText()).isEqualTo("Bath");
    assertThat(ada.at("/location/country").asText()).isEqualTo("United Kingdom");
    assertThat(ada.path("properties"))
        .hasToString("{\"LTV\":99,\"Code\":\"0123\",\"Tags\":[\"c\"]}");
  }

  @Test
  void null_clears_nothing_and_is_not_stored() {
    imported(
        row("\"email\":\"ada@shop.example\",\"title\":\"Countess\",\"properties\":{\"LTV\":1}"));

    imported(
        row("\"email\":\"ada@shop.example\",\"title\":null,\"properties\":{\"LTV\":null}"),
        row("\"email\":\"bo@shop.example\",\"title\":null,\"properties\":{\"LTV\":null}"));

    assertThat(klaviyo.list().profile("ada@shop.example"))
        .contains(
            Map.of(
                "email", "ada@shop.example", "title", "Countess", "properties", Map.of("LTV", 1)));
    assertThat(klaviyo.list().profile("bo@shop.example"))
        .contains(Map.of("email", "bo@shop.example", "properties", Map.of()));
  }

  @Test
  void properties_are_unset_appended_to_and_taken_out_of_lists_by_patches() {
    imported(
        row(
            "\"email\":\"ada@shop.example\","
                + "\"properties\":{\"Old\":1,\"Older\":2,\"Tags\":[\"a\",\"b\"],\"Single\":\"x\"}"));

    imported(
        "{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\"},"
            + "\"meta\":{\"patch_properties\":{\"unset\":[\"Old\",\"Older\"],"
            + "\"append\":{\"Tags\":\"c\",\"Single\":\"y\"},\"unappend\":{\"Tags\":[\"a\"]}}}}");

    assertThat(profile("ada@shop.example").path("properties"))
        .hasToString("{\"Tags\":[\"b\",\"c\"],\"Single\":[\"x\",\"y\"]}");
  }

  @Test
  void an_address_in_other_letters_is_the_same_profile() {
    imported(row("\"email\":\"Ada@Shop.example\",\"first_name\":\"Ada\""));
    imported(row("\"email\":\"ada@shop.EXAMPLE\",\"last_name\":\"Lovelace\""));

    assertThat(klaviyo.list().size()).isEqualTo(1);
    JsonNode ada = profile("ADA@shop.example");
    assertThat(ada.path("first_name").asText()).isEqualTo("Ada");
    assertThat(ada.path("last_name").asText()).isEqualTo("Lovelace");
  }

  @Test
  void a_profile_is_found_by_each_of_its_identifiers_and_by_its_id() {
    imported(
        row(
            "\"email\":\"ada@shop.example\",\"phone_number\":\"+442079460001\","
                + "\"external_id\":\"c-17\""));
    String id = client.get("/api/lists/" + LIST + "/profiles").at("/data/0/id");

    imported(row("\"phone_number\":\"+442079460001\",\"first_name\":\"Ada\""));
    imported(row("\"external_id\":\"c-17\",\"last_name\":\"Lovelace\""));
    imported(
        "{\"type\":\"profile\",\"id\":\"" + id + "\",\"attributes\":{\"title\":\"Countess\"}}");

    assertThat(klaviyo.list().size()).isEqualTo(1);
    assertThat(klaviyo.list().profile("ada@shop.example").orElseThrow())
        .containsEntry("first_name", "Ada")
        .containsEntry("last_name", "Lovelace")
        .containsEntry("title", "Countess");
  }

  @Test
  void a_profile_that_changes_its_address_is_found_by_the_new_one_only() {
    imported(row("\"email\":\"old@shop.example\",\"external_id\":\"c-17\""));
    imported(row("\"email\":\"new@shop.example\",\"external_id\":\"c-17\""));

    assertThat(klaviyo.list().emails()).containsExactly("new@shop.example");
    assertThat(klaviyo.list().profile("new@shop.example")).isPresent();
    assertThat(klaviyo.list().profile("old@shop.example")).isEmpty();
  }

  @Test
  void identifiers_of_different_profiles_make_an_import_error() {
    imported(email("ada@shop.example"), row("\"external_id\":\"c-18\""));

    Reply job = imported(row("\"email\":\"ada@shop.example\",\"external_id\":\"c-18\""));

    assertThat(job.at("/data/attributes/failed_count")).isEqualTo("1");
    assertThat(errorsOf(job)).containsExactly("duplicate_profile");
  }

  @Test
  void duplicates_inside_a_job_are_dropped_without_a_word() {
    Reply job =
        imported(
            row("\"email\":\"ada@shop.example\",\"title\":\"Countess\""),
            row("\"email\":\"ADA@shop.example\",\"organization\":\"Engines\""),
            email("bo@shop.example"));

    assertThat(job.at("/data/attributes/total_count")).isEqualTo("3");
    assertThat(job.at("/data/attributes/completed_count")).isEqualTo("3");
    assertThat(job.at("/data/attributes/failed_count")).isEqualTo("0");
    assertThat(errorsOf(job)).isEmpty();
    assertThat(klaviyo.list().size()).isEqualTo(2);
    assertThat(klaviyo.list().profile("ada@shop.example").orElseThrow())
        .as("one of the two, not both in one")
        .hasSize(2);
  }

  @Test
  void a_job_has_an_order_of_its_own_and_the_same_in_every_run() {
    imported(customers(20));
    List<String> order = klaviyo.list().emails();

    assertThat(order)
        .doesNotHaveDuplicates()
        .hasSize(20)
        .isNotEqualTo(order.stream().sorted().toList());
    fake(builder -> builder);
    imported(customers(20));
    assertThat(klaviyo.list().emails()).isEqualTo(order);
    fake(builder -> builder.seed(7));
    imported(customers(20));
    assertThat(klaviyo.list().emails())
        .isNotEqualTo(order)
        .containsExactlyInAnyOrderElementsOf(order);
  }

  @Test
  void a_bad_phone_number_beside_an_address_is_left_out_if_the_account_is_told_to() {
    fake(builder -> builder.dropsBadPhones(true));

    imported(row("\"email\":\"ada@shop.example\",\"phone_number\":\"0770\""));
    Reply alone = client.submit(row("\"phone_number\":\"0770\""));

    assertThat(klaviyo.list().profile("ada@shop.example"))
        .contains(Map.of("email", "ada@shop.example"));
    assertThat(alone.status()).isEqualTo(400);
  }

  @Test
  void importing_a_member_again_does_not_change_when_it_joined() {
    imported(email("ada@shop.example"));
    String joined = profile("ada@shop.example").path("joined_group_at").asText();

    imported(row("\"email\":\"ada@shop.example\",\"title\":\"Countess\""));

    assertThat(joined).isEqualTo("2026-09-01T08:00:40+00:00");
    JsonNode ada = profile("ada@shop.example");
    assertThat(ada.path("joined_group_at").asText()).isEqualTo(joined);
    assertThat(ada.path("created").asText()).isEqualTo(joined);
    assertThat(ada.path("updated").asText()).isEqualTo("2026-09-01T08:01:20+00:00");
  }

  @Test
  void profiles_that_fail_are_counted_listed_and_kept_off_the_list() {
    klaviyo.failProfiles("Bad@shop.example");

    Reply job =
        imported(
            row("\"email\":\"bad@shop.example\",\"external_id\":\"c-1\""),
            email("ada@shop.example"));

    assertThat(job.at("/data/attributes/completed_count")).isEqualTo("1");
    assertThat(job.at("/data/attributes/failed_count")).isEqualTo("1");
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    JsonNode error =
        client.get(IMPORTS + "/" + job.at("/data/id") + "/import-errors").json().at("/data/0");
    assertThat(error.path("type").asText()).isEqualTo("import-error");
    assertThat(error.path("id").asText()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    assertThat(error.at("/attributes/code").asText()).isEqualTo("invalid");
    assertThat(error.at("/attributes/source/pointer").asText()).isEqualTo("/data");
    assertThat(error.at("/attributes/original_payload"))
        .hasToString("{\"email\":\"bad@shop.example\",\"external_id\":\"c-1\"}");
  }

  @Test
  void the_original_payload_can_be_a_resource_or_absent() {
    fake(builder -> builder.originalPayload(OriginalPayload.RESOURCE));
    klaviyo.failProfiles("bad@shop.example");
    String path =
        IMPORTS + "/" + imported(email("bad@shop.example")).at("/data/id") + "/import-errors";
    assertThat(client.get(path).at("/data/0/attributes/original_payload/attributes/email"))
        .isEqualTo("bad@shop.example");

    fake(builder -> builder.originalPayload(OriginalPayload.ABSENT));
    klaviyo.failProfiles("bad@shop.example");
    path = IMPORTS + "/" + imported(email("bad@shop.example")).at("/data/id") + "/import-errors";
    assertThat(client.get(path).json().at("/data/0/attributes/original_payload").isNull()).isTrue();
  }

  @Test
  void import_errors_come_in_pages_of_twenty_up_to_a_hundred() {
    for (int i = 0; i < 130; i++) {
      klaviyo.failProfiles("customer" + i + "@shop.example");
    }
    String path = IMPORTS + "/" + imported(customers(140)).at("/data/id") + "/import-errors";

    assertThat(client.pages(path)).hasSize(7);
    List<Reply> pages = client.pages(path, "page[size]", "100");

    assertThat(pages).extracting(page -> page.each("/id").size()).containsExactly(100, 30);
    assertThat(pages.stream().flatMap(page -> page.each("/id").stream())).doesNotHaveDuplicates();
    assertThat(client.get(path, "page[size]", "101").status()).isEqualTo(400);
  }

  @Test
  void refused_profiles_refuse_the_import_as_long_as_they_have_the_field() {
    klaviyo.refuseProfiles("phone_number", "ada@shop.example");
    String ada = "\"email\":\"ada@shop.example\"";

    Reply refused = client.submit(row(ada + ",\"phone_number\":\"+442079460001\""));

    assertThat(refused.pointers())
        .containsExactly("/data/attributes/profiles/data/0/attributes/phone_number");
    assertThat(client.submit(row(ada)).status()).isEqualTo(202);
  }

  // Jobs

  @Test
  void jobs_are_listed_newest_first_or_oldest_first_and_by_status() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(client.submit(email("customer" + i + "@shop.example")).at("/data/id"));
      time.advance(Duration.ofSeconds(15));
    }

    assertThat(client.get(IMPORTS, "sort", "created_at").each("/id")).isEqualTo(ids);
    assertThat(client.get(IMPORTS, "sort", "-created_at").each("/id"))
        .containsExactly(ids.get(2), ids.get(1), ids.get(0));
    assertThat(client.get(IMPORTS, "sort", "created_at").each("/attributes/status"))
        .containsExactly("complete", "processing", "processing");
    assertThat(client.get(IMPORTS, "filter", "equals(status,'complete')").each("/id"))
        .containsExactly(ids.get(0));
    assertThat(client.get(IMPORTS, "filter", "any(status,[\"queued\",\"processing\"])").each("/id"))
        .containsExactly(ids.get(2), ids.get(1));
    assertThat(client.get(IMPORTS, "filter", "equals(status,'failed')").status()).isEqualTo(400);
  }

  @Test
  void pages_of_jobs_stay_right_while_jobs_come_and_finish() {
    fake(builder -> builder.quota(false));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(0, client.submit(email("customer" + i + "@shop.example")).at("/data/id"));
    }
    Reply first = client.get(IMPORTS, "page[size]", "4", "sort", "-created_at");
    client.submit(email("late@shop.example"));
    time.advance(JOB);

    String next = first.at("/links/next");
    Reply second = client.get(next.substring(next.indexOf("/api")));

    assertThat(first.each("/id")).isEqualTo(ids.subList(0, 4));
    assertThat(second.each("/id")).isEqualTo(ids.subList(4, 6));
    assertThat(second.at("/links/next")).isNull();
  }

  @Test
  void a_job_can_be_read_with_some_of_its_fields_and_with_its_lists() {
    Reply job = imported(email("ada@shop.example"));
    String path = IMPORTS + "/" + job.at("/data/id");

    Reply some =
        client.get(
            path, "fields[profile-bulk-import-job]", "status,total_count", "include", "lists");

    assertThat(some.json().at("/data/attributes"))
        .hasToString("{\"status\":\"complete\",\"total_count\":1}");
    assertThat(some.at("/included/0/attributes/name")).isEqualTo("VIP");
    assertThat(client.get(path, "fields[profile-bulk-import-job]", "state").status())
        .isEqualTo(400);
    assertThat(client.get(path + "/lists").each("/attributes/name")).containsExactly("VIP");
    assertThat(client.get(path + "/relationships/lists").each("/id")).containsExactly(LIST);
  }

  @Test
  void a_job_tells_which_profiles_it_touched() {
    Reply job = imported(customers(25));
    String path = IMPORTS + "/" + job.at("/data/id");

    Reply profiles = client.get(path + "/profiles", "page[size]", "100");
    List<Reply> ids = client.pages(path + "/relationships/profiles");

    assertThat(profiles.each("/attributes/email"))
        .containsExactlyInAnyOrderElementsOf(klaviyo.list().emails());
    assertThat(ids).hasSize(2);
    assertThat(ids.stream().flatMap(page -> page.each("/id").stream()))
        .isEqualTo(profiles.each("/id"));
  }

  @Test
  void a_job_is_forgotten_after_seven_days() {
    Reply accepted = client.submit(email("ada@shop.example"));
    time.advance(Duration.ofDays(7).minusNanos(1));
    assertThat(client.job(accepted).status()).isEqualTo(200);

    time.advance(Duration.ofNanos(1));

    Reply gone = client.job(accepted);
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.at("/errors/0/detail")).isEqualTo("Invalid job id");
    assertThat(client.get(IMPORTS).each("/id")).isEmpty();
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
  }

  @Test
  void a_job_can_be_scripted_to_be_cancelled_endless_or_slow() {
    klaviyo.script(
        Operation.BULK_IMPORT_PROFILES,
        Fault.jobCancelled(),
        Fault.jobEndless(),
        Fault.jobTakes(Duration.ofHours(2)));
    Reply cancelled = client.submit(email("ada@shop.example"));
    Reply endless = client.submit(email("bo@shop.example"));
    Reply slow = client.submit(email("cy@shop.example"));

    time.advance(Duration.ofHours(2));

    assertThat(client.job(cancelled).at("/data/attributes/status")).isEqualTo("cancelled");
    assertThat(client.job(cancelled).at("/data/attributes/completed_count")).isEqualTo("0");
    assertThat(client.job(endless).at("/data/attributes/status")).isEqualTo("processing");
    assertThat(client.job(slow).at("/data/attributes/status")).isEqualTo("complete");
    assertThat(klaviyo.list().emails()).containsExactly("cy@shop.example");
  }

  // Lists and members

  @Test
  void the_account_tells_who_it_is() {
    Reply accounts = client.get("/api/accounts");

    assertThat(accounts.json().path("data")).hasSize(1);
    assertThat(accounts.at("/data/0/type")).isEqualTo("account");
    assertThat(accounts.at("/data/0/attributes/test_account")).isEqualTo("true");
    assertThat(client.get("/api/accounts").header("Retry-After")).contains("1");
  }

  @Test
  void a_list_is_read_by_its_id_and_counted_on_demand() {
    imported(customers(3));

    Reply list = client.get("/api/lists/" + LIST);
    Reply counted = client.get("/api/lists/" + LIST, "additional-fields[list]", "profile_count");

    assertThat(list.at("/data/attributes/name")).isEqualTo("VIP");
    assertThat(list.at("/data/links/self")).endsWith("/api/lists/" + LIST + "/");
    assertThat(list.json().at("/data/attributes").has("profile_count")).isFalse();
    assertThat(counted.at("/data/attributes/profile_count")).isEqualTo("3");
    assertThat(client.get("/api/lists", "additional-fields[list]", "profile_count").status())
        .isEqualTo(400);
  }

  @Test
  void an_unknown_list_is_not_found() {
    Reply missing = client.get("/api/lists/NoSuch");

    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.at("/errors/0/code")).isEqualTo("not_found");
    assertThat(missing.at("/errors/0/detail")).isEqualTo("A list with id `NoSuch` does not exist.");
    assertThat(missing.pointers()).containsExactly("/data/");
    assertThat(client.get("/api/lists/NoSuch/profiles").status()).isEqualTo(404);
    assertThat(client.get("/api/lists/NoSuch/relationships/profiles").status()).isEqualTo(404);
  }

  @Test
  void lists_come_ten_a_page_and_are_found_by_name_or_id() {
    fake(
        builder -> {
          for (int i = 10; i < 23; i++) {
            builder.list("List" + i, i == 22 ? "O'Hara, \"VIP\"" : "List " + i);
          }
          return builder;
        });

    assertThat(client.pages("/api/lists", "sort", "-id"))
        .extracting(page -> page.each("/id").size())
        .containsExactly(10, 3);
    assertThat(client.get("/api/lists", "page[size]", "11").status()).isEqualTo(400);
    assertThat(found("equals(name,\"List 11\")")).containsExactly("List11");
    assertThat(found("equals(name,['List 11'])")).containsExactly("List11");
    assertThat(found("any(name,[\"List 12\",\"List 13\",\"None\"])"))
        .containsExactly("List12", "List13");
    assertThat(found("equals(name,\"O'Hara, \\\"VIP\\\"\")")).containsExactly("List22");
    assertThat(found("and(any(id,[\"List14\",\"List15\"]),equals(name,\"List 15\"))"))
        .containsExactly("List15");
    assertThat(found("equals(name,\"list 11\")")).isEmpty();
    assertThat(found("greater-than(created,2026-08-31T00:00:00Z),equals(id,'List16')"))
        .containsExactly("List16");
  }

  private List<String> found(String filter) {
    Reply reply = client.get("/api/lists", "filter", filter);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply.each("/id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "equals(name,VIP)",
        "equals(name,\"VIP\"",
        "equals(name,\"VIP)",
        "contains(name,\"VI\")",
        "equals(opt_in_process,\"single_opt_in\")",
        "any(name,[])",
        "name=VIP",
        "greater-than(created,yesterday)",
        "greater-than(created,\"yesterday\")",
        ""
      })
  void a_filter_that_klaviyo_does_not_know_is_refused(String filter) {
    Reply reply = client.get("/api/lists", "filter", filter);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.at("/errors/0/source/parameter")).isEqualTo("filter");
  }

  @Test
  void members_are_read_page_by_page_without_a_gap_or_a_repetition() {
    imported(customers(250));
    String path = "/api/lists/" + LIST + "/profiles";

    List<Reply> pages = client.pages(path, "page[size]", "100", "fields[profile]", "email");
    List<Reply> ids =
        client.pages("/api/lists/" + LIST + "/relationships/profiles", "page[size]", "100");

    assertThat(pages).extracting(page -> page.each("/id").size()).containsExactly(100, 100, 50);
    assertThat(pages.stream().flatMap(page -> page.each("/attributes/email").stream()))
        .isEqualTo(klaviyo.list().emails());
    assertThat(ids.stream().flatMap(page -> page.each("/id").stream()))
        .isEqualTo(pages.stream().flatMap(page -> page.each("/id").stream()).toList())
        .doesNotHaveDuplicates();
    assertThat(client.get(path).each("/id")).hasSize(20);
    assertThat(client.get(path, "page[size]", "101").status()).isEqualTo(400);
    assertThat(client.get(path, "page[size]", "0").status()).isEqualTo(400);
    assertThat(client.get(path, "page[cursor]", "made-up").status()).isEqualTo(400);
  }

  @Test
  void members_are_sorted_and_filtered_by_when_they_joined() {
    imported(email("early@shop.example"));
    imported(email("late@shop.example"));
    String path = "/api/lists/" + LIST + "/profiles";

    assertThat(client.get(path, "sort", "joined_group_at").each("/attributes/email"))
        .containsExactly("early@shop.example", "late@shop.example");
    assertThat(client.get(path, "sort", "-joined_group_at").each("/attributes/email"))
        .containsExactly("late@shop.example", "early@shop.example");
    assertThat(
            client
                .get(path, "filter", "greater-than(joined_group_at,2026-09-01T08:00:40+00:00)")
                .each("/attributes/email"))
        .containsExactly("late@shop.example");
    assertThat(
            client
                .get(path, "filter", "less-or-equal(joined_group_at,2026-09-01T08:00:40Z)")
                .each("/attributes/email"))
        .containsExactly("early@shop.example");
    assertThat(client.get(path, "sort", "email").status()).isEqualTo(400);
  }

  @Test
  void members_are_found_by_address_when_the_filter_is_percent_encoded() {
    imported(
        email("ada+vip@shop.example"),
        email("bo@shop.example"),
        row("\"phone_number\":\"+442079460001\""));
    String path = "/api/lists/" + LIST + "/profiles";

    assertThat(
            client
                .get(path, "filter", "any(email,[\"ADA+vip@shop.example\",\"no@shop.example\"])")
                .each("/attributes/email"))
        .containsExactly("ada+vip@shop.example");
    assertThat(
            client
                .get(path, "filter", "equals(phone_number,\"+442079460001\")")
                .each("/attributes/phone_number"))
        .containsExactly("+442079460001");
    assertThat(client.get(path + "?filter=equals(email,%22ada+vip@shop.example%22)").each("/id"))
        .as("an unencoded + is a space")
        .isEmpty();
  }

  @Test
  void a_page_of_found_members_leads_to_the_next() {
    imported(customers(30));
    String wanted =
        klaviyo.list().emails().stream()
            .filter(email -> !email.contains("7"))
            .map(email -> "\"" + email + "\"")
            .reduce((one, other) -> one + "," + other)
            .orElseThrow();

    List<Reply> pages =
        client.pages(
            "/api/lists/" + LIST + "/profiles",
            "filter",
            "any(email,[" + wanted + "])",
            "page[size]",
            "10",
            "sort",
            "-joined_group_at");

    assertThat(pages).extracting(page -> page.each("/id").size()).containsExactly(10, 10, 7);
    assertThat(pages.stream().flatMap(page -> page.each("/attributes/email").stream()))
        .doesNotHaveDuplicates()
        .noneMatch(email -> email.contains("7"));
  }

  @Test
  void a_member_is_read_whole_or_by_the_fields_asked_for() {
    imported(
        row("\"email\":\"ada@shop.example\",\"location\":{\"city\":\"London\",\"zip\":\"N1\"}"));
    String path = "/api/lists/" + LIST + "/profiles";

    Reply whole = client.get(path);
    Reply some = client.get(path, "fields[profile]", "email,location.city,joined_group_at");

    assertThat(whole.at("/data/0/id")).matches("01[0-9A-HJKMNP-TV-Z]{24}");
    assertThat(whole.json().at("/data/0/attributes").fieldNames())
        .toIterable()
        .containsExactly(
            "email",
            "phone_number",
            "external_id",
            "first_name",
            "last_name",
            "organization",
            "locale",
            "title",
            "image",
            "created",
            "updated",
            "last_event_date",
            "location",
            "properties",
            "joined_group_at");
    assertThat(some.json().at("/data/0/attributes"))
        .hasToString(
            "{\"email\":\"ada@shop.example\",\"location\":{\"city\":\"London\"},"
                + "\"joined_group_at\":\"2026-09-01T08:00:40+00:00\"}");
    assertThat(client.get(path, "fields[profile]", "e-mail").status()).isEqualTo(400);
  }

  // Faults

  @Test
  void a_scripted_throttling_says_how_long_to_wait_or_does_not() {
    klaviyo.script(
        Operation.GET_LISTS, Fault.rateLimited(Duration.ofMillis(1_200)), Fault.rateLimited());

    Reply first = client.get("/api/lists");
    Reply second = client.get("/api/lists");

    assertThat(first.status()).isEqualTo(429);
    assertThat(first.header("Retry-After")).contains("2");
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.header("Retry-After")).isEmpty();
    assertThat(client.get("/api/lists").status()).isEqualTo(200);
  }

  @Test
  void a_server_error_comes_before_processing_or_after_it() {
    klaviyo.script(
        Operation.BULK_IMPORT_PROFILES,
        Fault.serverError(503),
        Fault.serverError(504, Fault.Moment.AFTER_PROCESSING));

    Reply before = client.submit(email("ada@shop.example"));
    assertThat(before.status()).isEqualTo(503);
    assertThat(before.at("/errors/0/status")).isEqualTo("503");
    assertThat(client.get(IMPORTS).each("/id")).isEmpty();

    Reply after = client.submit(email("ada@shop.example"));
    assertThat(after.status()).isEqualTo(504);
    assertThat(after.header("Content-Type"))
        .hasValueSatisfying(t -> assertThat(t).startsWith("text/html"));
    assertThat(client.get(IMPORTS).each("/id")).hasSize(1);
  }

  @Test
  void a_connection_breaks_before_processing_or_after_it() {
    klaviyo.script(
        Operation.BULK_IMPORT_PROFILES,
        Fault.dropped(Fault.Moment.BEFORE_PROCESSING),
        Fault.dropped(Fault.Moment.AFTER_PROCESSING));
    String body = importOf(email("ada@shop.example"));

    assertThatThrownBy(() -> client.tryToSend("POST", IMPORTS, body))
        .isInstanceOf(IOException.class);
    assertThat(client.get(IMPORTS).each("/id")).isEmpty();
    assertThatThrownBy(() -> client.tryToSend("POST", IMPORTS, body))
        .isInstanceOf(IOException.class);
    assertThat(client.get(IMPORTS).each("/id")).hasSize(1);
    assertThat(klaviyo.requests(Operation.BULK_IMPORT_PROFILES))
        .extracting(RecordedRequest::status)
        .containsExactly(0, 0);
  }

  @Test
  void a_garbled_answer_is_half_of_a_good_one() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.garbled());

    Reply garbled = client.submit(email("ada@shop.example"));

    assertThat(garbled.status()).isEqualTo(202);
    assertThat(garbled.text()).startsWith("{\"data\":{").doesNotEndWith("}}");
    assertThat(client.get(IMPORTS).each("/id")).hasSize(1);
  }

  @Test
  void the_edge_challenges_with_a_page_that_is_no_json() {
    klaviyo.script(Operation.GET_LISTS, Fault.edgeChallenge());

    Reply challenge = client.get("/api/lists");

    assertThat(challenge.status()).isEqualTo(403);
    assertThat(challenge.header("cf-mitigated")).contains("challenge");
    assertThat(challenge.text()).startsWith("<!DOCTYPE html>");
  }

  @Test
  void an_answer_of_ones_own_is_given_as_it_is() {
    klaviyo.script(
        Operation.GET_LISTS,
        Fault.none(),
        Fault.answered(302, Map.of("Location", "https://elsewhere.example/"), "moved"));

    assertThat(client.get("/api/lists").status()).isEqualTo(200);
    Reply own = client.get("/api/lists");
    assertThat(own.status()).isEqualTo(302);
    assertThat(own.header("Location")).contains("https://elsewhere.example/");
    assertThat(own.text()).isEqualTo("moved");
  }

  @Test
  void faults_that_did_not_happen_are_told_by_name() {
    klaviyo
        .script(Operation.GET_LISTS, 2, Fault.serverError(500))
        .script(Operation.BULK_IMPORT_PROFILES, Fault.jobEndless())
        .refuseProfiles("title", "ada@shop.example")
        .failProfiles("bo@shop.example");
    client.get("/api/lists");

    assertThat(klaviyo.unused())
        .containsExactlyInAnyOrder(
            "GET_LISTS: server error 500 before processing",
            "BULK_IMPORT_PROFILES: job endless",
            "a profile refused for its title",
            "a profile that fails to import");

    client.get("/api/lists");
    client.submit(row("\"email\":\"ada@shop.example\",\"title\":\"x\""));
    imported(email("bo@shop.example"));
    assertThat(klaviyo.unused()).isEmpty();
  }

  @Test
  void a_fault_of_jobs_cannot_be_scripted_for_what_starts_no_job() {
    assertThatThrownBy(() -> klaviyo.script(Operation.GET_LISTS, Fault.jobCancelled()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The fault 'job cancelled' can only be met by BULK_IMPORT_PROFILES, which starts a"
                + " job: script it there instead of at GET_LISTS.");
  }

  // The record

  @Test
  void requests_are_recorded_in_the_order_of_arrival() {
    klaviyo.script(Operation.GET_LISTS, Fault.serverError(500));
    client.get("/api/lists", "page[size]", "5");
    time.advance(Duration.ofSeconds(3));
    client.submit(email("ada@shop.example"));
    client.get("/api/nothing");

    assertThat(klaviyo.requests())
        .extracting(RecordedRequest::operation)
        .containsExactly(Operation.GET_LISTS, Operation.BULK_IMPORT_PROFILES, null);
    RecordedRequest first = klaviyo.requests().get(0);
    assertThat(first.number()).isEqualTo(1);
    assertThat(first.method()).isEqualTo("GET");
    assertThat(first.path()).isEqualTo("/api/lists");
    assertThat(first.query()).isEqualTo("page%5Bsize%5D=5");
    assertThat(first.status()).isEqualTo(500);
    assertThat(first.fault()).isEqualTo("server error 500 before processing");
    assertThat(first)
        .hasToString(
            "#1 2026-09-01T08:00:00Z GET /api/lists (0 bytes) -> 500"
                + " [server error 500 before processing]");
    RecordedRequest second = klaviyo.requests().get(1);
    assertThat(second.at()).isEqualTo("2026-09-01T08:00:03Z");
    assertThat(second.bodyBytes()).isEqualTo(importOf(email("ada@shop.example")).length());
    assertThat(second.body()).isNull();
  }

  @Test
  void bodies_are_kept_when_asked_for() {
    fake(builder -> builder.keepBodies(true));

    client.submit(email("åse@shop.example"));

    assertThat(klaviyo.requests().get(0).body()).isEqualTo(importOf(email("åse@shop.example")));
  }

  @Test
  void reading_the_account_directly_is_no_request() {
    imported(email("ada@shop.example"));
    int before = klaviyo.requests().size();

    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    assertThat(klaviyo.list().profile("ada@shop.example")).isPresent();
    assertThat(klaviyo.list().profile("bo@shop.example")).isEmpty();
    assertThat(klaviyo.list()).hasToString("FakeList[Y6nRLr, 1 members]");

    assertThat(klaviyo.requests()).hasSize(before);
  }

  @Test
  void a_list_that_is_not_there_is_answered_with_those_that_are() {
    fake(builder -> builder.list("AAAAAA", "One").list("BBBBBB", "Two"));

    assertThatThrownBy(() -> klaviyo.list("CCCCCC"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The account has no list CCCCCC, only AAAAAA, BBBBBB: add it with"
                + " builder().list(id, name).");
    assertThatThrownBy(() -> klaviyo.list())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The account has 2 lists: say which one.");
  }
}
