package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.Consent;
import io.github.klaviyoexport.testkit.Suppression;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Subscriptions: what subscribes and unsubscribes customers, at once or when it is confirmed. */
class SubscriptionContractTest extends ConsentContract {
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
  void customers_agree_to_whatsapp_and_to_being_tracked_and_take_it_back() {
    String row =
        row(
            ("'email':'%s','phone_number':'+442079460001','subscriptions':{"
                    + "'whatsapp':{'marketing':{'consent':'SUBSCRIBED'}},"
                    + "'email':{'open_tracking':{'consent':'SUBSCRIBED'}}}")
                .formatted(ADA)
                .replace('\'', '"'));
    assertThat(subscribe("", null, row).status()).isEqualTo(202);
    time.advance(JOB);

    assertThat(channel("/whatsapp/marketing/can_receive").asBoolean()).isTrue();
    assertThat(channel("/whatsapp/marketing/phone_number").asText()).isEqualTo("+442079460001");
    assertThat(channel("/whatsapp/transactional/consent").asText()).isEqualTo("NEVER_SUBSCRIBED");
    assertThat(channel("/email/open_tracking/consent").asText()).isEqualTo("SUBSCRIBED");
    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.NEVER_SUBSCRIBED);

    unsubscribe(null, row.replace("SUBSCRIBED", "UNSUBSCRIBED"));
    time.advance(JOB);

    assertThat(channel("/whatsapp/marketing/consent").asText()).isEqualTo("UNSUBSCRIBED");
    assertThat(channel("/email/open_tracking/can_receive").asBoolean()).isFalse();
    assertThat(at(ADA).suppressions()).isEmpty();
  }

  @Test
  void consent_to_being_tracked_alone_adds_nobody_to_a_list() {
    subscribe("", LIST, agreeing(ADA).replace("\"marketing\"", "\"open_tracking\""));
    time.advance(JOB);

    assertThat(klaviyo.list().emails()).isEmpty();
    assertThat(channel("/email/open_tracking/can_receive").asBoolean()).isTrue();
  }

  private JsonNode channel(String pointer) {
    return client
        .get("/api/profiles", "additional-fields[profile]", "subscriptions")
        .json()
        .at("/data/0/attributes/subscriptions" + pointer);
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
        "'email':'a@b.example','subscriptions':{'whatsapp':{'conversational':{}}}"
            + "                  | subscriptions/whatsapp/conversational",
        "'email':'a@b.example','subscriptions':{'whatsapp':{'marketing':"
            + "{'consent':'SUBSCRIBED'}}} | phone_number",
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
}
