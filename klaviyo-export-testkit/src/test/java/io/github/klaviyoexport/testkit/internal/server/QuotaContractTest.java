package io.github.klaviyoexport.testkit.internal.server;

import static io.github.klaviyoexport.testkit.Client.IMPORTS;
import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.email;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Quotas, and what answers tell of them. */
class QuotaContractTest extends FakeKlaviyoContract {
  List<Integer> statusesOf(int calls) {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      statuses.add(client.get(IMPORTS).status());
    }
    return statuses;
  }

  @Test
  void more_calls_than_the_quota_of_a_second_are_throttled_until_its_window_ends() {
    assertThat(statusesOf(10)).containsOnly(200);

    Reply throttled = client.get(IMPORTS);

    assertThat(throttled.status()).isEqualTo(429);
    assertThat(throttled.header("Retry-After")).contains("1");
    assertThat(throttled.header("RateLimit-Limit")).isEmpty();
    assertThat(throttled.at("/errors/0/code")).isEqualTo("throttled");
    assertThat(throttled.at("/errors/0/detail"))
        .isEqualTo("Request was throttled. Expected available in 1 second.");
    time.advance(Duration.ofSeconds(1));
    assertThat(statusesOf(11)).endsWith(200, 429);
  }

  @Test
  void windows_are_fixed_so_a_burst_across_their_edge_passes_twice_the_quota() {
    // Find the edge: calls are refused until the window ends.
    statusesOf(10);
    while (client.get(IMPORTS).status() == 429) {
      time.advance(Duration.ofMillis(25));
    }
    time.advance(Duration.ofMillis(975));
    statusesOf(9);
    time.advance(Duration.ofMillis(25));

    assertThat(statusesOf(10)).containsOnly(200);
    assertThat(klaviyo.mostRequests(Operation.GET_BULK_IMPORT_PROFILES_JOBS, Duration.ofMillis(26)))
        .isEqualTo(19);
  }

  @Test
  void the_quota_of_a_minute_holds_as_well_and_its_wait_is_as_long() {
    for (int second = 0; second < 15; second++) {
      statusesOf(10);
      time.advance(Duration.ofSeconds(1));
    }

    // All 150 are used unless the minute began meanwhile, which it does for one of 60 phases.
    Reply throttled = client.get(IMPORTS);
    int wait = Integer.parseInt(throttled.header("Retry-After").orElseThrow());

    assertThat(wait).isBetween(2, 60);
    time.advance(Duration.ofSeconds(wait - 1).minusNanos(1));
    assertThat(client.get(IMPORTS).status()).isEqualTo(429);
    time.advance(Duration.ofSeconds(1).plusNanos(1));
    assertThat(client.get(IMPORTS).status()).isEqualTo(200);
  }

  @Test
  void an_answer_tells_the_quotas_as_a_list_and_what_is_left_of_the_narrowest() {
    Reply first = client.get(IMPORTS);
    Reply second = client.get(IMPORTS);

    assertThat(first.header("RateLimit-Limit")).contains("10, 10;w=1, 150;w=60");
    assertThat(first.header("RateLimit-Remaining")).contains("9");
    assertThat(first.header("RateLimit-Reset")).contains("0");
    assertThat(second.header("RateLimit-Remaining")).contains("8");
  }

  @Test
  void a_refused_call_draws_from_the_quota_too_and_says_so() {
    Reply missing = client.get("/api/lists/NoSuch");
    Reply invalid = client.submit(email("not an address"));

    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.header("RateLimit-Remaining")).contains("74");
    assertThat(invalid.status()).isEqualTo(400);
    assertThat(invalid.header("RateLimit-Remaining")).contains("9");
  }

  @Test
  void every_operation_has_a_quota_of_its_own() {
    statusesOf(10);

    assertThat(client.get(IMPORTS).status()).isEqualTo(429);
    assertThat(client.get("/api/lists").status()).isEqualTo(200);
    assertThat(client.submit(email("ada@shop.example")).status()).isEqualTo(202);
  }

  @Test
  void counting_a_list_draws_from_a_quota_of_one_a_second() {
    String path = "/api/lists/" + LIST;
    Reply counted = client.get(path, "additional-fields[list]", "profile_count");

    assertThat(counted.header("RateLimit-Limit")).contains("1, 1;w=1, 15;w=60");
    assertThat(client.get(path, "additional-fields[list]", "profile_count").status())
        .isEqualTo(429);
    assertThat(client.get(path).status()).isEqualTo(200);
  }

  @Test
  void where_calls_went_beyond_a_quota_is_told_in_words() {
    statusesOf(10);
    assertThat(klaviyo.exceededQuotas()).isEmpty();

    statusesOf(1);
    client.get("/api/profiles/one", "include", "lists");
    client.get("/api/profiles/one", "include", "segments,lists");

    assertThat(klaviyo.exceededQuotas())
        .containsExactly(
            "11 calls of GET_BULK_IMPORT_PROFILES_JOBS within a second; allowed: 10",
            "2 calls of GET_PROFILE with lists within a second; allowed: 1");
  }

  @Test
  void an_account_without_quota_throttles_nobody() {
    fake(builder -> builder.quota(false));

    assertThat(statusesOf(200)).containsOnly(200);
    assertThat(client.get(IMPORTS).header("RateLimit-Limit")).isEmpty();
  }

  private Reply createList() {
    return client.send(
        "POST", "/api/lists", "{\"data\":{\"type\":\"list\",\"attributes\":{\"name\":\"VIP\"}}}");
  }

  @Test
  void a_hundred_and_fifty_lists_are_created_in_a_day_and_no_more() {
    Reply first = createList();
    assertThat(first.header("RateLimit-Limit")).contains("10, 10;w=1, 150;w=60, 150;w=86400");
    assertThat(first.header("RateLimit-Remaining")).contains("9");
    int created = 1;
    while (created < 150) {
      time.advance(Duration.ofSeconds(1));
      created += createList().status() == 201 ? 1 : 0;
    }
    time.advance(Duration.ofMinutes(1));

    // The day may have begun anew meanwhile, for few of its beginnings; not for this seed.
    Reply throttled = createList();

    assertThat(throttled.status()).isEqualTo(429);
    Duration wait =
        Duration.ofSeconds(Long.parseLong(throttled.header("Retry-After").orElseThrow()));
    assertThat(wait).isBetween(Duration.ofMinutes(2), Duration.ofDays(1));
    time.advance(wait.minusSeconds(1).minusNanos(1));
    assertThat(createList().status()).isEqualTo(429);
    time.advance(Duration.ofSeconds(1).plusNanos(1));
    assertThat(createList().status()).isEqualTo(201);
    assertThat(Operation.CREATE_LIST.daily()).hasValue(150);
    assertThat(Operation.GET_LISTS.daily()).isEmpty();
  }

  @Test
  void what_is_counted_beside_is_drawn_beside_the_usual_quota() {
    String path = "/api/lists/" + LIST;
    client.get(path, "additional-fields[list]", "profile_count");

    assertThat(client.get(path).header("RateLimit-Remaining"))
        .as("counting has drawn from the usual quota too")
        .contains("73");
    assertThat(client.get(path, "additional-fields[list]", "profile_count").status())
        .isEqualTo(429);
    assertThat(client.get(path).header("RateLimit-Remaining"))
        .as("what was turned away has drawn from neither")
        .contains("72");
  }
}
