package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.row;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.FakeProfile;

/** Requests about consent, and what an account tells of it. */
abstract class ConsentContract extends FakeKlaviyoContract {
  static final String ADA = "ada@shop.example";
  static final String BO = "bo@shop.example";
  static final String SUBSCRIBE = "/api/profile-subscription-bulk-create-jobs";
  static final String UNSUBSCRIBE = "/api/profile-subscription-bulk-delete-jobs";
  static final String ROWS = "/data/attributes/profiles/data/";

  Reply subscribe(String attributes, String list, String... rows) {
    return client.send(
        "POST", SUBSCRIBE, job("profile-subscription-bulk-create-job", attributes, list, rows));
  }

  Reply unsubscribe(String list, String... rows) {
    return client.send(
        "POST", UNSUBSCRIBE, job("profile-subscription-bulk-delete-job", "", list, rows));
  }

  static String job(String type, String attributes, String list, String... rows) {
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

  static String agreeing(String email) {
    return row("'email':'" + email + "','subscriptions':" + MAIL).replace('\'', '"');
  }

  static final String MAIL = "{'email':{'marketing':{'consent':'SUBSCRIBED'}}}";

  static String agreedAt(String email, String time) {
    return agreeing(email)
        .replace("\"SUBSCRIBED\"", "\"SUBSCRIBED\",\"consented_at\":\"" + time + "\"");
  }

  static String leaving(String email) {
    return agreeing(email).replace("SUBSCRIBED", "UNSUBSCRIBED");
  }

  FakeProfile at(String email) {
    return klaviyo.profile(email).orElseThrow();
  }

  JsonNode marketing(String email) {
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
}
