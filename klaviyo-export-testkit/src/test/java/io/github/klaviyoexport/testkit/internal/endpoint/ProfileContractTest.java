package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.FakeProfile;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles one by one: finding, reading, making and changing them. */
class ProfileContractTest extends FakeKlaviyoContract {
  private static final String PROFILES = "/api/profiles";
  private static final String IMPORT = "/api/profile-import";
  private static final String PARTIAL_FAILURE = "X-Klaviyo-Partial-Failure";

  private Reply post(String path, String profile) {
    return client.send("POST", path, "{\"data\":" + profile + "}");
  }

  private static String profile(String id, String attributes, String meta) {
    return "{\"type\":\"profile\""
        + (id == null ? "" : ",\"id\":\"" + id + "\"")
        + ",\"attributes\":"
        + attributes.replace('\'', '"')
        + (meta == null ? "" : ",\"meta\":" + meta.replace('\'', '"'))
        + "}";
  }

  private Reply create(String attributes) {
    return post(PROFILES, profile(null, attributes, null));
  }

  private String created(String attributes) {
    Reply created = create(attributes);
    assertThat(created.status()).as(created.text()).isEqualTo(201);
    return created.at("/data/id");
  }

  private Reply update(String id, String attributes, String meta) {
    return client.send(
        "PATCH", PROFILES + "/" + id, "{\"data\":" + profile(id, attributes, meta) + "}");
  }

  private Reply update(String id, String attributes) {
    return update(id, attributes, null);
  }

  // Making

