package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.email;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client;
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

/** Keeping mail from profiles by hand, and taking that back. */
class SuppressionContractTest extends FakeKlaviyoContract {
  private static final String ADA = "ada@shop.example";
  private static final String SUPPRESS = "profile-suppression-bulk-create-job";
  private static final String UNSUPPRESS = "profile-suppression-bulk-delete-job";

  private Reply post(String type, String rest) {
    return client.send(
        "POST",
        "/api/" + type + "s",
        "{\"data\":{\"type\":\"" + type + "\"," + rest.replace('\'', '"') + "}}");
  }

  private Reply post(String type, List<String> emails) {
    return post(
        type,
        "'attributes':{'profiles':{'data':["
            + String.join(",", emails.stream().map(Client::email).toList())
            + "]}}");
  }

  private static String list(String id) {
    return "'attributes':{},'relationships':{'list':{'data':{'type':'list','id':'" + id + "'}}}";
  }

  private Reply job(Reply accepted) {
    return client.get("/api/" + accepted.at("/data/type") + "s/" + accepted.at("/data/id"));
  }

  private FakeProfile at(String email) {
    return klaviyo.profile(email).orElseThrow();
  }

  @Test
  void profiles_are_suppressed_by_a_job_whatever_their_consent() {
    klaviyo.list().add(ADA, "bo@shop.example");
    at(ADA).subscribe();
    at("bo@shop.example").suppress(Suppression.USER_SUPPRESSED);

    Reply accepted = post(SUPPRESS, List.of(ADA, "bo@shop.example", "nobody@shop.example"));

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.at("/data/type")).isEqualTo(SUPPRESS);
    assertThat(accepted.json().at("/data/attributes"))
        .hasToString(
            "{\"status\":\"queued\",\"created_at\":\"2026-09-01T08:00:00+00:00\",\"total_count\":3,"
                + "\"completed_count\":0,\"completed_at\":null,\"skipped_count\":0}");
    assertThat(accepted.at("/data/links/self")).endsWith("/" + accepted.at("/data/id") + "/");
    assertThat(job(accepted).at("/data/attributes/status")).isEqualTo("processing");
    assertThat(at(ADA).suppressions()).isEmpty();
    time.advance(JOB);
    assertThat(job(accepted).json().at("/data/attributes"))
        .hasToString(
            "{\"status\":\"complete\",\"created_at\":\"2026-09-01T08:00:00+00:00\","
                + "\"total_count\":3,\"completed_count\":1,"
                + "\"completed_at\":\"2026-09-01T08:00:40+00:00\",\"skipped_count\":2}");
    assertThat(at(ADA).suppressions()).containsExactly(Suppression.USER_SUPPRESSED);
    assertThat(at(ADA).emailConsent()).isEqualTo(Consent.SUBSCRIBED);
    assertThat(klaviyo.profile("nobody@shop.example")).isEmpty();
    assertThat(klaviyo.list().size()).isEqualTo(2);
  }

  @Test
  void taking_it_back_leaves_other_suppressions() {
    klaviyo.list().add(ADA);
    at(ADA).unsubscribe().suppress(Suppression.USER_SUPPRESSED);

    Reply accepted = post(UNSUPPRESS, List.of(ADA));
    time.advance(JOB);

    assertThat(job(accepted).at("/data/attributes/completed_count")).isEqualTo("1");
    assertThat(at(ADA).suppressions()).containsExactly(Suppression.UNSUBSCRIBE);
  }

  @Test
  void the_members_of_a_list_are_suppressed_as_they_are_now() {
    klaviyo.list().add(ADA, "bo@shop.example");

    Reply accepted = post(SUPPRESS, list(LIST));
    klaviyo.list().add("late@shop.example");
    time.advance(JOB);

    assertThat(accepted.at("/data/attributes/total_count")).isEqualTo("2");
    assertThat(at(ADA).suppressions()).containsExactly(Suppression.USER_SUPPRESSED);
    assertThat(at("late@shop.example").suppressions()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'attributes':{}                                            | /data/attributes",
        "'attributes':{'profiles':{'data':[]}}                      | /data/attributes/profiles/data",
        "'attributes':{'profiles':{'data':[{'type':'profile','attributes':{'email':'bo'}}]}}"
            + " | /data/attributes/profiles/data/0/attributes/email",
        "'attributes':{'profiles':{'data':[{'type':'profile','attributes':{}}]}}"
            + " | /data/attributes/profiles/data/0/attributes/email",
        "'attributes':{'profiles':{'data':[{'type':'profile','attributes':{'email':'a@b.example',"
            + "'title':'x'}}]}} | /data/attributes/profiles/data/0/attributes/title",
        "'attributes':{},'relationships':{'list':{'data':{'type':'list','id':'NoSuch'}}}"
            + " | /data/relationships/list/data/id",
        "'attributes':{},'relationships':{'segment':{'data':{'type':'segment','id':'NoSuch'}}}"
            + " | /data/relationships/segment/data/id",
      })
  void a_suppression_that_will_not_do_is_refused(String rest, String pointer) {
    Reply refused = post(SUPPRESS, rest);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).contains(pointer);
  }

  @Test
  void a_hundred_are_suppressed_at_a_time_and_no_more() {
    assertThat(post(SUPPRESS, Collections.nCopies(100, ADA)).status()).isEqualTo(202);
    assertThat(post(SUPPRESS, Collections.nCopies(101, ADA)).status()).isEqualTo(400);
    assertThat(
            post(
                    SUPPRESS,
                    "'attributes':{'profiles':{'data':["
                        + email(ADA)
                        + "]}},"
                        + list(LIST).substring("'attributes':{},".length()))
                .status())
        .as("profiles and a list")
        .isEqualTo(400);
  }

  @Test
  void jobs_are_listed_by_status_and_list_in_the_order_of_creation() {
    klaviyo.list().add(ADA);
    String first = post(SUPPRESS, List.of(ADA)).at("/data/id");
    time.advance(JOB);
    String second = post(SUPPRESS, list(LIST)).at("/data/id");
    post(UNSUPPRESS, List.of(ADA));
    String path = "/api/" + SUPPRESS + "s";

    assertThat(client.get(path).each("/id")).containsExactly(first, second);
    assertThat(client.get(path, "sort", "-created").each("/id")).containsExactly(second, first);
    assertThat(client.get(path, "filter", "equals(status,'complete')").each("/id"))
        .containsExactly(first);
    assertThat(client.get(path, "filter", "equals(list_id,'" + LIST + "')").each("/id"))
        .containsExactly(second);
    assertThat(client.get(path, "filter", "equals(segment_id,'Xy1234')").each("/id")).isEmpty();
    assertThat(client.get(path, "filter", "equals(status,'failed')").status()).isEqualTo(400);
    for (int i = 2; i < 25; i++) {
      post(SUPPRESS, List.of(ADA));
    }
    assertThat(client.pages(path))
        .extracting(page -> page.each("/id").size())
        .containsExactly(20, 5);
  }

  @Test
  void an_unknown_job_is_not_found() {
    Reply suppressing = post(SUPPRESS, List.of(ADA));

    assertThat(client.get("/api/" + SUPPRESS + "s/NoSuch").at("/errors/0/detail"))
        .isEqualTo("Invalid job id");
    assertThat(client.get("/api/" + UNSUPPRESS + "s/" + suppressing.at("/data/id")).status())
        .as("a job of the other kind")
        .isEqualTo(404);
    time.advance(Duration.ofDays(30));
    assertThat(job(suppressing).status()).isEqualTo(200);
  }

  @Test
  void profiles_are_found_and_sorted_by_suppressions_of_lists_and_of_all() {
    klaviyo.list().add(ADA, "bo@shop.example", "cy@shop.example");
    String other = client.send("POST", "/api/lists", LIST_OF_NAME).at("/data/id");
    klaviyo.list(other).add(ADA);
    leave(LIST, "bo@shop.example");
    leave(other, ADA);
    post(SUPPRESS, List.of("cy@shop.example"));
    time.advance(JOB);

    assertThat(found("equals(LISTS.list_id,'Y6nRLr')")).containsExactly("bo@shop.example");
    assertThat(found("equals(LISTS.reason,'UNSUBSCRIBE')")).containsExactly(ADA, "bo@shop.example");
    assertThat(found("equals(LISTS.reason,'HARD_BOUNCE')")).isEmpty();
    assertThat(found("greater-than(LISTS.timestamp,2026-09-01T08:01:00Z)")).containsExactly(ADA);
    assertThat(
            found("less-than(LISTS.timestamp,2026-09-01T08:01:00Z),equals(LISTS.list_id,'Y6nRLr')"))
        .containsExactly("bo@shop.example");
    assertThat(
            found(
                "greater-than(LISTS.timestamp,2026-09-01T08:01:00Z)",
                "equals(LISTS.list_id,'Y6nRLr')"))
        .as("of one and the same suppression")
        .isEmpty();
    assertThat(sorted("list_suppressions.timestamp"))
        .containsExactly("cy@shop.example", "bo@shop.example", ADA);
    assertThat(sorted("suppression.timestamp")).last().isEqualTo("cy@shop.example");
  }

  private static final String LIST_OF_NAME =
      "{\"data\":{\"type\":\"list\",\"attributes\":{\"name\":\"Other\"}}}";

  private void leave(String list, String email) {
    client.send(
        "POST",
        "/api/profile-subscription-bulk-delete-jobs",
        ConsentContract.job(
            "profile-subscription-bulk-delete-job", "", list, ConsentContract.leaving(email)));
    time.advance(JOB);
  }

  private List<String> found(String... filters) {
    String filter =
        String.join(",", filters)
            .replace("LISTS", "subscriptions.email.marketing.list_suppressions")
            .replace('\'', '"');
    return client.get("/api/profiles", "filter", filter).each("/attributes/email");
  }

  private List<String> sorted(String field) {
    return client
        .get("/api/profiles", "sort", "subscriptions.email.marketing." + field)
        .each("/attributes/email");
  }
}
