package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.row;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The members of a list. */
class MemberContractTest extends FakeKlaviyoContract {
  @Test
  void members_are_read_page_by_page_without_a_gap_or_a_repetition() {
    imported(customers(250));
    String path = "/api/lists/" + LIST + "/profiles";

    List<Reply> pages = client.pages(path, "page[size]", "100", "fields[profile]", "email");
    List<Reply> ids =
        client.pages("/api/lists/" + LIST + "/relationships/profiles", "page[size]", "100");

    assertThat(pages).extracting(page -> page.each("/id").size()).containsExactly(100, 100, 50);
    assertThat(pages.stream().flatMap(page -> page.each("/attributes/email").stream()))
        .isEqualTo(klaviyo.list().emails());
    assertThat(ids.stream().flatMap(page -> page.each("/id").stream()))
        .isEqualTo(pages.stream().flatMap(page -> page.each("/id").stream()).toList())
        .doesNotHaveDuplicates();
    assertThat(client.get(path).each("/id")).hasSize(20);
    assertThat(client.get(path, "page[size]", "101").status()).isEqualTo(400);
    assertThat(client.get(path, "page[size]", "0").status()).isEqualTo(400);
    assertThat(client.get(path, "page[cursor]", "made-up").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "2147483648", "4294967295", "one", ""})
  void a_cursor_that_no_page_has_given_is_refused(String place) {
    String cursor =
        Base64.getUrlEncoder().encodeToString(("next::" + place).getBytes(StandardCharsets.UTF_8));

    for (String path : List.of("/api/lists", "/api/lists/" + LIST + "/profiles", "/api/profiles")) {
      assertThat(client.get(path, "page[cursor]", cursor).status()).as(path).isEqualTo(400);
    }
  }

  @Test
  void members_are_sorted_and_filtered_by_when_they_joined() {
    imported(email("early@shop.example"));
    imported(email("late@shop.example"));
    String path = "/api/lists/" + LIST + "/profiles";

    assertThat(client.get(path, "sort", "joined_group_at").each("/attributes/email"))
        .containsExactly("early@shop.example", "late@shop.example");
    assertThat(client.get(path, "sort", "-joined_group_at").each("/attributes/email"))
        .containsExactly("late@shop.example", "early@shop.example");
    assertThat(
            client
                .get(path, "filter", "greater-than(joined_group_at,2026-09-01T08:00:40+00:00)")
                .each("/attributes/email"))
        .containsExactly("late@shop.example");
    assertThat(
            client
                .get(path, "filter", "less-or-equal(joined_group_at,2026-09-01T08:00:40Z)")
                .each("/attributes/email"))
        .containsExactly("early@shop.example");
    assertThat(client.get(path, "sort", "email").status()).isEqualTo(400);
  }

  @Test
  void members_are_read_by_ranges_of_time_which_may_meet_an_address_in_both_orders() {
    for (int i = 1; i <= 6; i++) {
      imported(email("c" + i + "@shop.example"));
    }
    String path = "/api/lists/" + LIST + "/profiles";
    List<String> joined = client.get(path).each("/attributes/joined_group_at");
    String from = "greater-or-equal(joined_group_at," + joined.get(1) + ")";
    String behind = "greater-than(joined_group_at," + joined.get(1) + ")";
    String before = "less-than(joined_group_at," + joined.get(4) + ")";
    String until = "less-or-equal(joined_group_at," + joined.get(4) + ")";
    String named = "any(email,[\"c1@shop.example\",\"c3@shop.example\",\"c5@shop.example\"])";

    assertThat(found(from + "," + before, "")).isEqualTo("c2 c3 c4");
    assertThat(found("and(" + behind + "," + until + ")", "")).isEqualTo("c3 c4 c5");
    assertThat(found(from + "," + before, "-")).isEqualTo("c4 c3 c2");
    assertThat(found(named + "," + from + "," + until, "")).isEqualTo("c3 c5");
    assertThat(found(named + "," + from + "," + before, "-")).isEqualTo("c3");
    assertThat(found(behind + ",less-than(joined_group_at," + joined.get(1) + ")", "")).isEmpty();
  }

