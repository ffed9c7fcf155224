package io.github.klaviyoexport.testkit.assertj;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.SampleExport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the assertions about lists and readers let pass, what they do not, and what they say. */
class KlaviyoAssertionsTest extends AssertionsSetting {
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
