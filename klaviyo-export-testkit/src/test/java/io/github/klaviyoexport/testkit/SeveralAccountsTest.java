package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several accounts at one address, as Klaviyo's are, told apart by the key of a call. */
class SeveralAccountsTest {
  // @start region="several"
  private final FakeKlaviyo eu = FakeKlaviyo.builder().list("EuVIP1", "VIP").start();
  private final FakeKlaviyo us =
      FakeKlaviyo.builder().list("UsVIP1", "VIP").atAddressOf(eu).start();

  // @end

  @AfterEach
  void close() {
    us.close();
    eu.close();
  }

  @ParameterizedTest
  @EnumSource
  void each_has_lists_of_its_own(Entry entry) {
    assertThat(entry.client(eu).get("/api/lists").each("/id")).containsExactly("EuVIP1");
    assertThat(entry.client(us).get("/api/lists").each("/id")).containsExactly("UsVIP1");
    assertThat(entry.client(us).get("/api/lists/EuVIP1").status()).isEqualTo(404);
    assertThat(eu.requests()).hasSize(1);
    assertThat(us.requests()).hasSize(2);
  }

  @Test
  void they_have_one_address_over_http_and_one_transport_in_process() {
    assertThat(us.baseUrl()).isEqualTo(eu.baseUrl());

    Client throughEu =
        Client.inProcess(eu).with("Authorization", "Klaviyo-API-Key " + us.apiKey().value());
    assertThat(throughEu.get("/api/lists").each("/id")).containsExactly("UsVIP1");
  }

  @ParameterizedTest
  @EnumSource
  void each_tells_who_it_is(Entry entry) {
    assertThat(entry.client(eu).get("/api/accounts").each("/id")).containsExactly("FaKe01");
    assertThat(entry.client(us).get("/api/accounts").each("/id"))
        .containsExactly("FaKe02")
        .containsExactly(us.accountId());
  }

  @ParameterizedTest
  @EnumSource
  void each_has_quotas_and_faults_of_its_own(Entry entry) {
    eu.script(Operation.GET_LISTS, Fault.serverError(500));
    IntStream.range(0, 12).forEach(i -> entry.client(eu).get(Client.IMPORTS));

    assertThat(entry.client(us).get("/api/lists").status()).isEqualTo(200);
    assertThat(entry.client(us).get(Client.IMPORTS).status()).isEqualTo(200);
    assertThat(entry.client(eu).get("/api/lists").status()).isEqualTo(500);
  }

  @Test
  void an_access_token_says_which_account_is_meant() {
    try (FakeKlaviyo asia =
        FakeKlaviyo.builder().list("AsVIP1", "VIP").accessToken("at_x").atAddressOf(us).start()) {
      Client anyone = Client.overHttp(eu).with("Authorization", "Bearer at_x");

      assertThat(anyone.get("/api/lists").each("/id")).containsExactly("AsVIP1");
      assertThat(asia.requests()).hasSize(1);
    }
  }

  @Test
  void a_key_that_no_account_takes_is_refused_and_shows_at_the_first() {
    Client stranger = Client.overHttp(us).with("Authorization", "Klaviyo-API-Key pk_other");

    assertThat(stranger.get("/api/lists").status()).isEqualTo(401);
    assertThat(eu.requests()).hasSize(1);
    assertThat(us.requests()).isEmpty();
  }

  @Test
  void the_page_shows_each_by_its_id() {
    Client.overHttp(us).get("/api/lists");
    Client page = Client.overHttp(eu);

    assertThat(page.get("/fake/state").json().at("/lists/first/0/id").asText()).isEqualTo("EuVIP1");
    var state = page.get("/fake/state?account=FaKe02").json();
    assertThat(state.at("/lists/first/0/id").asText()).isEqualTo("UsVIP1");
    assertThat(state.at("/requests/total").asInt()).isEqualTo(1);
    assertThat(state.path("accounts"))
        .extracting(id -> id.asText())
        .containsExactly("FaKe01", "FaKe02");
    assertThat(page.get("/fake/members?account=FaKe02&list=UsVIP1").status()).isEqualTo(200);
    assertThat(page.get("/fake/state?account=FaKe03").status()).isEqualTo(404);
  }

  @Test
  void the_address_is_open_until_the_last_is_closed() {
    Client ofUs = Client.overHttp(us);
    Client ofEu = Client.overHttp(eu);
    ofUs.get("/api/lists");
    eu.close();

    assertThat(ofUs.get("/api/lists").status()).isEqualTo(200);
    assertThatThrownBy(() -> ofEu.tryToSend("GET", "/api/lists", ""))
        .isInstanceOf(IOException.class);
    assertThat(eu.requests()).isEmpty();
    us.close();
    assertThatThrownBy(() -> ofUs.tryToSend("GET", "/api/lists", ""))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> FakeKlaviyo.builder().atAddressOf(us).start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The fake Klaviyo whose address this account is to have is closed: start this one"
                + " before that.");
  }

  @Test
  void two_accounts_cannot_take_one_key() {
    FakeKlaviyoBuilder same = FakeKlaviyo.builder().apiKey(eu.apiKey().value()).atAddressOf(us);

    assertThatThrownBy(same::start)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "An account at this address takes the same key or access token: give each its own, by"
                + " which calls are told apart.");
  }

  @Test
  void an_account_that_tests_share_begins_anew_between_them() {
    Client ofUs = Client.overHttp(us);
    us.list().add("ada@shop.example");
    us.script(Operation.GET_LISTS, Fault.stalled());
    ofUs.get("/api/lists/UsVIP1");
    eu.list().add("bo@shop.example");

    assertThat(us.reset()).isSameAs(us);

    assertThat(us.requests()).isEmpty();
    assertThat(us.unused()).isEmpty();
    assertThat(us.list().emails()).isEmpty();
    assertThat(us.profile("ada@shop.example")).isEmpty();
    assertThat(ofUs.get("/api/lists").each("/id")).containsExactly("UsVIP1");
    assertThat(eu.list().emails()).containsExactly("bo@shop.example");
  }
}