  /** The members on all pages of two. */
  private String found(String filter, String order) {
    return client
        .pages(
            "/api/lists/" + LIST + "/profiles",
            "filter",
            filter,
            "sort",
            order + "joined_group_at",
            "page[size]",
            "2")
        .stream()
        .flatMap(page -> page.each("/attributes/email").stream())
        .map(email -> email.replace("@shop.example", ""))
        .collect(joining(" "));
  }

  @Test
  void members_are_found_by_address_when_the_filter_is_percent_encoded() {
    imported(
        email("ada+vip@shop.example"),
        email("bo@shop.example"),
        row("\"phone_number\":\"+442079460001\""));
    String path = "/api/lists/" + LIST + "/profiles";

    assertThat(
            client
                .get(path, "filter", "any(email,[\"ADA+vip@shop.example\",\"no@shop.example\"])")
                .each("/attributes/email"))
        .containsExactly("ada+vip@shop.example");
    assertThat(
            client
                .get(path, "filter", "equals(phone_number,\"+442079460001\")")
                .each("/attributes/phone_number"))
        .containsExactly("+442079460001");
    assertThat(client.get(path + "?filter=equals(email,%22ada+vip@shop.example%22)").each("/id"))
        .as("an unencoded + is a space")
        .isEmpty();
  }

  @Test
  void a_page_of_found_members_leads_to_the_next() {
    imported(customers(30));
    String wanted =
        klaviyo.list().emails().stream()
            .filter(email -> !email.contains("7"))
            .map(email -> "\"" + email + "\"")
            .reduce((one, other) -> one + "," + other)
            .orElseThrow();

    List<Reply> pages =
        client.pages(
            "/api/lists/" + LIST + "/profiles",
            "filter",
            "any(email,[" + wanted + "])",
            "page[size]",
            "10",
            "sort",
            "-joined_group_at");

    assertThat(pages).extracting(page -> page.each("/id").size()).containsExactly(10, 10, 7);
    assertThat(pages.stream().flatMap(page -> page.each("/attributes/email").stream()))
        .doesNotHaveDuplicates()
        .noneMatch(email -> email.contains("7"));
  }

  @Test
  void a_member_is_read_whole_or_by_the_fields_asked_for() {
    imported(
        row("\"email\":\"ada@shop.example\",\"location\":{\"city\":\"London\",\"zip\":\"N1\"}"));
    String path = "/api/lists/" + LIST + "/profiles";

    Reply whole = client.get(path);
    Reply some = client.get(path, "fields[profile]", "email,location.city,joined_group_at");

    assertThat(whole.at("/data/0/id")).matches("01[0-9A-HJKMNP-TV-Z]{24}");
    assertThat(whole.json().at("/data/0/attributes").fieldNames())
        .toIterable()
        .containsExactly(
            "email",
            "phone_number",
            "external_id",
            "first_name",
            "last_name",
            "organization",
            "locale",
            "title",
            "image",
            "created",
            "updated",
            "last_event_date",
            "location",
            "properties",
            "joined_group_at");
    assertThat(some.json().at("/data/0/attributes"))
        .hasToString(
            "{\"email\":\"ada@shop.example\",\"location\":{\"city\":\"London\"},"
                + "\"joined_group_at\":\"2026-09-01T08:00:40+00:00\"}");
    assertThat(client.get(path, "fields[profile]", "e-mail").status()).isEqualTo(400);
  }

  // Adding and removing

  private List<String> idsOf(String... emails) {
    String all = String.join("\",\"", emails);
    return client
        .get("/api/lists/" + LIST + "/profiles", "filter", "any(email,[\"" + all + "\"])")
        .each("/id");
  }

