package io.github.klaviyoexport.testkit;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists. */
class ListContractTest extends FakeKlaviyoContract {
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
}
