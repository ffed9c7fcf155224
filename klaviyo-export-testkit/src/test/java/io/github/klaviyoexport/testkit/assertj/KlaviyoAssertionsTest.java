package io.github.klaviyoexport.testkit.assertj;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatThrownBy;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowable;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.SampleExport;
import io.github.klaviyoexport.testkit.SampleVerification;
import io.github.klaviyoexport.testkit.VirtualTime;
import io.github.klaviyoexport.testkit.internal.server.OpenApiExtension;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the assertions let pass, what they do not, and what they say then. */
class KlaviyoAssertionsTest {
  private static final String ADA = "ada@shop.example";
  private static final String BO = "bo@shop.example";
  private static final String QUIET = "\nNo request has reached the account.";

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(3)).start();
  private final InMemorySegments segments =
      InMemorySegments.of(
          "vip",
          customer("c-1", ADA, Map.of("tags", List.of(1, "two"), "points", 120)),
          customer("c-2", "bo at shop.example", Map.of()),
          customer("c-3", ADA, Map.of()));

  private static CustomerProfile customer(String id, String email, Map<String, ?> extra) {
    return CustomerProfile.of(
        id, Map.of("id", id, "email", email, "name", "Ada", "city", "Espoo", "extra", extra));
  }

  private ExportReport export() {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(klaviyo.connection())
            .mapping(
                FieldMapping.email("email")
                    .externalId("id")
                    .firstName("name")
                    .city("city")
                    .property("Extra", "extra"))
            .time(time)
            .build()) {
      return exporter.export(Segment.named("vip"), klaviyo.listId());
    }
  }

  private void call(String method, String path) {
    call(method, path, "");
  }

  private void call(String method, String path, String body) {
    call(klaviyo, method, path, body);
  }

  private static void call(FakeKlaviyo account, String method, String path, String body) {
    var unused =
        account
            .transport()
            .send(
                KlaviyoRequest.of(
                    method,
                    URI.create("https://a.klaviyo.com" + path),
                    Map.of(
                        "Authorization",
                        "Klaviyo-API-Key " + account.apiKey().value(),
                        "revision",
                        "2026-07-15",
                        "Content-Type",
                        "application/vnd.api+json"),
                    List.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)))));
  }

  private static void says(ThrowingCallable assertion, String text) {
    assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessage(text);
  }

  @AfterEach
  void closes_the_account() {
    klaviyo.close();
  }

  @Test
  void a_list_that_is_as_expected_passes() {
    assertThat(klaviyo.list()).isEmpty().holdsExactly().doesNotContain(ADA);

    klaviyo.list().add(ADA, BO);

    assertThat(klaviyo.list())
        .hasSize(2)
        .holdsExactly("BO@shop.example", ADA)
        .holdsExactly(List.of(ADA, BO))
        .contains("Ada@Shop.Example")
        .doesNotContain("cy@shop.example");
  }

  @Test
  void a_member_is_met_by_any_of_its_addresses() {
    klaviyo.list().add(ADA);
    klaviyo.profile(ADA).orElseThrow().addAddress("ada@home.example");
    assertThatThrownBy(() -> assertThat(klaviyo.list()).doesNotContain("ada@home.example"))
        .isInstanceOf(AssertionError.class);
    klaviyo.profile(ADA).orElseThrow().showAddress("ada@home.example");
    assertThat(klaviyo.list()).contains("ada@home.example");

    says(
        () -> assertThat(klaviyo.list()).doesNotContain(BO, ADA),
        """
        List Y6nRLr should do without the addresses given, and has 1 member.
          1 unexpected
            a…@shop.example, address 2 of those given: of a member that shows another address\
        """
            + QUIET);
    says(
        () -> assertThat(klaviyo.list()).contains(ADA),
        """
        List Y6nRLr should contain the 1 address given, and has 1 member.
          1 missing
            a…@shop.example, address 1 of those given: of a member that shows another address\
        """
            + QUIET);
  }

  private static void refuses(ThrowingCallable assertion, String text) {
    assertThatThrownBy(assertion)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }

  @Test
  void an_assertion_that_could_not_fail_is_refused() {
    klaviyo.list().add(ADA);
    var list = assertThat(klaviyo.list());

    refuses(() -> list.contains(), "No address is given");
    refuses(() -> list.doesNotContain(), "No address is given");
    refuses(() -> list.doesNotContain(BO, "c-17"), "Address 2 of those given");
    refuses(() -> list.doesNotContain(BO + " "), "Address 1 of those given");
    list.doesNotContain("broken@");
    refuses(() -> list.holdsExactly((String) null), "Address 1 of those given is null");
    refuses(() -> list.contains(ADA, null), "Address 2 of those given is null");
    refuses(() -> list.hasSize(-1), "The number of members cannot be -1");
    for (String name : List.of("first_nmae", "subscriptions", "location.ctiy", "properties.", "")) {
      refuses(() -> list.hasAttribute(ADA, name, null), "No profile has the attribute '" + name);
      refuses(() -> list.hasOnlyAttributes(ADA, name), "No profile has the attribute '" + name);
    }
    refuses(() -> assertThat(oddId()).hasRead(-1), "The number of profiles cannot be -1");
    refuses(
        () -> assertThat(klaviyo).received(Operation.GET_LIST, -1),
        "The number of requests cannot be -1");
    list.hasAttribute(ADA, "location.zip", null).hasAttribute(ADA, "properties.LTV", null);
  }

  @Test
  void who_is_missing_and_who_is_unexpected_is_told_without_addresses() {
    klaviyo.list().add(ADA, "zoe@lovelace.fi");

    says(
        () -> assertThat(klaviyo.list()).holdsExactly(ADA, BO, "cy@mail.shop.example"),
        """
        List Y6nRLr should hold exactly the 3 addresses given, and has 2 members.
          2 missing
            b…@shop.example, address 2 of those given
            c…@mail.shop.example, address 3 of those given
          1 unexpected
            z…@…, member 2\
        """
            + QUIET);
    says(
        () -> assertThat(klaviyo.list()).contains(ADA, BO),
        """
        List Y6nRLr should contain the 2 addresses given, and has 2 members.
          1 missing
            b…@shop.example, address 2 of those given\
        """
            + QUIET);
  }

  @Test
  void an_external_id_that_is_an_address_is_told_to_those_only_who_ask_for_it() {
    call("POST", "/api/profile-bulk-import-jobs", importing("jane@lovelace.fi"));
    time.advance(Duration.ofMinutes(3));

    assertThatThrownBy(() -> assertThat(klaviyo.list()).holdsExactly())
        .hasMessageContaining(
            "j…@…, member 1, external id (an email address, not shown)\nWhat happened")
        .hasMessageNotContaining("jane");
    assertThatThrownBy(() -> assertThat(klaviyo.list()).showingValues().holdsExactly())
        .hasMessageContaining("jane@lovelace.fi, member 1, external id jane@lovelace.fi\n");
  }

  private static String importing(String emailAndId) {
    return """
    {"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":[
    {"type":"profile","attributes":{"email":"%1$s","external_id":"%1$s"}}]}},
    "relationships":{"lists":{"data":[{"type":"list","id":"Y6nRLr"}]}}}}\
    """
        .formatted(emailAndId);
  }

  @Test
  void addresses_are_shown_to_those_who_ask_for_it() {
    klaviyo.list().add(ADA);

    says(
        () -> assertThat(klaviyo.list()).showingValues().doesNotContain(BO, "ADA@shop.example"),
        """
        List Y6nRLr should do without the addresses given, and has 1 member.
          1 unexpected
            ada@shop.example, member 1\
        """
            + QUIET);
  }

  @Test
  void addresses_and_values_are_shown_for_an_account_whose_test_data_are_made_up() {
    try (FakeKlaviyo madeUp =
        FakeKlaviyo.builder().time(time).keepBodies(true).showValues(true).start()) {
      madeUp.list().add(ADA);

      says(
          () -> assertThat(madeUp.list()).holdsExactly(BO),
          """
          List Y6nRLr should hold exactly the 1 address given, and has 1 member.
            1 missing
              bo@shop.example, address 1 of those given
            1 unexpected
              ada@shop.example, member 1\
          """
              + QUIET);
      says(
          () -> assertThat(madeUp.lists().get(0)).hasAttribute(ADA, "email", BO),
          "The attribute 'email' of ada@shop.example is \"ada@shop.example\", expected"
              + " \"bo@shop.example\"."
              + QUIET);
      assertThatThrownBy(() -> assertThat(oddId()).exportedTo(madeUp).isClean())
          .hasMessageContaining("field 'mail' has no email")
          .hasMessageContaining(", customer id ada@shop.example\n");
      assertThatThrownBy(() -> assertThat(oddId()).exportedTo(klaviyo).isClean())
          .hasMessageContaining("field 'mail' has no email")
          .message()
          .doesNotContain(ADA);
    }
  }

  private static ExportReport oddId() {
    return SampleExport.of("vip")
        .rejected(Rejection.ofProfile(ADA, "mail", Reason.NO_IDENTIFIER))
        .report();
  }

  @Test
  void one_system_property_shows_them_for_a_whole_build_and_an_account_can_still_mask_them() {
    System.setProperty(FakeKlaviyo.SHOW_VALUES, "true");
    try (FakeKlaviyo shown = FakeKlaviyo.builder().time(time).start();
        FakeKlaviyo masked = FakeKlaviyo.builder().time(time).showValues(false).start()) {
      assertThatThrownBy(() -> assertThat(shown.list()).contains(BO)).hasMessageContaining(BO);
      assertThatThrownBy(() -> assertThat(oddId()).isClean()).hasMessageContaining(ADA);
      assertThatThrownBy(() -> assertThat(masked.list()).contains(BO))
          .message()
          .contains("b…@shop.example")
          .doesNotContain(BO);
    } finally {
      System.clearProperty(FakeKlaviyo.SHOW_VALUES);
    }
    assertThatThrownBy(() -> assertThat(klaviyo.list()).contains(BO)).message().doesNotContain(BO);
  }

  @Test
  void of_very_many_differences_a_few_are_shown() {
    String[] many =
        IntStream.range(0, 10_000).mapToObj(n -> n + "@shop.example").toArray(String[]::new);

    says(
        () -> assertThat(klaviyo.list()).as("after the night").holdsExactly(many),
        """
        [after the night] List Y6nRLr should hold exactly the 10,000 addresses given, and has 0 members.
          10,000 missing
            0…@shop.example, address 1 of those given
            1…@shop.example, address 2 of those given
            2…@shop.example, address 3 of those given
            3…@shop.example, address 4 of those given
            4…@shop.example, address 5 of those given
            … and 9,995 more\
        """
            + QUIET);
  }

  @Test
  void the_number_of_members_is_told() {
    klaviyo.list().add(ADA);

    says(
        () -> assertThat(klaviyo.list()).hasSize(3),
        "List Y6nRLr should have 3 members, and has 1 member.\n  2 missing" + QUIET);
    says(
        () -> assertThat(klaviyo.list()).isEmpty(),
        "List Y6nRLr should have 0 members, and has 1 member.\n  1 too many" + QUIET);
  }

  @Test
  void attributes_and_properties_are_compared_by_value() {
    export();

    assertThat(klaviyo.list())
        .hasAttribute(ADA, "first_name", "Ada")
        .hasAttribute(ADA, "location.city", "Espoo")
        .hasAttribute(ADA, "last_name", null)
        .hasProperty(ADA, "Extra", Map.of("points", 120.0, "tags", List.of(1L, "two")));
  }

  @Test
  void an_array_stands_for_a_list_and_a_set_for_one_in_any_order() {
    export();
    var extra = assertThat(klaviyo.list());

    for (Object tags : List.of(new Object[] {1, "two"}, Set.of(1, "two"))) {
      extra.hasProperty(ADA, "Extra", Map.of("points", 120, "tags", tags));
    }
    for (Object tags :
        List.of(new Object[] {"two", 1}, new int[] {1, 2}, Set.of(1, "three"), Set.of(1))) {
      assertThatThrownBy(() -> extra.hasProperty(ADA, "Extra", Map.of("points", 120, "tags", tags)))
          .isInstanceOf(AssertionError.class);
    }
    assertThatThrownBy(() -> extra.hasProperty(ADA, "Extra", new int[] {1, 2}))
        .hasMessageContaining(" is a map of 2, expected a list of 2.");
  }

  @Test
  void what_was_sent_beyond_what_was_asked_for_is_told_by_its_name() {
    export();

    assertThat(klaviyo.list())
        .hasOnlyAttributes(
            "ADA@shop.example",
            "properties.Extra",
            "location.city",
            "first_name",
            "external_id",
            "email");
    assertThatThrownBy(
            () -> assertThat(klaviyo.list()).hasOnlyAttributes(ADA, "email", "last_name"))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            """
            a…@shop.example should have the attributes given, and no others.
              1 missing
                last_name
              4 unexpected
                external_id
                first_name
                location.city
                properties.Extra
            What happened""");
  }

  @Test
  void a_number_that_json_does_not_have_is_no_members() {
    export();

    assertThatThrownBy(
            () ->
                assertThat(klaviyo.list())
                    .showingValues()
                    .hasProperty(ADA, "Extra", Map.of("points", Double.NaN, "tags", List.of())))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("expected {");
  }

  @Test
  void the_shape_of_a_value_is_told_and_the_value_to_those_who_ask_for_it() {
    export();

    assertThatThrownBy(() -> assertThat(klaviyo.list()).hasAttribute(ADA, "first_name", 17))
        .hasMessageStartingWith(
            "The attribute 'first_name' of a…@shop.example is a text of 3 characters, expected a"
                + " number. To see values of made-up data, assert with showingValues(), or set the"
                + " system property klaviyoexport.showValues to true.\nWhat happened");
    assertThatThrownBy(() -> assertThat(klaviyo.list()).hasProperty(ADA, "Extra", List.of(1)))
        .hasMessageStartingWith(
            "The property 'Extra' of a…@shop.example is a map of 2, expected a list of 1.");
    assertThatThrownBy(
            () -> assertThat(klaviyo.list()).showingValues().hasAttribute(ADA, "first_name", "Bo"))
        .hasMessageStartingWith(
            "The attribute 'first_name' of ada@shop.example is \"Ada\", expected \"Bo\".\nWhat");
    assertThatThrownBy(() -> assertThat(klaviyo.list()).hasAttribute(ADA, "first_name", "Bob"))
        .hasMessageStartingWith(
            "The attribute 'first_name' of a…@shop.example is a text of 3 characters, expected"
                + " another one: same kind and size, other content. To see values");
    assertThatThrownBy(() -> assertThat(klaviyo.list()).hasProperty(ADA, "Points", true))
        .hasMessageStartingWith(
            "The property 'Points' of a…@shop.example is not there, expected a Boolean. There are:"
                + " [Extra].");
    assertThatThrownBy(() -> assertThat(klaviyo.list()).hasProperty(BO, "Points", 1))
        .hasMessageContaining("  1 missing\n    b…@shop.example, address 1 of those given");
  }

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

  @Test
  void a_report_that_is_clean_is_so_to_both_and_one_that_is_not_to_none() {
    SampleVerification same = SampleVerification.of("vip", 3);
    SampleVerification misses = SampleVerification.of("vip", 3).missing("c-4");
    SampleVerification more = SampleVerification.of("vip", 3).unexpected("01P");
    SampleVerification unsure = SampleVerification.of("vip", 3).undecided("01P");
    List<ExportReport> samples = new ArrayList<>();
    for (SyncMode mode : SyncMode.values()) {
      Supplier<SampleExport> sample = () -> SampleExport.of("vip").accepted(3).mode(mode);
      samples.add(sample.get().report());
      for (SampleVerification list : List.of(same, misses, more, unsure)) {
        samples.add(sample.get().verified(list.verification()).report());
      }
      samples.add(sample.get().rejected(1, Reason.EMAIL_MALFORMED).report());
      samples.add(sample.get().unsent("c-1").report());
      samples.add(sample.get().missingFields("mail").report());
      samples.add(sample.get().emptyFields("mail").report());
      samples.add(sample.get().duplicates(1).unchanged(1).report());
      samples.add(sample.get().stopped(ExportException.Reason.DEADLINE).report());
    }

    for (ExportReport report : samples) {
      Throwable failure = catchThrowable(() -> assertThat(report).isClean());

      assertThat(failure == null).as("%s", report).isEqualTo(report.isClean());
    }
    assertThat(samples).anyMatch(ExportReport::isClean);
    assertThatThrownBy(
            () ->
                assertThat(
                        SampleExport.of("vip")
                            .mode(SyncMode.MIRROR)
                            .verified(misses.unexpected("01P", "02P").verification())
                            .report())
                    .isClean())
        .hasMessageStartingWith(
            """
            All should be well.
              1 customer missing in the list
              2 unexpected members of the list
            The report:""");
  }

  @Test
  void a_report_that_is_confirmed_may_be_of_an_export_that_stopped() {
    ExportReport report =
        SampleExport.of("vip").accepted(1).stopped(ExportException.Reason.SOURCE_FAILED).report();

    assertThat(report).isConfirmed().hasNoRejections();
    says(
        () -> assertThat(report).hasNotStopped(),
        "The export should have come to its end.\n  1 stopped\n    SOURCE_FAILED\nThe report: "
            + report);
    assertThat(SampleExport.of("vip").accepted(1).report()).hasNotStopped();
  }

  @Test
  void a_report_is_asserted_by_its_counts() {
    ExportReport report = export();

    assertThat(report)
        .isConfirmed()
        .hasRead(3)
        .hasAccepted(1)
        .hasUnchanged(0)
        .hasRejected(1)
        .hasDuplicates(1)
        .hasUnconfirmed(0)
        .hasRejection("c-2", Reason.EMAIL_MALFORMED);
    says(
        () -> assertThat(report).hasAccepted(3),
        "The report should have accepted 3, not 1.\n  2 too few\nThe report: " + report);
    says(
        () -> assertThat(report).exportedTo(klaviyo).hasNoRejections(),
        """
        Nothing should be rejected.
          1 profile rejected
          1 named in the report
            Customer c-2: field 'email' is not an email address that Klaviyo takes: correct it in the source
        The report: %s
        %s\
        """
            .formatted(report, klaviyo.timeline()));
    says(
        () -> assertThat(report).hasRejection("c-1", Reason.TOO_LARGE),
        """
        Customer c-1 should be rejected for TOO_LARGE.
          1 named in the report
            Customer c-2: field 'email' is not an email address that Klaviyo takes: correct it in the source
        The report: %s\
        """
            .formatted(report));
  }

  @Test
  void a_report_that_is_confirmed_may_not_be_clean() {
    ExportReport report = export();

    says(
        () -> assertThat(report).isClean(),
        """
        All should be well.
          1 profile rejected
          1 named in the report
            %s
        The report: %s\
        """
            .formatted(report.rejections().first().get(0), report));
    assertThat(SampleExport.of("vip").accepted(3).duplicates(1).report()).isClean();
    says(
        () ->
            assertThat(
                    SampleExport.of("vip")
                        .leavers(9, 3, 1, 1)
                        .leaversKept(ExportReport.Leavers.Kept.UNCONFIRMED)
                        .missingFields("mail")
                        .stopped(ExportException.Reason.DEADLINE)
                        .report())
                .isClean(),
        """
        All should be well.
          1 stopped
            DEADLINE
          1 mapped field that no profile had
            mail
          2 leavers not removed
          1 member undecided
          1 reason to keep leavers
            UNCONFIRMED
        The report: %s\
        """
            .formatted(
                SampleExport.of("vip")
                    .leavers(9, 3, 1, 1)
                    .leaversKept(ExportReport.Leavers.Kept.UNCONFIRMED)
                    .missingFields("mail")
                    .stopped(ExportException.Reason.DEADLINE)
                    .report()));
  }

  @Test
  void what_a_report_leaves_unconfirmed_is_told() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobCancelled());
    ExportReport report = export();

    says(
        () -> assertThat(report).isConfirmed(),
        """
        Every profile should be confirmed.
          1 sent, and not known to be imported
          1 customer named in the report
            customer c-1
        The report: %s\
        """
            .formatted(report));
  }

  @Test
  void a_reader_that_is_open_is_told() throws IOException {
    export();
    assertThat(segments).hasNoOpenReader();

    try (ProfileReader open = segments.open(Segment.named("vip"))) {
      says(
          () -> assertThat(segments).hasNoOpenReader(),
          "Every reader of InMemorySegments[vip] should be closed, but of 2 that were opened 1 is"
              + " still open: close each reader when it has been read, also after a failure.");
      assertThat(open).isNotNull();
    }
  }
}