  @Test
  void members_are_removed_by_their_ids_and_the_others_keep_their_order() {
    klaviyo.list().add("ada@shop.example", "bo@shop.example", "cy@shop.example", "di@shop.example");

    Reply removed = client.members("DELETE", idsOf("ada@shop.example", "cy@shop.example"));

    assertThat(removed.status()).isEqualTo(204);
    assertThat(removed.text()).isEmpty();
    assertThat(removed.header("RateLimit-Limit")).contains("10, 10;w=1, 150;w=60");
    assertThat(klaviyo.list().emails()).containsExactly("bo@shop.example", "di@shop.example");
    assertThat(klaviyo.list().size()).isEqualTo(2);
    assertThat(
            client
                .get("/api/lists/" + LIST, "additional-fields[list]", "profile_count")
                .at("/data/attributes/profile_count"))
        .isEqualTo("2");
  }

  @Test
  void a_removed_member_can_be_added_again_and_joins_anew_at_the_end() {
    klaviyo.list().add("ada@shop.example", "bo@shop.example");
    List<String> ada = idsOf("ada@shop.example");
    client.members("DELETE", ada);
    time.advance(Duration.ofMinutes(5));

    Reply added = client.members("POST", ada);

    assertThat(added.status()).isEqualTo(204);
    assertThat(added.text()).isEmpty();
    assertThat(klaviyo.list().emails()).containsExactly("bo@shop.example", "ada@shop.example");
    assertThat(profile("ada@shop.example").path("joined_group_at").asText())
        .isEqualTo("2026-09-01T08:05:00+00:00");
    client.members("POST", idsOf("bo@shop.example"));
    assertThat(profile("bo@shop.example").path("joined_group_at").asText())
        .as("adding a member changes nothing")
        .isEqualTo("2026-09-01T07:00:00+00:00");
  }

  @Test
  void a_removed_member_stays_a_profile() {
    klaviyo.list().add("ada@shop.example");
    client.members("DELETE", idsOf("ada@shop.example"));

    imported(row("\"email\":\"ada@shop.example\",\"title\":\"Countess\""));

    JsonNode ada = profile("ada@shop.example");
    assertThat(ada.path("created").asText()).isEqualTo("2026-09-01T08:00:00+00:00");
    assertThat(ada.path("joined_group_at").asText()).isEqualTo("2026-09-01T08:00:40+00:00");
  }

  @Test
  void ids_that_are_no_profiles_or_no_members_are_passed_over() {
    klaviyo.list().add("ada@shop.example", "bo@shop.example");
    List<String> ada = idsOf("ada@shop.example");
    client.members("DELETE", ada);

    List<String> ids = List.of(ada.get(0), "01KNOSUCH", idsOf("bo@shop.example").get(0));

    assertThat(client.members("DELETE", ids).status()).isEqualTo(204);
    assertThat(klaviyo.list().emails()).isEmpty();
    assertThat(client.members("POST", ids).status()).isEqualTo(204);
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example", "bo@shop.example");
  }

