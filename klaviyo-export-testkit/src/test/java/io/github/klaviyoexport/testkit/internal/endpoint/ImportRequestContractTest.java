package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.IMPORTS;
import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.importOf;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a bulk import takes and what it refuses. */
class ImportRequestContractTest extends FakeKlaviyoContract {
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
        "'_kx':' '                                      | /attributes",
        "'external_id':''                               | /attributes/external_id",
        "'email':'a@shop.example','external_id':' '     | /attributes/external_id",
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
        "{'type':'profile','id':'','attributes':{'title':'Countess'}}   | /id",
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"first_name\":\"A\\u0000da\"",
        "\"properties\":{\"Tags\":[\"\\u0000\"]}",
        "\"properties\":{\"a\\u0000b\":1}"
      })
  void the_character_zero_is_refused_wherever_it_stands(String attribute) {
    String ada = row("\"email\":\"ada@shop.example\"," + attribute);

    assertThat(client.submit(ada).pointers()).containsExactly("/data/attributes/profiles/data/0");
    assertThat(client.send("POST", "/api/profile-import", "{\"data\":" + ada + "}").status())
        .isEqualTo(400);
    assertThat(client.submit(ada.replace("\\u0000", "\\\\u0000")).status())
        .as("an escaped backslash and digits")
        .isEqualTo(202);
  }

  @Test
  void texts_have_their_lengths() {
    String local = "a".repeat(100 - "@shop.example".length());
    assertThat(client.submit(email(local + "@shop.example")).status()).isEqualTo(202);
    assertThat(client.submit(email(local + "a@shop.example")).status()).isEqualTo(400);

    String id = "c".repeat(253) + "é🐝";
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

  @Test
  void refused_profiles_refuse_the_import_as_long_as_they_have_the_field() {
    klaviyo.refuseProfiles("phone_number", "ada@shop.example");
    String ada = "\"email\":\"ada@shop.example\"";

    Reply refused = client.submit(row(ada + ",\"phone_number\":\"+442079460001\""));

    assertThat(refused.pointers())
        .containsExactly("/data/attributes/profiles/data/0/attributes/phone_number");
    assertThat(client.submit(row(ada)).status()).isEqualTo(202);
  }

  @Test
  void profiles_can_be_refused_with_another_status() {
    fake(builder -> builder.refusalStatus(422));

    assertThat(client.submit(email("ada@shop.example"), email("no address")).status())
        .isEqualTo(422);
    assertThat(client.submit().status()).isEqualTo(400);
    assertThat(client.submit(email("ada@shop.example")).status()).isEqualTo(202);
  }
}
