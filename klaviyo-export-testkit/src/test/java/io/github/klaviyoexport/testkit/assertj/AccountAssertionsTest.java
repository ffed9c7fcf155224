package io.github.klaviyoexport.testkit.assertj;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.internal.server.OpenApiExtension;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the assertions about an account let pass, what they do not, and what they say. */
class AccountAssertionsTest extends AssertionsSetting {
  @Test
  void a_failure_shows_what_had_reached_the_account_with_answers_and_waits() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited(Duration.ofSeconds(20)));
    export();
    time.advance(Duration.ofDays(1));
    call("GET", "/api/customers/ada@shop.example");

    assertThatThrownBy(() -> assertThat(klaviyo.list()).holdsExactly(BO))
        .hasMessage(
            """
            List Y6nRLr should hold exactly the 1 address given, and has 1 member.
              1 missing
                b…@shop.example, address 1 of those given
              1 unexpected
                a…@shop.example, member 1, external id c-1
            """
                + klaviyo.timeline());
    assertThat(klaviyo.timeline())
        .startsWith(
            """
            What happened, by the account's clock (UTC):
              08:00:00.000 GET_LIST: 200
              08:00:00.000 BULK_IMPORT_PROFILES, 330 bytes: 429 [rate-limited, Retry-After 20 s]
                           (20 s pass)
              08:00:20.000 BULK_IMPORT_PROFILES, 330 bytes: 202
            """)
        .contains(" s pass)\n")
        .endsWith(" an unknown operation: 404");
  }

  @Test
  void a_long_timeline_is_cut_in_the_middle_and_equal_calls_are_one_line() {
    for (int i = 0; i < 100; i++) {
      time.advance(Duration.ofMillis(500));
      call("GET", i % 2 == 0 ? "/api/lists/Y6nRLr" : "/api/lists/none");
    }
    assertThat(klaviyo.timeline()).contains("\n  (60 more lines)\n").hasLineCount(42);

    for (int i = 0; i < 10; i++) {
      call("GET", "/api/lists/none");
    }
    assertThat(klaviyo.timeline()).endsWith("GET_LIST: 404, 11 times, the last at 08:00:50.000");
  }

  @Test
  void quotas_that_are_kept_pass_and_a_call_turned_away_by_script_is_none_of_the_quota() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited());
    export();

    assertThat(klaviyo).keptQuotas().changedNoConsent().usedAllScripts();
  }

  @Test
  void quotas_that_are_not_kept_are_named_with_the_calls_that_were_turned_away() {
    for (int i = 0; i < 16; i++) {
      call("GET", "/api/accounts");
    }

    assertThatThrownBy(() -> assertThat(klaviyo).keptQuotas())
        .hasMessageStartingWith(
            """
            The account's quotas should be kept.
              16 calls of GET_ACCOUNTS within a second; allowed: 1
              16 calls of GET_ACCOUNTS within a minute; allowed: 15
              15 calls turned away by the quota
                #2 2026-09-01T08:00:00Z GET /api/accounts (0 bytes) -> 429
            """)
        .hasMessageEndingWith(klaviyo.timeline());
  }

  @Test
  void the_narrower_quota_of_what_a_call_asks_for_beside_is_to_be_kept_as_well() {
    String path = "/api/lists/Y6nRLr";
    try (FakeKlaviyo patient = FakeKlaviyo.builder().time(time).quota(false).start()) {
      for (int i = 0; i < 40; i++) {
        call(patient, "GET", path, "");
        call(patient, "GET", path + "?additional-fields%5Blist%5D=profile_count", "");
        time.advance(Duration.ofMillis(100));
      }

      says(
          () -> assertThat(patient).keptQuotas(),
          """
          The account's quotas should be kept.
            10 calls of GET_LIST with profile_count within a second; allowed: 1
            40 calls of GET_LIST with profile_count within a minute; allowed: 15
          """
              + patient.timeline());
    }
  }

  @Test
  @Tag(OpenApiExtension.NOT_CHECKED)
  void what_is_no_longer_known_of_very_many_calls_is_not_taken_for_well() {
    try (FakeKlaviyo busy = FakeKlaviyo.builder().time(time).quota(false).start()) {
      call(busy, "POST", "/api/profile-subscription-bulk-create-jobs", "{}");
      for (int i = 0; i < 100_000; i++) {
        call(busy, "GET", "/api/nothing", "");
      }
      String forgotten =
          "  1 request is no longer known, since an account keeps the last 100,000: assert sooner,"
              + " or on an account of its own\n";

      says(
          () -> assertThat(busy).changedNoConsent(),
          "Nobody's consent should be changed.\n" + forgotten + busy.timeline());
      says(
          () -> assertThat(busy).keptQuotas(),
          "The account's quotas should be kept.\n" + forgotten + busy.timeline());
      assertThat(busy).hasToString("FakeKlaviyo[in process, 100,001 requests]");
      assertThat(busy.timeline()).contains("(UTC):\n  (1 request before these)\n");
    }
  }

  @Test
  @Tag(OpenApiExtension.NOT_CHECKED)
  void a_call_that_changes_consent_is_told() {
    String profile = "{'type':'profile','attributes':{'email':'ada@shop.example'%s}}";
    String job = "{'data':{'type':'%s','attributes':{'profiles':{'data':[%s]}}}}";
    call(
        "POST",
        "/api/profile-subscription-bulk-create-jobs",
        job.formatted(
                "profile-subscription-bulk-create-job",
                profile.formatted(
                    ",'subscriptions':{'email':{'marketing':{'consent':'SUBSCRIBED'}}}"))
            .replace('\'', '"'));
    call(
        "POST",
        "/api/profile-suppression-bulk-delete-jobs/",
        job.formatted("profile-suppression-bulk-delete-job", profile.formatted(""))
            .replace('\'', '"'));
    call("GET", "/api/profile-suppression-bulk-create-jobs");

    assertThatThrownBy(() -> assertThat(klaviyo).changedNoConsent())
        .hasMessageStartingWith(
            "Nobody's consent should be changed.\n  2 calls that change consent")
        .hasMessageEndingWith(klaviyo.timeline());
  }

  @Test
  void a_path_is_told_without_what_may_stand_in_it() {
    call("POST", "/api/profiles/jane@lovelace.fi/subscriptions/", "{}");
    for (int i = 0; i < 100; i++) {
      call("GET", "/api/profiles/jane@lovelace.fi");
    }

    assertThatThrownBy(() -> assertThat(klaviyo).changedNoConsent())
        .hasMessageContaining("Z POST an unknown operation (2 bytes) -> 404\n")
        .hasMessageNotContaining("jane");
    assertThatThrownBy(() -> assertThat(klaviyo).keptQuotas())
        .hasMessageContaining("Z GET /api/profiles/{id} (0 bytes) -> 429\n")
        .hasMessageNotContaining("jane");
    assertThat(klaviyo.requests()).noneMatch(request -> request.toString().contains("jane"));
  }

  @Test
  void a_path_is_told_in_full_where_all_test_data_are_made_up() {
    try (FakeKlaviyo madeUp =
        FakeKlaviyo.builder().time(time).keepBodies(true).showValues(true).start()) {
      call(madeUp, "POST", "/api/profiles/jane@lovelace.fi/subscriptions/?a=b", "{}");

      assertThatThrownBy(() -> assertThat(madeUp).changedNoConsent())
          .hasMessageContaining(
              """
              Z POST an unknown operation (2 bytes) -> 404
                    path /api/profiles/jane@lovelace.fi/subscriptions/
                    query a=b
                    body {}
              """);
    }
  }

  @Test
  void a_script_that_did_not_happen_is_told() {
    klaviyo.script(Operation.GET_LIST, Fault.serverError(503));

    says(
        () -> assertThat(klaviyo).usedAllScripts(),
        """
        Everything scripted should have happened: script less, or make the calls.
          1 of what was scripted never happened
            GET_LIST: server error 503 before processing\
        """
            + QUIET);
  }

  @Test
  void an_export_that_ran_twice_is_told_by_its_calls() {
    export();
    assertThat(klaviyo).received(Operation.BULK_IMPORT_PROFILES, 1);
    export();

    assertThatThrownBy(() -> assertThat(klaviyo).received(Operation.BULK_IMPORT_PROFILES, 1))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "The account should have received BULK_IMPORT_PROFILES 1 time, not 2.\n  1 too many\n"
                + klaviyo.timeline());
  }
}