  @Test
  void strangers_are_refused_and_everybody_with_them_if_the_account_is_told_to() {
    fake(builder -> builder.refusesStrangers(true));
    klaviyo.list().add("ada@shop.example", "bo@shop.example");
    String ada = idsOf("ada@shop.example").get(0);
    String bo = idsOf("bo@shop.example").get(0);

    assertThat(client.members("POST", List.of(ada, "01KNOSUCH")).status()).isEqualTo(404);
    assertThat(client.members("DELETE", List.of(ada)).status()).isEqualTo(204);
    Reply refused = client.members("DELETE", List.of(bo, ada));

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.at("/errors/0/detail"))
        .isEqualTo("A profile with id `" + ada + "` does not exist.");
    assertThat(klaviyo.list().emails()).containsExactly("bo@shop.example");
  }

  @Test
  void a_thousand_are_added_or_removed_at_a_time_and_no_more() {
    klaviyo.list().add(emails(1_001));
    List<String> ids =
        client.pages("/api/lists/" + LIST + "/relationships/profiles", "page[size]", "100").stream()
            .flatMap(page -> page.each("/id").stream())
            .toList();

    Reply refused = client.members("DELETE", ids);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).containsExactly("/data");
    assertThat(client.members("DELETE", ids.subList(0, 1_000)).status()).isEqualTo(204);
    assertThat(klaviyo.list().size()).isEqualTo(1);
    assertThat(client.members("POST", ids).status()).isEqualTo(400);
    assertThat(client.members("POST", ids.subList(0, 1_000)).status()).isEqualTo(204);
    assertThat(klaviyo.list().size()).isEqualTo(1_001);
  }

  private static String[] emails(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "customer" + i + "@shop.example")
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                        | /data",
        "{                                         | /data",
        "[]                                        | /data",
        "{'data':{'type':'profile','id':'01'}}     | /data",
        "{'data':[]}                               | /data",
        "{'data':[{'type':'profile'}]}             | /data/0/id",
        "{'data':[{'type':'profile','id':7}]}      | /data/0/id",
        "{'data':[{'type':'person','id':'01'}]}    | /data/0/type",
        "{'data':['01']}                           | /data/0/type",
        "{'data':[{'type':'profile','id':'01'}]}{} | /data",
      })
  void a_body_that_names_no_profiles_is_refused(String body, String pointer) {
    String path = "/api/lists/" + LIST + "/relationships/profiles";

    for (String method : List.of("POST", "DELETE")) {
      Reply refused = client.send(method, path, body.replace('\'', '"'));

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.pointers()).contains(pointer);
    }
  }

  @Test
  void members_of_an_unknown_list_are_neither_added_nor_removed() {
    String path = "/api/lists/NoSuch/relationships/profiles";
    String body = "{\"data\":[{\"type\":\"profile\",\"id\":\"01\"}]}";

    assertThat(client.send("POST", path, body).status()).isEqualTo(404);
    assertThat(client.send("DELETE", path, body).status()).isEqualTo(404);
  }

  @Test
  void members_keep_their_places_while_others_leave_between_two_pages() {
    fake(builder -> builder.quota(false));
    klaviyo.list().add(emails(30));
    String path = "/api/lists/" + LIST + "/relationships/profiles";

    for (String sort : List.of("joined_group_at", "-joined_group_at")) {
      List<String> all = client.get(path, "sort", sort, "page[size]", "100").each("/id");
      Reply first = client.get(path, "sort", sort, "page[size]", "10");
      client.members("DELETE", first.each("/id"));
      String next = first.at("/links/next");
      Reply second = client.get(next.substring(next.indexOf("/api")));

      assertThat(second.each("/id")).isEqualTo(all.subList(10, Math.min(20, all.size())));
    }
  }

  @Test
  void a_list_is_given_members_by_the_test_without_a_request() {
    assertThat(klaviyo.list().add("Ada@shop.example").add("bo@shop.example", "ada@shop.example"))
        .hasToString("FakeList[Y6nRLr, 2 members]");

    assertThat(klaviyo.list().emails()).containsExactly("Ada@shop.example", "bo@shop.example");
    assertThat(klaviyo.requests()).isEmpty();
    imported(row("\"email\":\"ada@shop.example\",\"title\":\"Countess\""));
    assertThat(klaviyo.list().size()).isEqualTo(2);
  }

  @Test
  void a_list_is_not_given_what_klaviyo_would_not_take() {
    assertThatThrownBy(() -> klaviyo.list().add("ada@shop.example", "bo"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Klaviyo would not take email address 1 of those given, counted from 0: give addresses"
                + " such as ada@shop.example.");
    assertThat(klaviyo.list().emails()).isEmpty();
  }
}
