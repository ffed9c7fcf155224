package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.OpenAccount;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every time that the account tells is in whole seconds or in microseconds, as Klaviyo's are. */
class TimestampContractTest extends OpenAccount {
  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT.*");
  private static final String KLAVIYOS =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{6})?\\+00:00";

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);

  @Override
  public Entry entry() {
    return Entry.HTTP;
  }

  @Test
  void a_time_is_written_without_a_fraction_or_with_all_its_digits_and_read_as_the_same() {
    for (int i = 0; i < 20_000; i++) {
      // Fractions of 0 to 9 digits, also those that end in zeros.
      long unit = (long) Math.pow(10, random.nextInt(10));
      Instant time =
          Instant.ofEpochSecond(
              random.nextLong(4_000_000_000L), random.nextLong(1_000_000_000L / unit) * unit);

      String written = JsonValues.timestamp(time);

      assertThat(written).as("of %s, seed %s", time, seed).matches(KLAVIYOS);
      assertThat(OffsetDateTime.parse(written).toInstant())
          .isEqualTo(time.truncatedTo(ChronoUnit.MICROS));
    }
  }

  @Test
  void all_that_the_account_and_its_page_tell_is_in_these_forms() {
    fake(builder -> builder.quota(false));
    List<String> times = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      time.advance(Duration.ofNanos(random.nextLong(100_000) * 10_000));
      client.send(
          "POST", "/api/lists", "{\"data\":{\"type\":\"list\",\"attributes\":{\"name\":\"L\"}}}");
      String job = imported(Client.email("a" + i + "@shop.example")).at("/data/id");
      klaviyo.profile("a" + i + "@shop.example").orElseThrow().subscribe().unsubscribe();
      for (String path :
          List.of(
              "/api/lists",
              "/api/lists/" + LIST,
              "/api/profiles?additional-fields%5Bprofile%5D=subscriptions&sort=-created",
              "/api/lists/" + LIST + "/profiles?sort=-joined_group_at",
              Client.IMPORTS,
              Client.IMPORTS + "/" + job,
              "/fake/state",
              "/fake/members?list=" + LIST)) {
        collect(client.get(path).json(), times);
      }
    }

    assertThat(times)
        .as("times, seed %s", seed)
        .hasSizeGreaterThan(200)
        .allMatch(text -> text.matches(KLAVIYOS));
    assertThat(times).as("some have a fraction").anyMatch(text -> text.contains("."));
  }

  private static void collect(JsonNode node, List<String> times) {
    if (node.isTextual() && TIME.matcher(node.asText()).matches()) {
      times.add(node.asText());
    }
    node.forEach(child -> collect(child, times));
  }

  @Test
  void a_list_is_not_newer_than_the_time_it_tells() {
    time.advance(Duration.ofNanos(123_456_789));
    client.send(
        "POST", "/api/lists", "{\"data\":{\"type\":\"list\",\"attributes\":{\"name\":\"L\"}}}");
    String created =
        client.get("/api/lists", "filter", "equals(name,\"L\")").at("/data/0/attributes/created");

    assertThat(
            client.get("/api/lists", "filter", "greater-than(created," + created + ")").each("/id"))
        .isEmpty();
  }
}
