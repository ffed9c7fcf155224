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
    ObjectNode email = subscriptions.putObject("email").putObject("marketing");
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
    ObjectNode sms = subscriptions.putObject("sms");
    sms(sms.putObject("marketing"), "marketing", consents.of(number, Channel.SMS));
    sms(
        sms.putObject("transactional"),
        "transactional",
        consents.of(number, Channel.SMS_TRANSACTIONAL));
    return subscriptions;
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
