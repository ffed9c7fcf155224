package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static io.github.klaviyoexport.testkit.Client.email;
import static io.github.klaviyoexport.testkit.Client.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.Consent;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.FakeProfile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deleting profiles for the sake of privacy. */
class DeletionContractTest extends FakeKlaviyoContract {
  private static final String ADA = "ada@shop.example";

  private Reply delete(String profile) {
    return client.send(
        "POST",
        "/api/data-privacy-deletion-jobs",
        "{\"data\":{\"type\":\"data-privacy-deletion-job\",\"attributes\":{\"profile\":{\"data\":"
            + profile.replace('\'', '"')
            + "}}}}");
  }

  private static String by(String attributes) {
    return "{'type':'profile','attributes':{" + attributes + "}}";
  }

  @Test
  void a_deleted_profile_is_gone_from_everywhere_after_a_while() {
    Reply job =
        imported(
            row("\"email\":\"ada@shop.example\",\"external_id\":\"c-17\""),
            email("bo@shop.example"));
    FakeProfile ada = klaviyo.profile(ADA).orElseThrow().subscribe();
    String id = ada.id();

    Reply accepted = delete(by("'email':'Ada@shop.example'"));

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.text()).isEmpty();
    assertThat(accepted.header("RateLimit-Limit")).contains("3, 3;w=1, 60;w=60");
    assertThat(klaviyo.list().size()).isEqualTo(2);
    time.advance(JOB);
    assertThat(klaviyo.profile(ADA)).isEmpty();
    assertThat(klaviyo.list().emails()).containsExactly("bo@shop.example");
    assertThat(client.get("/api/profiles/" + id).status()).isEqualTo(404);
    assertThat(client.get("/api/profiles").each("/attributes/email"))
        .containsExactly("bo@shop.example");
    assertThat(client.get("/api/profiles", "filter", "equals(external_id,\"c-17\")").each("/id"))
        .isEmpty();
    assertThat(
            client
                .get(Client.IMPORTS + "/" + job.at("/data/id") + "/profiles")
                .each("/attributes/email"))
        .containsExactly("bo@shop.example");
    assertThat(client.members("POST", List.of(id)).status()).isEqualTo(204);
    assertThat(klaviyo.list().size()).isEqualTo(1);
    assertThatThrownBy(ada::emailConsent)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The profile was deleted since it was asked for: ask for it again.");
    assertThat(delete(by("'email':'ada@shop.example'")).status()).isEqualTo(404);
  }

  @Test
  void who_comes_back_is_somebody_new() {
    klaviyo.list().add(ADA);
    String id = klaviyo.profile(ADA).orElseThrow().subscribe().id();
    delete("{'type':'profile','id':'" + id + "','attributes':{}}");
    delete(by("'email':'ada@shop.example'"));
    time.advance(JOB);

    imported(email(ADA));

    FakeProfile ada = klaviyo.profile(ADA).orElseThrow();
    assertThat(ada.id()).isNotEqualTo(id);
    assertThat(ada.emailConsent()).isEqualTo(Consent.NEVER_SUBSCRIBED);
    assertThat(ada.lists()).containsExactly(LIST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'profile','attributes':{}}                               | /data/attributes/profile/data",
        "{'type':'profile','attributes':{'email':'ada@shop.example',"
            + "'phone_number':'+442079460001'}}                           | /data/attributes/profile/data",
        "{'type':'profile','id':'01','attributes':{'email':'ada@shop.example'}}"
            + "                                                           | /data/attributes/profile/data",
        "{'type':'profile','attributes':{'external_id':'c-17'}}"
            + "                                                           | /data/attributes/profile/data/attributes/external_id",
        "{'type':'person','attributes':{'email':'ada@shop.example'}}      | /data/attributes/profile/data/type",
        "[]                                                               | /data/attributes/profile/data",
      })
  void a_deletion_names_exactly_one_identifier(String profile, String pointer) {
    klaviyo.list().add(ADA);

    Reply refused = delete(profile);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers()).contains(pointer);
    time.advance(JOB);
    assertThat(klaviyo.profile(ADA)).isPresent();
  }

  @Test
  void an_unknown_profile_is_not_found() {
    assertThat(delete(by("'phone_number':'+442079460001'")).status()).isEqualTo(404);
  }

  @Test
  void profiles_are_paged_past_those_that_were_deleted() {
    imported(customers(30));
    List<String> emails =
        client.get("/api/profiles", "page[size]", "100").each("/attributes/email");
    delete(by("'email':'" + emails.get(0) + "'"));
    delete(by("'email':'" + emails.get(29) + "'"));
    time.advance(JOB);

    List<Reply> pages = client.pages("/api/profiles", "page[size]", "10");

    assertThat(pages.stream().flatMap(page -> page.each("/attributes/email").stream()))
        .isEqualTo(emails.subList(1, 29));
  }
}
