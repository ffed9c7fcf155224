package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.IMPORTS;
import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.OriginalPayload;
import io.github.klaviyoexport.testkit.SharedIdentifiers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a bulk import does to profiles. */
class ImportContractTest extends FakeKlaviyoContract {
  List<String> errorsOf(Reply job) {
    return client
        .get(IMPORTS + "/" + job.at("/data/id") + "/import-errors")
        .each("/attributes/code");
  }

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
  void an_id_that_no_profile_has_is_an_import_error_unless_something_else_names_the_profile() {
    Reply job =
        imported(
            "{\"type\":\"profile\",\"id\":\"01NOPE\",\"attributes\":{\"title\":\"Countess\"}}",
            "{\"type\":\"profile\",\"id\":\"01NOPE\","
                + "\"attributes\":{\"email\":\"ada@shop.example\"}}");

    assertThat(job.at("/data/attributes/failed_count")).isEqualTo("1");
    assertThat(errorsOf(job)).containsExactly("invalid");
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    assertThat(klaviyo.list().size()).isEqualTo(1);
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

  private static final String ADA =
      row("\"email\":\"ada@shop.example\",\"phone_number\":\"+358401234567\",\"title\":\"A\"");
  private static final String BO =
      row(
          "\"email\":\"bo@shop.example\",\"phone_number\":\"+358401234567\","
              + "\"organization\":\"B\"");

  @Test
  void of_two_profiles_of_a_job_that_share_a_phone_number_one_is_dropped_without_a_word() {
    Reply job = imported(ADA, BO);

    assertThat(job.at("/data/attributes/total_count")).isEqualTo("2");
    assertThat(errorsOf(job)).isEmpty();
    assertThat(klaviyo.list().size()).isEqualTo(1);
  }

  @Test
  void of_two_profiles_that_share_an_external_id_the_later_job_changes_the_one_there_is() {
    imported(row("\"email\":\"ada@shop.example\",\"external_id\":\"k\""));

    imported(row("\"email\":\"bo@shop.example\",\"external_id\":\"k\""));

    assertThat(klaviyo.list().emails()).containsExactly("bo@shop.example");
  }

  @Test
  void profiles_that_share_a_phone_number_are_merged_if_the_account_is_told_to() {
    fake(builder -> builder.sharedIdentifiers(SharedIdentifiers.MERGED));
    imported(row("\"email\":\"bo@shop.example\""));

    assertThat(errorsOf(imported(ADA, BO))).isEmpty();

    assertThat(klaviyo.list().emails()).hasSize(1);
    assertThat(klaviyo.profile("ada@shop.example").orElseThrow().id())
        .isEqualTo(klaviyo.profile("bo@shop.example").orElseThrow().id());
    JsonNode merged = profile(klaviyo.list().emails().get(0));
    assertThat(merged.path("title").asText()).isEqualTo("A");
    assertThat(merged.path("organization").asText()).isEqualTo("B");
  }

  @Test
  void profiles_that_share_a_phone_number_are_import_errors_if_the_account_is_told_to() {
    fake(builder -> builder.sharedIdentifiers(SharedIdentifiers.REFUSED));

    assertThat(errorsOf(imported(ADA, BO))).containsExactly("duplicate_profile");
    assertThat(errorsOf(imported(BO, ADA))).containsExactly("duplicate_profile");

    assertThat(klaviyo.list().size()).isEqualTo(1);
  }

  @Test
  void profiles_that_share_a_phone_number_are_both_kept_if_the_account_is_told_to() {
    fake(builder -> builder.sharedIdentifiers(SharedIdentifiers.KEPT));

    assertThat(errorsOf(imported(ADA, BO))).isEmpty();
    assertThat(errorsOf(imported(BO, ADA))).isEmpty();

    assertThat(klaviyo.list().emails())
        .containsExactlyInAnyOrder("ada@shop.example", "bo@shop.example");
    assertThat(profile("ada@shop.example").path("phone_number").asText())
        .isEqualTo("+358401234567");
    assertThat(profile("bo@shop.example").path("phone_number").asText()).isEqualTo("+358401234567");
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
  void which_unusual_email_addresses_are_taken_is_a_setting() {
    String[] unseen = {"o'brien@shop.example", "a..b@shop.example", "ada@shop.xn--p1ai"};
    String[] seenRefused = {"ada!@shop.example", "mailto:ada@shop.example", "ada@shop.com1"};
    String[] never = {"a da@shop.example", "ada@bob@shop.example", "ada@shop", "ada"};

    assertTaken(true, unseen);
    assertTaken(false, seenRefused);
    assertTaken(false, never);
    fake(builder -> builder.takesUnusualEmails(email -> false));
    assertTaken(false, unseen);
    assertTaken(true, "ada@shop.example");
    fake(builder -> builder.takesUnusualEmails(email -> true));
    assertTaken(true, seenRefused);
    assertTaken(false, never);
  }

  private void assertTaken(boolean taken, String... emails) {
    for (String email : emails) {
      assertThat(client.submit(email(email)).status()).as(email).isEqualTo(taken ? 202 : 400);
    }
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
  void the_original_payload_can_be_a_document_or_name_identifiers_otherwise() {
    String customer = "\"email\":\"bad@shop.example\",\"external_id\":\"c-1\"";

    assertThat(payloadOf(OriginalPayload.DOCUMENT, customer))
        .isEqualTo("{\"data\":{\"type\":\"profile\",\"attributes\":{" + customer + "}}}");
    assertThat(payloadOf(OriginalPayload.DOLLARS, customer))
        .isEqualTo("{\"$external_id\":\"c-1\",\"$email\":\"bad@shop.example\"}");
    assertThat(payloadOf(OriginalPayload.ID, customer)).isEqualTo("{\"id\":\"c-1\"}");
    assertThat(payloadOf(OriginalPayload.ID, "\"email\":\"bad@shop.example\""))
        .isEqualTo("{\"email\":\"bad@shop.example\"}");
  }

  private String payloadOf(OriginalPayload payload, String attributes) {
    fake(builder -> builder.originalPayload(payload));
    klaviyo.failProfiles("bad@shop.example");
    String path = IMPORTS + "/" + imported(row(attributes)).at("/data/id") + "/import-errors";
    return client.get(path).json().at("/data/0/attributes/original_payload").toString();
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
}
