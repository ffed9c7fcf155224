package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.Consent;
import io.github.klaviyoexport.testkit.Suppression;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Channel;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Permission;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a profile has agreed to, as JSON:API writes it. */
final class SubscriptionsView {
  private static final String[] CHANNEL_PARTS = {
    "can_receive",
    "consent",
    "consent_timestamp",
    "created_timestamp",
    "last_updated",
    "metadata",
    "valid_until"
  };

  /** The fields that a call can ask for, each as a path from the profile. */
  static final Set<String> FIELDS = fields();

  private SubscriptionsView() {}

  private static Set<String> fields() {
    Set<String> fields = new HashSet<>(Set.of("subscriptions"));
    add(
        fields,
        "email",
        "marketing",
        "can_receive_email_marketing",
        "consent",
        "consent_timestamp",
        "last_updated",
        "method",
        "method_detail",
        "custom_method_detail",
        "double_optin",
        "suppression",
        "list_suppressions");
    for (String kind : List.of("marketing", "transactional")) {
      add(
          fields,
          "sms",
          kind,
          "can_receive_sms_" + kind,
          "consent",
          "consent_timestamp",
          "last_updated",
          "method",
          "method_detail");
    }
    add(fields, "email", "open_tracking", CHANNEL_PARTS);
    add(
        fields,
        "mobile_push",
        "marketing",
        "can_receive_push_marketing",
        "consent",
        "consent_timestamp");
    for (String kind : List.of("marketing", "transactional", "conversational")) {
      add(fields, "whatsapp", kind, CHANNEL_PARTS);
      add(fields, "whatsapp", kind, "phone_number");
    }
    return Set.copyOf(fields);
  }

  private static void add(Set<String> fields, String channel, String kind, String... parts) {
    String path = "subscriptions." + channel;
    fields.add(path);
    fields.add(path + "." + kind);
    for (String part : parts) {
      fields.add(path + "." + kind + "." + part);
    }
  }

  static ObjectNode of(Account account, int number) {
    ConsentStore consents = account.consents();
    ObjectNode subscriptions = JsonValues.object();
    ObjectNode byMail = subscriptions.putObject("email");
    ObjectNode email = byMail.putObject("marketing");
    Permission byEmail = consents.of(number, Channel.EMAIL);
    Map<Suppression, Instant> reasons = consents.suppressions(number);
    email.put("can_receive_email_marketing", reasons.isEmpty());
    put(email, byEmail);
    email.put("custom_method_detail", byEmail.source());
    if (byEmail.consent() == Consent.SUBSCRIBED) {
      email.put("double_optin", byEmail.confirmed());
    } else {
      email.putNull("double_optin");
    }
    ArrayNode suppression = email.putArray("suppression");
    reasons.forEach(
        (reason, since) ->
            suppression
                .addObject()
                .put("reason", reason.name())
                .put("timestamp", JsonValues.timestamp(since)));
    ArrayNode ofLists = email.putArray("list_suppressions");
    account.lists().forEach(list -> suppression(ofLists, list, number));
    channel(byMail.putObject("open_tracking"), consents.of(number, Channel.OPEN_TRACKING));
    ObjectNode sms = subscriptions.putObject("sms");
    sms(sms.putObject("marketing"), "marketing", consents.of(number, Channel.SMS));
    sms(
        sms.putObject("transactional"),
        "transactional",
        consents.of(number, Channel.SMS_TRANSACTIONAL));
    // Nobody has an app here.
    subscriptions
        .putObject("mobile_push")
        .putObject("marketing")
        .put("can_receive_push_marketing", false)
        .put("consent", Consent.NEVER_SUBSCRIBED.name())
        .putNull("consent_timestamp");
    ObjectNode whatsapp = subscriptions.putObject("whatsapp");
    String phone = account.profiles().phone(number);
    for (Channel channel :
        List.of(
            Channel.WHATSAPP, Channel.WHATSAPP_TRANSACTIONAL, Channel.WHATSAPP_CONVERSATIONAL)) {
      Permission permission = consents.of(number, channel);
      channel(whatsapp.putObject(channel.kind()), permission)
          .put("phone_number", permission.consent() == Consent.SUBSCRIBED ? phone : null);
    }
    return subscriptions;
  }

  private static ObjectNode channel(ObjectNode channel, Permission permission) {
    return channel
        .put("can_receive", permission.consent() == Consent.SUBSCRIBED)
        .put("consent", permission.consent().name())
        .put("consent_timestamp", timestamp(permission.since()))
        .put("created_timestamp", timestamp(permission.since()))
        .put("last_updated", timestamp(permission.changed()))
        .putNull("metadata")
        .putNull("valid_until");
  }

  private static void suppression(ArrayNode suppressions, KlaviyoList list, int number) {
    long since = list.unsubscribed().get(number);
    if (since != 0) {
      suppressions
          .addObject()
          .put("list_id", list.id())
          .put("reason", Suppression.UNSUBSCRIBE.name())
          .put("timestamp", JsonValues.timestamp(Instant.ofEpochMilli(since)));
    }
  }

  private static void sms(ObjectNode sms, String kind, Permission permission) {
    sms.put("can_receive_sms_" + kind, permission.consent() == Consent.SUBSCRIBED);
    put(sms, permission);
  }

  private static void put(ObjectNode channel, Permission permission) {
    channel
        .put("consent", permission.consent().name())
        .put("consent_timestamp", timestamp(permission.since()))
        .put("last_updated", timestamp(permission.changed()))
        .put("method", permission.changed() == null ? null : "API")
        .put("method_detail", "");
  }

  private static @Nullable String timestamp(@Nullable Instant at) {
    return at == null ? null : JsonValues.timestamp(at);
  }
}
