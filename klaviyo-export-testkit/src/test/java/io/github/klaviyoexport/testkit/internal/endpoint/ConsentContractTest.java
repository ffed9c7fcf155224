package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.Consent;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.Suppression;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Consent: what leaves it as it is, what was given long ago, and how it is told. */
class ConsentContractTest extends ConsentContract {
  private static final String NEVER =
      "{\"can_receive\":false,\"consent\":\"NEVER_SUBSCRIBED\",\"consent_timestamp\":null,"
          + "\"created_timestamp\":null,\"last_updated\":null,\"metadata\":null,"
          + "\"valid_until\":null%s}";

  // Imports and consent

  @Test
  void an_import_leaves_consent_and_suppressions_as_they_are() {
    klaviyo.list().add(ADA, BO, "cy@shop.example", "di@shop.example");
    at(ADA).subscribe();
    at(BO).unsubscribe();
    at("cy@shop.example").suppress(Suppression.HARD_BOUNCE);
    List<JsonNode> before = List.of(marketing(ADA), marketing(BO), marketing("cy@shop.example"));

    imported(
        row("\"email\":\"ada@shop.example\",\"title\":\"Countess\""),
        email(BO),
        email("cy@shop.example"),
        email("new@shop.example"));

    assertThat(List.of(marketing(ADA), marketing(BO), marketing("cy@shop.example")))
        .isEqualTo(before);
    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.SUBSCRIBED);
    assertThat(at(BO).emailConsent()).isEqualTo(Consent.UNSUBSCRIBED);
    assertThat(at("cy@shop.example").suppressions()).containsExactly(Suppression.HARD_BOUNCE);
    for (String nobody : List.of("di@shop.example", "new@shop.example")) {
      assertThat(at(nobody).emailConsent()).isEqualTo(Consent.NEVER_SUBSCRIBED);
      assertThat(at(nobody).suppressions()).isEmpty();
    }
  }

  @Test
  void leaving_a_list_by_id_leaves_consent_as_it_is() {
    klaviyo.list().add(ADA);
    at(ADA).subscribe();

    client.members("DELETE", List.of(at(ADA).id()));

    assertThat(klaviyo.list().emails()).isEmpty();
    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.SUBSCRIBED);
  }

  @Test
  void the_unsubscribed_and_suppressed_join_lists_all_the_same() {
    klaviyo.list().add(ADA);
    at(ADA).unsubscribe();
    client.members("DELETE", List.of(at(ADA).id()));

    imported(email(ADA));

    assertThat(klaviyo.list().emails()).containsExactly(ADA);
    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.UNSUBSCRIBED);
  }

  // Consent of old

  @Test
  void consent_of_old_keeps_its_time() {
    Reply accepted =
        subscribe("'historical_import':true,", LIST, agreedAt(ADA, "2025-03-01T09:00:00Z"));
    time.advance(JOB);

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(marketing(ADA).path("consent_timestamp").asText())
        .isEqualTo("2025-03-01T09:00:00+00:00");
    assertThat(marketing(ADA).path("last_updated").asText()).isEqualTo("2026-09-01T08:00:40+00:00");
  }

  @Test
  void consent_of_old_needs_a_time_in_the_past_and_after_the_last_unsubscription() {
    String pointer = ROWS + "0/attributes/subscriptions/email/marketing/consented_at";
    klaviyo.list().add(BO);
    at(BO).unsubscribe();

    for (String row :
        List.of(
            agreeing(ADA),
            agreedAt(ADA, "2026-09-01T08:00:01Z"),
            agreedAt(ADA, "yesterday"),
            agreedAt(ADA, "-999999999-01-01T00:00:00Z"),
            agreedAt(ADA, "0000-12-31T00:00:00Z"),
            agreedAt(ADA, "+10000-01-01T00:00:00Z"),
            agreedAt(BO, "2025-03-01T09:00:00Z"))) {
      Reply refused = subscribe("'historical_import':true,", LIST, row);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.pointers()).containsExactly(pointer);
    }
  }

  // Confirming

  @Test
  void consent_of_old_needs_no_confirming() {
    fake(builder -> builder.doubleOptIn(true));

    subscribe("'historical_import':true,", LIST, agreedAt(ADA, "2025-03-01T09:00:00Z"));
    time.advance(JOB);

    assertThat(klaviyo.list().emails()).containsExactly(ADA);
    assertThat(marketing(ADA).path("double_optin").asBoolean()).isFalse();
  }

  // Reading

  @Test
  void subscriptions_are_told_when_asked_for_whole_or_in_part() {
    klaviyo.list().add(ADA);
    String path = "/api/profiles/" + at(ADA).id();

    assertThat(client.get(path).json().at("/data/attributes").has("subscriptions")).isFalse();
    assertThat(
            client
                .get(path, "additional-fields[profile]", "subscriptions")
                .json()
                .at("/data/attributes/subscriptions"))
        .hasToString(
            "{\"email\":{\"marketing\":{\"can_receive_email_marketing\":true,"
                + "\"consent\":\"NEVER_SUBSCRIBED\",\"consent_timestamp\":null,"
                + "\"last_updated\":null,\"method\":null,\"method_detail\":\"\","
                + "\"custom_method_detail\":null,\"double_optin\":null,\"suppression\":[],"
                + "\"list_suppressions\":[]},\"open_tracking\":"
                + NEVER.formatted("")
                + "},\"sms\":{\"marketing\":{"
                + "\"can_receive_sms_marketing\":false,\"consent\":\"NEVER_SUBSCRIBED\","
                + "\"consent_timestamp\":null,\"last_updated\":null,\"method\":null,"
                + "\"method_detail\":\"\"},\"transactional\":{"
                + "\"can_receive_sms_transactional\":false,\"consent\":\"NEVER_SUBSCRIBED\","
                + "\"consent_timestamp\":null,\"last_updated\":null,\"method\":null,"
                + "\"method_detail\":\"\"}},\"mobile_push\":{\"marketing\":{"
                + "\"can_receive_push_marketing\":false,\"consent\":\"NEVER_SUBSCRIBED\","
                + "\"consent_timestamp\":null}},\"whatsapp\":{\"marketing\":"
                + NEVER.formatted(",\"phone_number\":null")
                + ",\"transactional\":"
                + NEVER.formatted(",\"phone_number\":null")
                + ",\"conversational\":"
                + NEVER.formatted(",\"phone_number\":null")
                + "}}");
    assertThat(
            client
                .get(
                    "/api/lists/" + LIST + "/profiles",
                    "additional-fields[profile]",
                    "subscriptions",
                    "fields[profile]",
                    "email,subscriptions.email.marketing.consent,"
                        + "subscriptions.email.marketing.can_receive_email_marketing")
                .json()
                .at("/data/0/attributes"))
        .hasToString(
            "{\"email\":\"ada@shop.example\",\"subscriptions\":{\"email\":{\"marketing\":"
                + "{\"can_receive_email_marketing\":true,\"consent\":\"NEVER_SUBSCRIBED\"}}}}");
    assertThat(client.get(path, "additional-fields[profile]", "predictive_analytics").status())
        .isEqualTo(400);
  }

  @Test
  void the_suppressed_are_found_by_reason_and_time() {
    klaviyo.list().add(ADA, BO);
    at(ADA).suppress(Suppression.HARD_BOUNCE);
    time.advance(Duration.ofMinutes(1));
    at(BO).unsubscribe();

    assertThat(found("equals(subscriptions.email.marketing.suppression.reason,\"UNSUBSCRIBE\")"))
        .containsExactly(BO);
    assertThat(
            found(
                "less-than(subscriptions.email.marketing.suppression.timestamp,"
                    + "2026-09-01T08:00:30Z)"))
        .containsExactly(ADA);
    assertThat(
            client
                .get(
                    "/api/profiles",
                    "filter",
                    "equals(subscriptions.email.marketing.suppression.reason,\"BORED\")")
                .status())
        .isEqualTo(400);
  }

  private List<String> found(String filter) {
    return client.get("/api/profiles", "filter", filter).each("/attributes/email");
  }

  @Test
  void a_profile_is_seen_by_the_test_without_a_request() {
    klaviyo.list().add(ADA);
    FakeProfile ada = at("ADA@shop.example");

    assertThat(ada).hasToString("FakeProfile[" + ada.id() + "]");
    assertThat(ada.attributes()).containsOnlyKeys("email");
    assertThat(klaviyo.profile(BO)).isEmpty();
    assertThat(klaviyo.requests()).isEmpty();
    assertThat(client.get("/api/profiles/" + ada.id()).status()).isEqualTo(200);
  }
}
