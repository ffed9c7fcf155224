package io.github.klaviyoexport.testkit.internal.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.OpenAccount;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Profiles in an order are sorted once, and anew when one of them has changed. */
class ProfileOrderContractTest extends OpenAccount {
  @Override
  public Entry entry() {
    return Entry.IN_PROCESS;
  }

  private List<String> sorted(String order) {
    return client.get("/api/profiles", "sort", order).each("/attributes/email");
  }

  @Test
  void an_order_holds_what_was_made_changed_deleted_or_shown_otherwise_since() {
    imported(Client.email("cy@shop.example"), Client.email("ada@shop.example"));
    assertThat(sorted("email")).containsExactly("ada@shop.example", "cy@shop.example");

    imported(Client.email("bo@shop.example"));
    assertThat(sorted("email"))
        .containsExactly("ada@shop.example", "bo@shop.example", "cy@shop.example");
    assertThat(sorted("-email"))
        .containsExactly("cy@shop.example", "bo@shop.example", "ada@shop.example");

    klaviyo
        .profile("ada@shop.example")
        .orElseThrow()
        .addAddress("z@shop.example")
        .showAddress("z@shop.example");
    assertThat(sorted("email"))
        .containsExactly("bo@shop.example", "cy@shop.example", "z@shop.example");

    String id = klaviyo.profile("bo@shop.example").orElseThrow().id();
    client.send(
        "PATCH",
        "/api/profiles/" + id,
        "{\"data\":{\"type\":\"profile\",\"id\":\""
            + id
            + "\",\"attributes\":{\"email\":\"x@shop.example\"}}}");
    assertThat(sorted("email"))
        .containsExactly("cy@shop.example", "x@shop.example", "z@shop.example");

    client.send(
        "POST",
        "/api/data-privacy-deletion-jobs",
        "{\"data\":{\"type\":\"data-privacy-deletion-job\",\"attributes\":{\"profile\":{\"data\":"
            + Client.email("cy@shop.example")
            + "}}}}");
    time.advance(JOB);
    assertThat(sorted("email")).containsExactly("x@shop.example", "z@shop.example");
  }

  @Test
  void an_address_is_the_one_that_was_sent_whatever_stands_before_it_or_is_in_it() {
    klaviyo.reset();
    imported(
        Client.row("\"first_name\":\"email\",\"email\":\"ada@shop.example\""),
        Client.row("\"email\":\"b\\u006f@shop.example\""),
        Client.row("\"email\" : \"cy@shop.example\""),
        Client.row("\"external_id\":\"\\u00e9\",\"email\":\"dee@shop.example\""));

    assertThat(sorted("email"))
        .containsExactly(
            "ada@shop.example", "bo@shop.example", "cy@shop.example", "dee@shop.example");
    for (String email : sorted("email")) {
      assertThat(klaviyo.profile(email)).as(email).isPresent();
    }
  }
}