  @Test
  void a_profile_is_created_and_read_by_its_id() {
    Reply created =
        create("{'email':'ada@shop.example','first_name':'Ada','properties':{'LTV':120.5}}");

    assertThat(created.status()).isEqualTo(201);
    String id = created.at("/data/id");
    assertThat(created.json().at("/data/attributes").fieldNames())
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
            "properties");
    assertThat(created.json().at("/data/relationships").fieldNames())
        .toIterable()
        .containsExactly("lists", "segments", "push-tokens");
    assertThat(created.at("/data/attributes/created")).isEqualTo("2026-09-01T08:00:00+00:00");
    assertThat(created.at("/data/links/self")).endsWith("/api/profiles/" + id + "/");
    assertThat(client.get(PROFILES + "/" + id).json().at("/data"))
        .isEqualTo(created.json().at("/data"));
    assertThat(klaviyo.list().size()).as("nobody joins a list by being created").isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'email':'ADA@shop.example'}",
        "{'phone_number':'+442079460001'}",
        "{'external_id':'c-17','email':'other@shop.example'}"
      })
  void a_profile_that_is_there_is_not_created_again_but_named(String attributes) {
    String id =
        created("{'email':'ada@shop.example','phone_number':'+442079460001','external_id':'c-17'}");

    Reply conflict = create(attributes);

    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.at("/errors/0/code")).isEqualTo("duplicate_profile");
    assertThat(conflict.at("/errors/0/title")).isEqualTo("Conflict.");
    assertThat(conflict.pointers()).containsExactly("/data/attributes");
    assertThat(conflict.at("/errors/0/meta/duplicate_profile_id")).isEqualTo(id);
    assertThat(conflict.header("RateLimit-Remaining")).contains("73");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'email':'ada.shop.example'}                       | /data/attributes/email",
        "{'email':'ada@shop.example','frist_name':'A'}      | /data/attributes/frist_name",
        "{'email':'ada@shop.example','anonymous_id':'x'}    | /data/attributes/anonymous_id",
        "{'email':'ada@shop.example','location':{'town':1}} | /data/attributes/location/town",
        "{'email':'ada@shop.example','first_name':7}        | /data/attributes/first_name",
        "{'email':'ada@shop.example','_kx':'token'}         | /data/attributes/_kx",
        "{'first_name':'Ada'}                               | /data/attributes",
        "{'phone_number':'0770'}                            | /data/attributes",
        "[]                                                 | /data/attributes",
      })
  void a_profile_that_will_not_do_is_refused_with_a_pointer(String attributes, String pointer) {
    Reply refused = create(attributes);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).containsExactly(pointer);
    assertThat(client.get(PROFILES).each("/id")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"data\":[]}",
        "{\"data\":{}}",
        "{\"data\":{\"type\":\"list\"}}"
      })
  void a_body_that_holds_no_profile_is_refused(String body) {
    assertThat(client.send("POST", PROFILES, body).status()).isEqualTo(400);
    assertThat(client.send("POST", IMPORT, body).status()).isEqualTo(400);
  }

  @Test
  void a_bad_phone_number_beside_an_address_is_left_out_and_told_in_a_header() {
    Reply created = create("{'email':'ada@shop.example','phone_number':'0770'}");
    Reply imported =
        post(IMPORT, profile(null, "{'external_id':'c-1','phone_number':'0770'}", null));

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header(PARTIAL_FAILURE)).contains("phone_number");
    assertThat(created.at("/data/attributes/phone_number")).isNull();
    assertThat(imported.status()).isEqualTo(201);
    assertThat(imported.header(PARTIAL_FAILURE)).contains("phone_number");
    assertThat(create("{'email':'bo@shop.example'}").header(PARTIAL_FAILURE)).isEmpty();
  }

  @Test
  void a_profile_of_100_000_bytes_is_taken_and_one_byte_more_is_not() {
    String body = "{\"data\":" + email("ada@shop.example") + "}";
    String padded = body + " ".repeat(100_000 - body.length());

    assertThat(client.send("POST", PROFILES, padded + " ").status()).isEqualTo(413);
    assertThat(client.send("POST", PROFILES, padded).status()).isEqualTo(201);
    assertThat(client.send("POST", IMPORT, padded + " ").status()).isEqualTo(413);
    assertThat(client.send("POST", IMPORT, padded).status()).isEqualTo(200);
  }

  @Test
  void half_a_surrogate_pair_is_refused() {
    assertThat(create("{'email':'ada@shop.example','first_name':'\\ud83d'}").status())
        .isEqualTo(400);
  }

  // Changing

  @Test
  void a_profile_is_updated_by_its_id_and_null_clears() {
    String id =
        created(
            "{'email':'ada@shop.example','first_name':'Ada','title':'Countess',"
                + "'location':{'city':'London','country':'United Kingdom'},"
                + "'properties':{'LTV':1,'Code':'0123'}}");
    time.advance(Duration.ofMinutes(1));

    Reply updated =
        update(
            id,
            "{'title':null,'last_name':'Lovelace','location':{'city':null},"
                + "'properties':{'LTV':null,'Tags':['a']}}");

    assertThat(updated.status()).isEqualTo(200);
    JsonNode ada = updated.json().at("/data/attributes");
    assertThat(ada.path("title").isNull()).isTrue();
    assertThat(ada.path("first_name").asText()).isEqualTo("Ada");
    assertThat(ada.path("last_name").asText()).isEqualTo("Lovelace");
    assertThat(ada.at("/location/city").isNull()).isTrue();
    assertThat(ada.at("/location/country").asText()).isEqualTo("United Kingdom");
    assertThat(ada.path("properties")).hasToString("{\"Code\":\"0123\",\"Tags\":[\"a\"]}");
    assertThat(ada.path("created").asText()).isEqualTo("2026-09-01T08:00:00+00:00");
    assertThat(ada.path("updated").asText()).isEqualTo("2026-09-01T08:01:00+00:00");
    assertThat(update(id, "{'properties':null}").json().at("/data/attributes/properties"))
        .isEmpty();
  }

  @Test
  void an_update_that_changes_nothing_does_not_count_as_one() {
    String id = created("{'email':'ada@shop.example'}");
    time.advance(Duration.ofMinutes(1));

    assertThat(update(id, "{'email':'ada@shop.example'}").at("/data/attributes/updated"))
        .isEqualTo("2026-09-01T08:00:00+00:00");
  }

  @Test
  void properties_are_patched_one_by_one() {
    String id =
        created("{'email':'ada@shop.example','properties':{'Tags':['a','b'],'Old':1,'One':'x'}}");

    Reply updated =
        update(
            id,
            "{}",
            "{'patch_properties':{'append':{'Tags':'c','One':['y']},"
                + "'unappend':{'Tags':'a'},'unset':'Old'}}");

    assertThat(updated.json().at("/data/attributes/properties"))
        .hasToString("{\"Tags\":[\"b\",\"c\"],\"One\":[\"x\",\"y\"]}");
  }

  @Test
  void a_profile_does_not_take_the_identifier_of_another() {
    String ada = created("{'email':'ada@shop.example'}");
    String bo = created("{'email':'bo@shop.example'}");

    Reply conflict = update(bo, "{'email':'ada@shop.example'}");

    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.at("/errors/0/meta/duplicate_profile_id")).isEqualTo(ada);
    assertThat(update(bo, "{'email':'bob@shop.example'}").status()).isEqualTo(200);
    assertThat(found("equals(email,\"bo@shop.example\")")).isEmpty();
    assertThat(found("equals(email,\"bob@shop.example\")")).containsExactly(bo);
  }

  @Test
  void an_update_names_a_profile_that_is_there_in_path_and_body() {
    String id = created("{'email':'ada@shop.example'}");

    assertThat(update("01KNOSUCH", "{}").status()).isEqualTo(404);
    assertThat(update("01KNOSUCH", "{}").at("/errors/0/detail"))
        .isEqualTo("A profile with id `01KNOSUCH` does not exist.");
    assertThat(
            client
                .send("PATCH", PROFILES + "/" + id, "{\"data\":" + email("ada@shop.example") + "}")
                .pointers())
        .containsExactly("/data/id");
    assertThat(update(id, "{'phone_number':'0770'}").pointers())
        .containsExactly("/data/attributes/phone_number");
    assertThat(update(id, "{'_kx':'token'}").pointers()).containsExactly("/data/attributes/_kx");
  }

  // Making or changing

  @Test
  void a_profile_is_made_the_first_time_and_changed_the_next() {
    Reply first =
        post(IMPORT, profile(null, "{'email':'ada@shop.example','title':'Countess'}", null));
    Reply second =
        post(
            IMPORT,
            profile(
                null,
                "{'email':'ADA@shop.example','external_id':'c-17','title':null}",
                "{'patch_properties':{'append':{'Tags':'a'}}}"));

    assertThat(first.status()).isEqualTo(201);
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.at("/data/id")).isEqualTo(first.at("/data/id"));
    JsonNode ada = second.json().at("/data/attributes");
    assertThat(ada.path("email").asText()).isEqualTo("ADA@shop.example");
    assertThat(ada.path("external_id").asText()).isEqualTo("c-17");
    assertThat(ada.path("title").isNull()).isTrue();
    assertThat(ada.path("properties")).hasToString("{\"Tags\":[\"a\"]}");
    assertThat(found("equals(external_id,\"c-17\")")).containsExactly(first.at("/data/id"));
  }

  @Test
  void a_profile_is_changed_by_its_id_its_address_too() {
    String id = created("{'email':'old@shop.example'}");

    Reply changed = post(IMPORT, profile(id, "{'email':'new@shop.example','_kx':'token'}", null));

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.at("/data/id")).isEqualTo(id);
    assertThat(changed.at("/data/attributes/email")).isEqualTo("new@shop.example");
    assertThat(post(IMPORT, profile("01KNOSUCH", "{}", null)).status()).isEqualTo(404);
  }

  @Test
  void identifiers_of_two_profiles_conflict() {
    created("{'email':'ada@shop.example'}");
    String bo = created("{'external_id':'c-18'}");

    Reply conflict =
        post(IMPORT, profile(null, "{'email':'ada@shop.example','external_id':'c-18'}", null));

    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.at("/errors/0/meta/duplicate_profile_id")).isEqualTo(bo);
  }

  // Finding

  private List<String> found(String filter) {
    Reply reply = client.get(PROFILES, "filter", filter);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply.each("/id");
  }

  @Test
  void profiles_are_found_by_each_identifier() {
    String ada = created("{'email':'ada+vip@shop.example','external_id':'c-17'}");
    String bo = created("{'email':'bo@shop.example','phone_number':'+442079460001'}");

    assertThat(found("equals(email,\"ADA+vip@shop.example\")")).containsExactly(ada);
    assertThat(
            found("any(email,[\"bo@shop.example\",\"no@shop.example\",\"ada+vip@shop.example\"])"))
        .containsExactly(ada, bo);
    assertThat(found("equals(phone_number,\"+442079460001\")")).containsExactly(bo);
    assertThat(found("any(external_id,[\"c-17\",\"c-18\"])")).containsExactly(ada);
    assertThat(found("equals(id,\"" + bo + "\")")).containsExactly(bo);
    assertThat(found("any(id,[\"" + bo + "\",\"01KNOSUCH\"]),equals(email,\"bo@shop.example\")"))
        .containsExactly(bo);
    assertThat(found("and(equals(id,\"" + bo + "\"),equals(external_id,\"c-17\"))")).isEmpty();
    assertThat(
            client.get(PROFILES + "?filter=equals(email,%22ada+vip@shop.example%22)").each("/id"))
        .as("an unencoded + is a space")
        .isEmpty();
  }

  @Test
  void any_takes_up_to_a_hundred_values_and_all_other_operators_one() {
    created("{'email':'ada@shop.example'}");

    assertThat(found("equals(email,[\"ada@shop.example\"])")).hasSize(1);
    assertThat(found(any(100))).isEmpty();
    for (String filter :
        List.of(
            any(101),
            "equals(email,[\"ada@shop.example\",\"bo@shop.example\"])",
            "greater-than(created,[2026-09-01T08:00:00Z,2026-09-02T08:00:00Z])")) {
      Reply refused = client.get(PROFILES, "filter", filter);

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.at("/errors/0/source/parameter")).isEqualTo("filter");
    }
  }

  private static String any(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"c-" + i + "\"")
        .collect(Collectors.joining(",", "any(external_id,[", "])"));
  }

  @Test
  void profiles_are_found_by_when_they_were_made_and_changed() {
    String ada = created("{'email':'ada@shop.example'}");
    time.advance(Duration.ofMinutes(1));
    String bo = created("{'email':'bo@shop.example'}");
    time.advance(Duration.ofMinutes(1));
    update(ada, "{'title':'Countess'}");

    assertThat(found("greater-than(created,2026-09-01T08:00:00Z)")).containsExactly(bo);
    assertThat(found("less-than(created,2026-09-01T08:01:00Z)")).containsExactly(ada);
    assertThat(found("greater-than(updated,2026-09-01T08:01:00Z)")).containsExactly(ada);
    assertThat(found("less-than(updated,2026-09-01T08:02:00+00:00),equals(id,'" + ada + "')"))
        .isEmpty();
    for (String filter : List.of("equals(created,2026-09-01T08:00:00Z)", "equals(title,'x')")) {
      assertThat(client.get(PROFILES, "filter", filter).status()).isEqualTo(400);
    }
  }

  @Test
  void profiles_are_sorted_by_creation_change_address_or_id() {
    String bo = created("{'email':'bo@shop.example'}");
    time.advance(Duration.ofMinutes(1));
    String ada = created("{'email':'Ada@shop.example'}");
    time.advance(Duration.ofMinutes(1));
    update(bo, "{'title':'Baron'}");

    assertThat(sorted("created")).containsExactly(bo, ada);
    assertThat(sorted("-created")).containsExactly(ada, bo);
    assertThat(sorted("updated")).containsExactly(ada, bo);
    assertThat(sorted("-updated")).containsExactly(bo, ada);
    assertThat(sorted("email")).containsExactly(ada, bo);
    assertThat(sorted("-email")).containsExactly(bo, ada);
    assertThat(sorted("id")).isSorted();
    assertThat(
            client
                .get(
                    PROFILES,
                    "sort",
                    "email",
                    "filter",
                    "any(email,[\"bo@shop.example\",\"ada@shop.example\",\"x@shop.example\"])")
                .each("/id"))
        .containsExactly(ada, bo);
    assertThat(client.get(PROFILES, "sort", "title").status()).isEqualTo(400);
  }

  private List<String> sorted(String sort) {
    return client.get(PROFILES, "sort", sort).each("/id");
  }

  @Test
  void profiles_come_in_pages_of_twenty_up_to_a_hundred() {
    imported(customers(130));

    assertThat(client.get(PROFILES).each("/id")).hasSize(20);
    assertThat(client.get(PROFILES, "page[size]", "101").status()).isEqualTo(400);
    for (String sort : List.of("created", "-created", "email", "-id")) {
      List<Reply> pages = client.pages(PROFILES, "page[size]", "100", "sort", sort);
      assertThat(pages).extracting(page -> page.each("/id").size()).containsExactly(100, 30);
      assertThat(pages.stream().flatMap(page -> page.each("/id").stream())).doesNotHaveDuplicates();
    }
  }

  // Reading

  @Test
  void a_profile_is_read_with_some_of_its_fields_and_without_relationships() {
    String id = created("{'email':'ada@shop.example','location':{'city':'London','zip':'N1'}}");

    Reply some = client.get(PROFILES + "/" + id, "fields[profile]", "email,location.city");

    assertThat(some.json().at("/data").fieldNames())
        .toIterable()
        .containsExactly("type", "id", "attributes", "links");
    assertThat(some.json().at("/data/attributes"))
        .hasToString("{\"email\":\"ada@shop.example\",\"location\":{\"city\":\"London\"}}");
    assertThat(client.get(PROFILES + "/" + id, "fields[profile]", "joined_group_at").status())
        .isEqualTo(400);
    assertThat(client.get(PROFILES + "/01KNOSUCH").status()).isEqualTo(404);
  }

  @Test
  void a_profile_tells_its_lists() {
    fake(builder -> builder.list(LIST, "VIP").list("AAAAAA", "Gold").list("BBBBBB", "Silver"));
    klaviyo.list(LIST).add("ada@shop.example");
    klaviyo.list("BBBBBB").add("ada@shop.example");
    String id = found("equals(email,\"ada@shop.example\")").get(0);
    String path = PROFILES + "/" + id;

    Reply whole = client.get(path, "include", "lists", "fields[list]", "name");

    assertThat(whole.json().at("/data/relationships/lists/data"))
        .hasToString(
            "[{\"type\":\"list\",\"id\":\"Y6nRLr\"},{\"type\":\"list\",\"id\":\"BBBBBB\"}]");
    assertThat(whole.at("/included/1/attributes/name")).isEqualTo("Silver");
    assertThat(whole.header("RateLimit-Limit")).contains("1, 1;w=1, 15;w=60");
    assertThat(client.get(path, "include", "lists").status()).isEqualTo(429);
    assertThat(client.get(path + "/lists").each("/attributes/name"))
        .containsExactly("VIP", "Silver");
    assertThat(client.get(path + "/relationships/lists").each("/id"))
        .containsExactly(LIST, "BBBBBB");
    assertThat(client.get(path + "/lists").header("RateLimit-Limit")).contains("3, 3;w=1, 60;w=60");
    assertThat(client.get(PROFILES + "/01KNOSUCH/lists").status()).isEqualTo(404);
  }

  @Test
  void profiles_of_imports_and_of_single_calls_are_the_same() {
    String id = created("{'email':'ada@shop.example'}");

    imported(row("\"email\":\"ada@shop.example\",\"title\":\"Countess\""));

    assertThat(client.get(PROFILES + "/" + id).at("/data/attributes/title")).isEqualTo("Countess");
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
  }

  // Several email addresses

  @Test
  void a_profile_is_found_by_any_of_its_addresses_and_shows_the_one_it_had_first() {
    klaviyo.list().add("ada@shop.example");
    FakeProfile ada = klaviyo.profile("ada@shop.example").orElseThrow();
    ada.addAddress("Ada.Byron@home.example");

    imported(row("\"email\":\"ADA.byron@home.example\",\"title\":\"Countess\""));

    assertThat(found("any(email,[\"ada.byron@home.example\",\"ada@shop.example\"])"))
        .containsExactly(ada.id());
    assertThat(client.get(PROFILES + "/" + ada.id()).at("/data/attributes/title"))
        .isEqualTo("Countess");
    Reply members =
        client.get(
            "/api/lists/" + LIST + "/profiles",
            "filter",
            "any(email,[\"ada.byron@home.example\"])");
    assertThat(members.each("/id")).containsExactly(ada.id());
    assertThat(members.each("/attributes/email")).containsExactly("ada@shop.example");
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    assertThat(klaviyo.profile("ada.byron@home.example").orElseThrow().id()).isEqualTo(ada.id());
    assertThat(ada.addresses()).containsExactly("ada@shop.example", "ada.byron@home.example");
  }

  @Test
  void a_new_address_takes_the_place_of_the_one_shown_and_the_others_stay() {
    klaviyo.list().add("ada@shop.example");
    FakeProfile ada =
        klaviyo.profile("ada@shop.example").orElseThrow().addAddress("ada@home.example");

    assertThat(update(ada.id(), "{'email':'ada@work.example'}").status()).isEqualTo(200);

    assertThat(ada.addresses()).containsExactly("ada@work.example", "ada@home.example");
    assertThat(klaviyo.profile("ada@shop.example")).isEmpty();
  }

  @Test
  void a_deleted_profile_is_found_by_none_of_its_addresses() {
    klaviyo.list().add("ada@shop.example");
    klaviyo.profile("ada@shop.example").orElseThrow().addAddress("ada@home.example");

    assertThat(
            client
                .send(
                    "POST",
                    "/api/data-privacy-deletion-jobs",
                    """
                    {"data":{"type":"data-privacy-deletion-job","attributes":{"profile":{"data":\
                    {"type":"profile","attributes":{"email":"ada@home.example"}}}}}}\
                    """)
                .status())
        .isEqualTo(202);
    time.advance(Duration.ofMinutes(1));

    assertThat(klaviyo.profile("ada@shop.example")).isEmpty();
    assertThat(klaviyo.profile("ada@home.example")).isEmpty();
  }

  @Test
  void an_address_belongs_to_one_profile_and_a_profile_has_five_at_most() {
    klaviyo.list().add("ada@shop.example", "bo@shop.example");
    FakeProfile ada = klaviyo.profile("ada@shop.example").orElseThrow();

    assertThatIllegalStateException()
        .isThrownBy(() -> ada.addAddress("BO@shop.example"))
        .withMessageContaining("has that address already");
    assertThatIllegalArgumentException().isThrownBy(() -> ada.addAddress("ada at shop"));
    for (int i = 2; i <= 5; i++) {
      ada.addAddress("ada." + i + "@shop.example");
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> ada.addAddress("ada.6@shop.example"))
        .withMessageContaining("5 email addresses");
  }
}
