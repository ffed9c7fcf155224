package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An account that joins, counts and answers late, and shows other addresses: as Klaviyo may. */
class LateAccountContractTest extends FakeKlaviyoContract {
  private static final String MEMBERS = "/api/lists/" + LIST + "/profiles";

  private int count() {
    return client
        .get("/api/lists/" + LIST, "additional-fields[list]", "profile_count")
        .json()
        .at("/data/attributes/profile_count")
        .asInt();
  }

  @Test
  void profiles_of_a_complete_job_join_their_list_after_a_while_if_the_account_is_told_to() {
    fake(builder -> builder.membersJoinAfter(Duration.ofDays(1)));
    String sent = client.submit(Client.customers(3)).at("/data/attributes/created_at");
    time.advance(JOB);
    assertThat(client.get(Client.IMPORTS).each("/attributes/status")).containsExactly("complete");
    assertThat(client.get("/api/profiles").each("/id")).hasSize(3);
    assertThat(client.get(MEMBERS).each("/id")).isEmpty();
    assertThat(count()).isZero();

    time.advance(Duration.ofDays(1));

    assertThat(client.get(MEMBERS).each("/id")).hasSize(3);
    assertThat(count()).isEqualTo(3);
    assertThat(client.get(MEMBERS).each("/attributes/joined_group_at"))
        .allSatisfy(
            joined ->
                assertThat(OffsetDateTime.parse(joined))
                    .isEqualTo(OffsetDateTime.parse(sent).plus(JOB).plusDays(1)));
  }

  @Test
  void a_profile_that_is_deleted_before_it_joins_does_not_join() {
    fake(builder -> builder.membersJoinAfter(Duration.ofDays(1)));
    imported(Client.customers(2));
    client.send(
        "POST",
        "/api/data-privacy-deletion-jobs",
        "{\"data\":{\"type\":\"data-privacy-deletion-job\",\"attributes\":{\"profile\":{\"data\":"
            + Client.email("customer1@shop.example")
            + "}}}}");
    time.advance(Duration.ofDays(2));

    assertThat(klaviyo.list().emails()).containsExactly("customer0@shop.example");
  }

  @Test
  void the_count_of_a_list_is_as_old_as_the_account_is_told() {
    fake(builder -> builder.countsShowAfter(Duration.ofHours(1)));
    klaviyo.list().add("ada@shop.example", "bo@shop.example");
    assertThat(count()).as("what was there before the test").isEqualTo(2);

    imported(Client.customers(3));
    time.advance(Duration.ofMinutes(30));
    assertThat(count()).isEqualTo(2);
    client.members("DELETE", List.of(klaviyo.profile("ada@shop.example").orElseThrow().id()));
    assertThat(client.get(MEMBERS).each("/id")).hasSize(4);

    time.advance(Duration.ofMinutes(30));
    assertThat(count()).isEqualTo(5);
    time.advance(Duration.ofMinutes(30));
    assertThat(count()).isEqualTo(4);
  }

  @Test
  void load_is_shed_with_403_in_both_forms_whatever_is_asked_for_and_for_so_long() {
    klaviyo.script(Operation.GET_LISTS, Fault.serverError(500));
    klaviyo.shedLoad(Duration.ofMinutes(2));
    assertThat(klaviyo.unused()).contains("load to be shed");

    assertThat(client.get("/api/lists").header("Content-Type").orElseThrow()).contains("json");
    assertThat(client.get("/api/lists").header("Content-Type").orElseThrow()).contains("html");
    assertThat(client.submit(Client.customers(1)).status()).isEqualTo(403);
    time.advance(Duration.ofMinutes(2));

    assertThat(client.get("/api/lists").status()).as("what was scripted waits").isEqualTo(500);
    assertThat(client.get("/api/lists").status()).isEqualTo(200);
    assertThat(klaviyo.unused()).isEmpty();
    assertThat(client.get("/api/profiles").each("/id")).isEmpty();
  }

  @Test
  void a_profile_can_be_told_to_show_another_of_its_addresses() {
    klaviyo.list().add("ada@shop.example");
    var ada = klaviyo.profile("ada@shop.example").orElseThrow().addAddress("Ada@home.example");

    ada.showAddress("ada@home.example");

    assertThat(client.get(MEMBERS).each("/attributes/email")).containsExactly("ada@home.example");
    assertThat(ada.addresses()).containsExactly("ada@home.example", "ada@shop.example");
    for (String email : ada.addresses()) {
      assertThat(
              client.get("/api/profiles", "filter", "equals(email,\"" + email + "\")").each("/id"))
          .containsExactly(ada.id());
    }
    imported(Client.email("ada@shop.example"));
    assertThat(klaviyo.list().emails()).containsExactly("ada@home.example");
    assertThat(ada.showAddress("ada@shop.example").addresses())
        .containsExactly("ada@shop.example", "ada@home.example");
    assertThatThrownBy(() -> ada.showAddress("other@shop.example"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The profile has no such address beside the one it shows: add it first, with"
                + " addAddress.");
  }
}
