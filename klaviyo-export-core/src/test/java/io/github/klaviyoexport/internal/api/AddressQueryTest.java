package io.github.klaviyoexport.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.testing.ScriptedKlaviyo;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.TestTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Profiles are looked up by addresses, which stand in a filter as Klaviyo's grammar wants it. */
class AddressQueryTest {
  @Test
  void addresses_stand_in_quotes_whatever_is_in_them_and_are_percent_encoded()
      throws InterruptedException {
    AddressQuery query = new AddressQuery();
    query.add("ada+vip@shop.example");
    query.add("o'brien&co=1@shop.example");
    query.add("\"a\\b\"@shop.example");
    query.add("jürgen@bücher.example");

    Asked asked = asked(query);

    assertThat(asked.line()).isEqualTo("GET /api/profiles");
    assertThat(asked.request().uri().getRawQuery())
        .isEqualTo(
            "fields%5Bprofile%5D=email&filter=any%28email%2C%5B"
                + "%22ada%2Bvip%40shop.example%22%2C"
                + "%22o%27brien%26co%3D1%40shop.example%22%2C"
                + "%22%5C%22a%5C%5Cb%5C%22%40shop.example%22%2C"
                + "%22j%C3%BCrgen%40b%C3%BCcher.example%22"
                + "%5D%29&page%5Bsize%5D=100");
  }

  @Test
  void a_call_takes_a_hundred_and_never_none() {
    AddressQuery query = new AddressQuery();
    for (int i = 0; i < 100; i++) {
      assertThat(query.add(i + "@shop.example")).isTrue();
    }
    assertThat(query.add("100@shop.example")).isFalse();
    assertThat(query.size()).isEqualTo(100);

    assertThat(new AddressQuery().add("ü".repeat(2_000) + "@shop.example")).isTrue();
  }

  @Test
  void half_of_them_go_into_either_half() {
    AddressQuery query = new AddressQuery();
    query.add("a@shop.example");
    query.add("b@shop.example");
    query.add("c@shop.example");

    assertThat(query.halves())
        .extracting(AddressQuery::filter)
        .containsExactly(
            "any(email,[\"a@shop.example\"])",
            "any(email,[\"b@shop.example\",\"c@shop.example\"])");
  }

  @Test
  void it_does_not_tell_the_addresses() {
    AddressQuery query = new AddressQuery();
    query.add("ada@shop.example");

    assertThat(query).hasToString("AddressQuery[1 address]");
  }

  private static Asked asked(AddressQuery query) throws InterruptedException {
    TestTime time = new TestTime();
    ScriptedKlaviyo klaviyo = new ScriptedKlaviyo(time, asked -> Answer.json(200, "{\"data\":[]}"));
    KlaviyoAccess access =
        new KlaviyoAccess(
            KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo), time);
    access.<List<String>>ask(Duration.ofMinutes(1), (api, then) -> api.profilesOf(query, then));
    return klaviyo.asked().get(0);
  }
}
