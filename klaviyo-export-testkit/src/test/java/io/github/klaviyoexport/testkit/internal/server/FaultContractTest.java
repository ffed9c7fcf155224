package io.github.klaviyoexport.testkit.internal.server;

import static io.github.klaviyoexport.testkit.Client.IMPORTS;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.importOf;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What goes wrong when it was scripted. */
class FaultContractTest extends FakeKlaviyoContract {
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

  @Test
  void an_import_that_holds_a_profile_that_breaks_it_always_fails() {
    klaviyo.breakOnProfiles(Fault.serverError(500), "Bad@shop.example");
    klaviyo.breakOnProfiles(Fault.dropped(Fault.Moment.AFTER_PROCESSING), "worse@shop.example");

    assertThat(client.submit(email("ada@shop.example"), email("bad@shop.example")).status())
        .isEqualTo(500);
    assertThat(client.submit(email("bad@shop.example")).status()).isEqualTo(500);
    assertThat(client.get(IMPORTS).each("/id")).isEmpty();
    assertThatThrownBy(
            () -> client.tryToSend("POST", IMPORTS, importOf(email("worse@shop.example"))))
        .isInstanceOf(IOException.class);
    assertThat(client.get(IMPORTS).each("/id")).hasSize(1);
    assertThat(client.submit(email("ada@shop.example")).status()).isEqualTo(202);
    assertThat(klaviyo.unused()).isEmpty();
    klaviyo.breakOnProfiles(Fault.serverError(500), "never@shop.example");
    assertThat(klaviyo.unused()).containsExactly("a profile that breaks imports");
  }

  @Test
  void profiles_break_imports_by_what_may_come_of_a_broken_server_only() {
    assertThatThrownBy(() -> klaviyo.breakOnProfiles(Fault.garbled(), "bad@shop.example"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("answer garbled")
        .hasMessageContaining("server error");
  }

  @Test
  void the_api_can_forbid_what_the_key_has_the_scope_for() {
    klaviyo.script(Operation.GET_LISTS, Fault.forbidden());

    Reply forbidden = client.get("/api/lists");

    assertThat(forbidden.status()).isEqualTo(403);
    assertThat(forbidden.at("/errors/0/code")).isEqualTo("permission_denied");
    assertThat(client.get("/api/lists").status()).isEqualTo(200);
  }

  @Test
  void a_klaviyo_that_has_moved_on_answers_otherwise_or_has_retired_the_revision() {
    klaviyo.script(
        Operation.GET_LISTS, Fault.rewritten("\"name\"", "\"title\""), Fault.revisionRetired());

    assertThat(client.get("/api/lists").at("/data/0/attributes/title")).isEqualTo("VIP");
    assertThat(client.get("/api/lists").status()).isEqualTo(410);
    assertThat(client.get("/api/lists").at("/data/0/attributes/name")).isEqualTo("VIP");
  }

  @Test
  void an_import_can_be_done_without_saying_as_which_job() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobUntold(), Fault.emptied());

    Reply untold = client.submit(email("ada@shop.example"));
    assertThat(untold.status()).isEqualTo(202);
    assertThat(untold.json()).hasToString("{}");
    Reply emptied = client.submit(email("ada@shop.example"));
    assertThat(emptied.status()).isEqualTo(202);
    assertThat(emptied.text()).isEmpty();
    assertThat(client.get(IMPORTS).each("/id")).hasSize(2);
  }

  @Test
  void an_import_can_be_done_and_answered_with_the_job_of_the_one_before() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.none(), Fault.jobOfImportBefore());

    Reply first = client.submit(email("ada@shop.example"));
    Reply second = client.submit(email("bo@shop.example"));

    assertThat(second.status()).isEqualTo(202);
    assertThat(second.at("/data/id")).isEqualTo(first.at("/data/id"));
    assertThat(client.get(IMPORTS).each("/id")).hasSize(2);
    assertThatThrownBy(() -> klaviyo.script(Operation.GET_LIST, Fault.jobOfImportBefore()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_import_that_is_refused_is_not_answered_with_the_job_of_the_one_before() {
    klaviyo.refuseProfiles("email", "bo@shop.example");
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.none(), Fault.jobOfImportBefore());

    client.submit(email("ada@shop.example"));

    assertThat(client.submit(email("bo@shop.example")).status()).isEqualTo(400);
    assertThat(client.get(IMPORTS).each("/id")).hasSize(1);
  }

  @Test
  void an_answer_can_tell_another_quota() {
    klaviyo.script(
        Operation.GET_LISTS, Fault.withHeaders(Map.of("RateLimit-Limit", "1, 1;w=999999")));

    Reply told = client.get("/api/lists");

    assertThat(told.status()).isEqualTo(200);
    assertThat(told.header("RateLimit-Limit")).contains("1, 1;w=999999");
  }

  @Test
  void a_job_can_count_too_few_or_nothing() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobMiscounts(1), Fault.jobCountsNothing());

    Reply few = imported(email("ada@shop.example"), email("bo@shop.example"));
    assertThat(few.at("/data/attributes/total_count")).isEqualTo("2");
    assertThat(few.at("/data/attributes/completed_count")).isEqualTo("1");
    assertThat(few.at("/data/attributes/failed_count")).isEqualTo("0");
    Reply none = imported(email("cy@shop.example"));
    assertThat(none.json().at("/data/attributes/completed_count").isNull()).isTrue();
    assertThat(none.json().at("/data/attributes/failed_count").isNull()).isTrue();
    assertThat(klaviyo.list().size()).isEqualTo(3);
    assertThatThrownBy(() -> Fault.jobMiscounts(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
