package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.Consent;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.Suppression;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consent: what subscribes and unsubscribes customers, and what does not. */
class SubscriptionContractTest extends FakeKlaviyoContract {
  private static final String ADA = "ada@shop.example";
  private static final String BO = "bo@shop.example";
  private static final String SUBSCRIBE = "/api/profile-subscription-bulk-create-jobs";
  private static final String UNSUBSCRIBE = "/api/profile-subscription-bulk-delete-jobs";
  private static final String ROWS = "/data/attributes/profiles/data/";

  private Reply subscribe(String attributes, String list, String... rows) {
    return client.send(
        "POST", SUBSCRIBE, job("profile-subscription-bulk-create-job", attributes, list, rows));
  }

  private Reply unsubscribe(String list, String... rows) {
    return client.send(
        "POST", UNSUBSCRIBE, job("profile-subscription-bulk-delete-job", "", list, rows));
  }

  private static String job(String type, String attributes, String list, String... rows) {
    return "{\"data\":{\"type\":\""
        + type
        + "\",\"attributes\":{"
        + attributes.replace('\'', '"')
        + "\"profiles\":{\"data\":["
        + String.join(",", rows)
        + "]}}"
        + (list == null
            ? ""
            : ",\"relationships\":{\"list\":{\"data\":{\"type\":\"list\",\"id\":\""
                + list
                + "\"}}}")
        + "}}";
  }

  private static String agreeing(String email) {
    return row("'email':'" + email + "','subscriptions':" + MAIL).replace('\'', '"');
  }

  private static final String MAIL = "{'email':{'marketing':{'consent':'SUBSCRIBED'}}}";

  private static String agreedAt(String email, String time) {
    return agreeing(email)
        .replace("\"SUBSCRIBED\"", "\"SUBSCRIBED\",\"consented_at\":\"" + time + "\"");
  }

  private static String leaving(String email) {
    return agreeing(email).replace("SUBSCRIBED", "UNSUBSCRIBED");
  }

  private FakeProfile at(String email) {
    return klaviyo.profile(email).orElseThrow();
  }

  private JsonNode marketing(String email) {
    return client
        .get(
            "/api/profiles",
            "filter",
            "equals(email,\"" + email + "\")",
            "additional-fields[profile]",
            "subscriptions")
        .json()
        .at("/data/0/attributes/subscriptions/email/marketing");
  }

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

  // Subscribing

