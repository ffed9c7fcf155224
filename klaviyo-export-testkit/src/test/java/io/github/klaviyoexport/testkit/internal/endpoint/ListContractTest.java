package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.FakeList;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists. */
class ListContractTest extends FakeKlaviyoContract {
  private static final String OPT_IN = "/data/attributes/opt_in_process";

  @Test
  void a_list_is_read_by_its_id_and_counted_on_demand() {
    imported(customers(3));

    Reply list = client.get("/api/lists/" + LIST);
    Reply counted = client.get("/api/lists/" + LIST, "additional-fields[list]", "profile_count");

    assertThat(list.at("/data/attributes/name")).isEqualTo("VIP");
    assertThat(list.at("/data/links/self")).endsWith("/api/lists/" + LIST + "/");
    assertThat(list.json().at("/data/attributes").has("profile_count")).isFalse();
    assertThat(counted.at("/data/attributes/profile_count")).isEqualTo("3");
    assertThat(client.get("/api/lists", "additional-fields[list]", "profile_count").status())
        .isEqualTo(400);
  }

  @Test
  void an_unknown_list_is_not_found() {
    Reply missing = client.get("/api/lists/NoSuch");

    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.at("/errors/0/code")).isEqualTo("not_found");
    assertThat(missing.at("/errors/0/detail")).isEqualTo("A list with id `NoSuch` does not exist.");
    assertThat(missing.pointers()).containsExactly("/data/");
    assertThat(client.get("/api/lists/NoSuch/profiles").status()).isEqualTo(404);
    assertThat(client.get("/api/lists/NoSuch/relationships/profiles").status()).isEqualTo(404);
  }

  @Test
  void lists_come_ten_a_page_and_are_found_by_name_or_id() {
    fake(
        builder -> {
          for (int i = 10; i < 23; i++) {
            builder.list("List" + i, i == 22 ? "O'Hara, \"VIP\"" : "List " + i);
          }
          return builder;
        });

    assertThat(client.pages("/api/lists", "sort", "-id"))
        .extracting(page -> page.each("/id").size())
        .containsExactly(10, 3);
    assertThat(client.get("/api/lists", "page[size]", "11").status()).isEqualTo(400);
    assertThat(found("equals(name,\"List 11\")")).containsExactly("List11");
    assertThat(found("equals(name,['List 11'])")).containsExactly("List11");
    assertThat(found("any(name,[\"List 12\",\"List 13\",\"None\"])"))
        .containsExactly("List12", "List13");
    assertThat(found("equals(name,\"O'Hara, \\\"VIP\\\"\")")).containsExactly("List22");
    assertThat(found("and(any(id,[\"List14\",\"List15\"]),equals(name,\"List 15\"))"))
        .containsExactly("List15");
    assertThat(found("equals(name,\"list 11\")")).isEmpty();
    assertThat(found("greater-than(created,2026-08-31T00:00:00Z),equals(id,'List16')"))
        .containsExactly("List16");
  }

  private List<String> found(String filter) {
    Reply reply = client.get("/api/lists", "filter", filter);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply.each("/id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "equals(name,VIP)",
        "equals(name,\"VIP\"",
        "equals(name,\"VIP)",
        "contains(name,\"VI\")",
        "equals(opt_in_process,\"single_opt_in\")",
        "any(name,[])",
        "any(name,\"VIP\")",
        "name=VIP",
        "greater-than(created,yesterday)",
        "greater-than(created,\"yesterday\")",
        ""
      })
  void a_filter_that_klaviyo_does_not_know_is_refused(String filter) {
    Reply reply = client.get("/api/lists", "filter", filter);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.at("/errors/0/source/parameter")).isEqualTo("filter");
  }

  // Making, changing and deleting

  private static String list(String attributes) {
    return "{\"data\":{\"type\":\"list\",\"attributes\":" + attributes.replace('\'', '"') + "}}";
  }

  private Reply create(String attributes) {
    return client.send("POST", "/api/lists", list(attributes));
  }

  private Reply update(String id, String attributes) {
    return client.send(
        "PATCH",
        "/api/lists/" + id,
        list(attributes).replace("\"type\"", "\"id\":\"" + id + "\",\"type\""));
  }

  @Test
  void a_list_is_created_and_can_be_found_read_and_filled() {
    time.advance(Duration.ofMinutes(1));

    Reply created = create("{'name':'New arrivals','opt_in_process':'double_opt_in'}");

    assertThat(created.status()).isEqualTo(201);
    String id = created.at("/data/id");
    assertThat(id).matches("[A-Za-z0-9]{6}");
    assertThat(created.json().at("/data/attributes"))
        .hasToString(
            "{\"name\":\"New arrivals\",\"created\":\"2026-09-01T08:01:00+00:00\","
                + "\"updated\":\"2026-09-01T08:01:00+00:00\",\"opt_in_process\":\"double_opt_in\"}");
    assertThat(created.json().at("/data/relationships").fieldNames())
        .toIterable()
        .containsExactly("profiles", "tags", "flow-triggers");
    assertThat(created.at("/data/links/self")).endsWith("/api/lists/" + id + "/");
    assertThat(found("equals(name,\"New arrivals\")")).containsExactly(id);
    assertThat(client.get("/api/lists/" + id).at("/data/attributes/name"))
        .isEqualTo("New arrivals");
    klaviyo.list(id).add("ada@shop.example");
    assertThat(client.get("/api/lists/" + id + "/profiles").each("/attributes/email"))
        .containsExactly("ada@shop.example");
    assertThat(klaviyo.lists()).extracting(FakeList::name).containsExactly("VIP", "New arrivals");
  }

  @Test
  void lists_may_share_a_name() {
    create("{'name':'VIP'}");

    assertThat(found("equals(name,\"VIP\")")).hasSize(2);
  }

  @Test
  void a_list_opts_in_as_the_account_does_unless_it_says_otherwise() {
    assertThat(create("{'name':'One','opt_in_process':null}").at(OPT_IN))
        .isEqualTo("single_opt_in");
    fake(builder -> builder.doubleOptIn(true));

    assertThat(create("{'name':'Two'}").at(OPT_IN)).isEqualTo("double_opt_in");
    assertThat(create("{'name':'Three','opt_in_process':'single_opt_in'}").at(OPT_IN))
        .isEqualTo("single_opt_in");
    assertThat(client.get("/api/lists/" + LIST).at(OPT_IN)).isEqualTo("double_opt_in");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                          | /data/attributes/name",
        "{'name':null}                               | /data/attributes/name",
        "{'name':' '}                                | /data/attributes/name",
        "{'name':7}                                  | /data/attributes/name",
        "{'name':'A','opt_in_process':'triple'}      | /data/attributes/opt_in_process",
        "{'name':'A','opt_in_process':7}             | /data/attributes/opt_in_process",
        "{'name':'A','colour':'red'}                 | /data/attributes/colour",
        "[]                                          | /data/attributes",
      })
  void a_list_that_will_not_do_is_refused(String attributes, String pointer) {
    Reply refused = create(attributes);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).containsExactly(pointer);
    assertThat(klaviyo.lists()).hasSize(1);
  }

  @Test
  void a_list_is_renamed_and_tells_when() {
    time.advance(Duration.ofMinutes(1));

    Reply updated = update(LIST, "{'name':'Gold'}");

    assertThat(updated.status()).isEqualTo(200);
    assertThat(updated.json().at("/data/attributes"))
        .hasToString(
            "{\"name\":\"Gold\",\"created\":\"2026-09-01T08:00:00+00:00\","
                + "\"updated\":\"2026-09-01T08:01:00+00:00\",\"opt_in_process\":\"single_opt_in\"}");
    assertThat(update(LIST, "{'opt_in_process':'double_opt_in'}").at("/data/attributes/name"))
        .isEqualTo("Gold");
    assertThat(klaviyo.list().name()).isEqualTo("Gold");
    create("{'name':'New'}");
    assertThat(found("greater-than(updated,2026-09-01T08:00:59Z)")).hasSize(2);
    assertThat(client.get("/api/lists", "sort", "-updated").each("/attributes/name"))
        .containsExactlyInAnyOrder("Gold", "New");
  }

  @Test
  void a_list_is_not_changed_into_what_would_not_do() {
    assertThat(update(LIST, "{'name':''}").pointers()).containsExactly("/data/attributes/name");
    assertThat(update("NoSuch", "{'name':'A'}").status()).isEqualTo(404);
    Reply other = client.send("PATCH", "/api/lists/" + LIST, list("{'name':'A'}"));
    assertThat(other.pointers()).contains("/data/id");
    assertThat(klaviyo.list().name()).isEqualTo("VIP");
  }

  @Test
  void a_deleted_list_is_gone_and_its_members_stay_profiles() {
    imported(customers(2));
    Reply job = client.submit(customers(2));

    Reply deleted = client.send("DELETE", "/api/lists/" + LIST, "");

    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.text()).isEmpty();
    assertThat(client.get("/api/lists/" + LIST).status()).isEqualTo(404);
    assertThat(client.get("/api/lists").each("/id")).isEmpty();
    assertThat(client.send("DELETE", "/api/lists/" + LIST, "").status()).isEqualTo(404);
    time.advance(JOB);
    assertThat(client.job(job).at("/data/attributes/status"))
        .as("a job that is under way ends without its list")
        .isEqualTo("complete");
    assertThat(client.submit(customers(2)).at("/errors/0/detail"))
        .isEqualTo("List ID " + LIST + " does not exist.");
  }

  @Test
  void some_fields_of_a_list_come_without_relationships() {
    Reply some = client.get("/api/lists", "fields[list]", "name");

    assertThat(some.json().at("/data/0").fieldNames())
        .toIterable()
        .containsExactly("type", "id", "attributes", "links");
    assertThat(some.json().at("/data/0/attributes")).hasToString("{\"name\":\"VIP\"}");
  }
}