  @Test
  void customers_are_subscribed_and_join_the_list_after_a_while() {
    Reply accepted = subscribe("'custom_source':'CRM sync',", LIST, agreeing(ADA), agreeing(BO));

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.text()).isEmpty();
    assertThat(accepted.header("RateLimit-Limit")).contains("75, 75;w=1, 750;w=60");
    time.advance(JOB.minusNanos(1));
    assertThat(klaviyo.profile(ADA)).isEmpty();
    time.advance(Duration.ofNanos(1));
    assertThat(klaviyo.list().emails()).containsExactly(ADA, BO);
    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.SUBSCRIBED);
    assertThat(at(ADA).smsConsent()).isEqualTo(Consent.NEVER_SUBSCRIBED);
    assertThat(at(ADA).lists()).containsExactly(LIST);
    assertThat(marketing(ADA))
        .hasToString(
            "{\"can_receive_email_marketing\":true,\"consent\":\"SUBSCRIBED\","
                + "\"consent_timestamp\":\"2026-09-01T08:00:40+00:00\","
                + "\"last_updated\":\"2026-09-01T08:00:40+00:00\","
                + "\"method\":\"API\",\"method_detail\":\"\","
                + "\"custom_method_detail\":\"CRM sync\",\"double_optin\":false,"
                + "\"suppression\":[],\"list_suppressions\":[]}");
  }

  @Test
  void who_is_subscribed_already_keeps_the_time_and_joins_the_list() {
    klaviyo.list().add(ADA);
    at(ADA).subscribe();
    client.members("DELETE", List.of(at(ADA).id()));
    time.advance(Duration.ofDays(1));

    subscribe("", LIST, agreeing("ADA@shop.example"));
    time.advance(JOB);

    assertThat(marketing(ADA).path("consent_timestamp").asText())
        .isEqualTo("2026-09-01T08:00:00+00:00");
    assertThat(klaviyo.list().emails()).containsExactly(ADA);
  }

  @Test
  void subscribing_lifts_the_suppressions_that_people_have_made() {
    klaviyo.list().add(ADA);
    at(ADA).unsubscribe();
    for (Suppression reason : Suppression.values()) {
      at(ADA).suppress(reason);
    }

    subscribe("", null, agreeing(ADA));
    time.advance(JOB);

    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.SUBSCRIBED);
    assertThat(at(ADA).suppressions())
        .containsExactlyInAnyOrder(Suppression.HARD_BOUNCE, Suppression.INVALID_EMAIL);
    assertThat(marketing(ADA).path("can_receive_email_marketing").asBoolean()).isFalse();
  }

  @Test
  void text_messages_are_agreed_to_apart_from_mail() {
    String phone = "'phone_number':'+442079460001'";
    subscribe(
        "",
        null,
        row(phone + ",'subscriptions':{'sms':{'marketing':{'consent':'SUBSCRIBED'}}}")
            .replace('\'', '"'),
        row("'email':'bo@shop.example','phone_number':'+442079460002','subscriptions':"
                + "{'sms':{'transactional':{'consent':'SUBSCRIBED'}}}")
            .replace('\'', '"'));
    time.advance(JOB);

    JsonNode sms =
        client
            .get(
                "/api/profiles",
                "filter",
                "equals(phone_number,\"+442079460001\")",
                "additional-fields[profile]",
                "subscriptions")
            .json()
            .at("/data/0/attributes/subscriptions/sms");
    assertThat(sms.at("/marketing/consent").asText()).isEqualTo("SUBSCRIBED");
    assertThat(sms.at("/marketing/can_receive_sms_marketing").asBoolean()).isTrue();
    assertThat(sms.at("/transactional/consent").asText()).isEqualTo("NEVER_SUBSCRIBED");
    assertThat(at(BO).smsConsent()).isEqualTo(Consent.NEVER_SUBSCRIBED);
    assertThat(at(BO).emailConsent()).isEqualTo(Consent.NEVER_SUBSCRIBED);
    assertThat(at(BO).attributes()).containsEntry("phone_number", "+442079460002");
  }

  @Test
  void a_bad_phone_number_is_left_out_unless_it_is_what_is_agreed_to() {
    String bad =
        agreeing(ADA).replace("\"email\":\"ada", "\"phone_number\":\"0770\",\"email\":\"ada");

    Reply accepted = subscribe("", LIST, bad);
    Reply refused =
        subscribe("", LIST, bad.replace("{\"email\":{\"marketing\"", "{\"sms\":{\"marketing\""));

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.header("X-Klaviyo-Partial-Failure")).contains("phone_number");
    assertThat(refused.pointers()).containsExactly(ROWS + "0/attributes/phone_number");
    time.advance(JOB);
    assertThat(at(ADA).attributes()).doesNotContainKey("phone_number");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'first_name':'Ada','email':'a@b.example','subscriptions':MAIL     | first_name",
        "'properties':{},'email':'a@b.example','subscriptions':MAIL        | properties",
        "'email':'a.b.example','subscriptions':MAIL                        | email",
        "'phone_number':'+442079460001','subscriptions':MAIL               | email",
        "'email':'a@b.example'                                             | subscriptions",
        "'email':'a@b.example','subscriptions':{}                          | subscriptions",
        "'email':'a@b.example','subscriptions':{'push':{}}                 | subscriptions/push",
        "'email':'a@b.example','subscriptions':{'email':{'marketing':{}}}"
            + "                          | subscriptions/email/marketing/consent",
        "'email':'a@b.example','subscriptions':{'email':{'marketing':{'consent':'YES'}}}"
            + "           | subscriptions/email/marketing/consent",
        "'email':'a@b.example','subscriptions':{'sms':{'marketing':{'consent':'SUBSCRIBED'}}}"
            + "      | phone_number",
        "'email':'a@b.example','subscriptions':{'email':{'marketing':{'consent':'SUBSCRIBED',"
            + "'consented_at':'2025-03-01T09:00:00Z'}}}"
            + " | subscriptions/email/marketing/consented_at",
        "'email':'a@b.example','age_gated_date_of_birth':'01.02.1990','subscriptions':MAIL"
            + " | age_gated_date_of_birth",
      })
  void a_subscription_that_will_not_do_is_refused_with_a_pointer(
      String attributes, String pointer) {
    Reply refused =
        subscribe("", LIST, agreeing(BO), row(attributes.replace("MAIL", MAIL)).replace('\'', '"'));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).contains(ROWS + "1/attributes/" + pointer);
    time.advance(JOB);
    assertThat(klaviyo.list().emails()).as("nobody is subscribed").isEmpty();
  }

  @Test
  void an_unknown_list_is_refused_with_a_pointer_to_it() {
    assertThat(subscribe("", "NoSuch", agreeing(ADA)).pointers())
        .containsExactly("/data/relationships/list/data/id");
    assertThat(unsubscribe("NoSuch", leaving(ADA)).pointers())
        .containsExactly("/data/relationships/list/data/id");
    String lists = job("profile-subscription-bulk-create-job", "", LIST, agreeing(ADA));
    assertThat(client.send("POST", SUBSCRIBE, lists.replace("\"list\":{", "\"lists\":{")).status())
        .isEqualTo(400);
  }

  @Test
  void a_thousand_are_subscribed_at_a_time_and_a_hundred_unsubscribed() {
    String[] thousand = Collections.nCopies(1_000, agreeing(ADA)).toArray(String[]::new);
    String[] more = Collections.nCopies(1_001, agreeing(ADA)).toArray(String[]::new);
    String[] hundred = Collections.nCopies(100, leaving(ADA)).toArray(String[]::new);
    String[] hundredOne = Collections.nCopies(101, leaving(ADA)).toArray(String[]::new);

    assertThat(subscribe("", LIST, thousand).status()).isEqualTo(202);
    assertThat(subscribe("", LIST, more).pointers())
        .containsExactly("/data/attributes/profiles/data");
    assertThat(subscribe("", LIST).status()).isEqualTo(400);
    assertThat(unsubscribe(LIST, hundred).status()).isEqualTo(202);
    assertThat(unsubscribe(LIST, hundredOne).status()).isEqualTo(400);
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
  void who_must_confirm_joins_when_that_is_done() {
    fake(builder -> builder.doubleOptIn(true));
    subscribe("", LIST, agreeing(ADA), agreeing(BO));
    time.advance(JOB);
    assertThat(klaviyo.list().emails()).isEmpty();
    assertThat(klaviyo.profile(ADA)).isEmpty();

    klaviyo.list().confirm("Ada@shop.example");

    assertThat(klaviyo.list().emails()).containsExactly(ADA);
    assertThat(marketing(ADA).path("double_optin").asBoolean()).isTrue();
    assertThatThrownBy(() -> klaviyo.list().confirm(ADA))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Nobody of that email address waits to be confirmed for list Y6nRLr: subscribe it"
                + " first, and let the job's duration pass. A list that does not ask for"
                + " confirmation has nobody waiting.");
  }

  @Test
  void consent_of_old_needs_no_confirming() {
    fake(builder -> builder.doubleOptIn(true));

    subscribe("'historical_import':true,", LIST, agreedAt(ADA, "2025-03-01T09:00:00Z"));
    time.advance(JOB);

    assertThat(klaviyo.list().emails()).containsExactly(ADA);
    assertThat(marketing(ADA).path("double_optin").asBoolean()).isFalse();
  }

  @Test
  void without_a_list_the_account_says_whether_to_confirm() {
    fake(builder -> builder.doubleOptIn(true));
    subscribe("", null, agreeing(ADA));
    time.advance(JOB);

    assertThat(klaviyo.profile(ADA)).as("nobody hears of who does not confirm").isEmpty();

    fake(builder -> builder);
    subscribe("", null, agreeing(ADA));
    time.advance(JOB);
    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.SUBSCRIBED);
    assertThat(at(ADA).lists()).isEmpty();
  }

  // Unsubscribing

  @Test
  void members_are_unsubscribed_from_the_list_only() {
    klaviyo.list().add(ADA);
    at(ADA).subscribe();

    Reply accepted = unsubscribe(LIST, leaving(ADA));

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.text()).isEmpty();
    assertThat(klaviyo.list().emails()).containsExactly(ADA);
    time.advance(JOB);
    assertThat(klaviyo.list().emails()).isEmpty();
    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.SUBSCRIBED);
    assertThat(marketing(ADA).path("list_suppressions"))
        .hasToString(
            "[{\"list_id\":\"Y6nRLr\",\"reason\":\"UNSUBSCRIBE\","
                + "\"timestamp\":\"2026-09-01T08:00:40+00:00\"}]");

    subscribe("", LIST, agreeing(ADA));
    time.advance(JOB);
    assertThat(marketing(ADA).path("list_suppressions")).isEmpty();
  }

  @Test
  void who_is_not_on_the_list_is_unsubscribed_from_everything() {
    fake(builder -> builder.list(LIST, "VIP").list("BBBBBB", "Other"));
    klaviyo.list("BBBBBB").add(ADA);
    at(ADA).subscribe();

    unsubscribe(LIST, leaving(ADA));
    time.advance(JOB);

    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.UNSUBSCRIBED);
    assertThat(at(ADA).suppressions()).containsExactly(Suppression.UNSUBSCRIBE);
    assertThat(at(ADA).lists()).as("and stays on the others").containsExactly("BBBBBB");
    assertThat(marketing(ADA).path("suppression"))
        .hasToString("[{\"reason\":\"UNSUBSCRIBE\",\"timestamp\":\"2026-09-01T08:00:40+00:00\"}]");
  }

  @Test
  void without_a_list_everybody_is_unsubscribed_from_everything() {
    klaviyo.list().add(ADA);
    at(ADA).subscribe();

    unsubscribe(null, leaving(ADA), leaving("nobody@shop.example"));
    time.advance(JOB);

    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.UNSUBSCRIBED);
    assertThat(klaviyo.list().emails()).containsExactly(ADA);
    assertThat(klaviyo.profile("nobody@shop.example")).isEmpty();
    assertThat(unsubscribe(null, agreeing(ADA)).pointers())
        .containsExactly(ROWS + "0/attributes/subscriptions/email/marketing/consent");
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
                + "\"list_suppressions\":[]}},\"sms\":{\"marketing\":{"
                + "\"can_receive_sms_marketing\":false,\"consent\":\"NEVER_SUBSCRIBED\","
                + "\"consent_timestamp\":null,\"last_updated\":null,\"method\":null,"
                + "\"method_detail\":\"\"},\"transactional\":{"
                + "\"can_receive_sms_transactional\":false,\"consent\":\"NEVER_SUBSCRIBED\","
                + "\"consent_timestamp\":null,\"last_updated\":null,\"method\":null,"
                + "\"method_detail\":\"\"}}}");
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
