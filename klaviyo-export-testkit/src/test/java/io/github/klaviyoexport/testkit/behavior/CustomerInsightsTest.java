package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.CustomerInsightsSource;
import io.github.klaviyoexport.source.EntraToken;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeCustomerInsights;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments of Customer Insights, read over HTTP. */
class CustomerInsightsTest {
  private static final Segment VIP = Segment.named("Vip_customers");

  private final VirtualTime time = VirtualTime.create();
  private FakeCustomerInsights insights = FakeCustomerInsights.builder().time(time).start();

  @AfterEach
  void stop() {
    insights.close();
  }

  @Test
  void a_segment_has_its_customers_each_once_with_the_columns_that_are_asked_for()
      throws IOException {
    again(FakeCustomerInsights.builder().repeatEvery(3));
    customers(40);
    insights.segment("Vip_customers", ids(0, 20)).segment("Others", ids(10, 40));
    CustomerInsightsSource source =
        insights.source().columns("msdynci_firstname", "msdynci_ltv").pageSize(7);

    try (ProfileReader reader = source.open(VIP)) {
      assertThat(reader.size()).hasValue(20);
      assertThat(reader.fields().orElseThrow().names())
          .containsExactly("msdynci_customerid", "msdynci_firstname", "msdynci_ltv");
      List<CustomerProfile> read = rest(reader);
      assertThat(read)
          .extracting(CustomerProfile::id)
          .containsExactlyInAnyOrderElementsOf(ids(0, 20));
      assertThat(read)
          .filteredOn(profile -> profile.id().equals("c-3"))
          .singleElement()
          .isEqualTo(
              CustomerProfile.of(
                  "c-3", reader.fields().get(), "c-3", "Ada", new BigDecimal("3.5")));
    }
  }

  @Test
  void numbers_flags_lists_and_missing_values_keep_their_types() throws IOException {
    Map<String, Object> row = new HashMap<>();
    row.put("msdynci_count", 9_007_199_254_740_993L);
    row.put("msdynci_active", true);
    row.put("msdynci_tags", List.of("tea", 2));
    row.put("msdynci_empty", null);
    insights.customer("c-1", row).segment("Vip_customers", "c-1");

    try (ProfileReader reader =
        insights
            .source()
            .columns("msdynci_count", "msdynci_active", "msdynci_tags", "msdynci_empty")
            .open(VIP)) {
      CustomerProfile profile = reader.next();
      assertThat(profile.value("msdynci_count")).isEqualTo(9_007_199_254_740_993L);
      assertThat(profile.value("msdynci_active")).isEqualTo(true);
      assertThat(profile.value("msdynci_tags")).isEqualTo(List.of("tea", 2L));
      assertThat(profile.value("msdynci_empty")).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // 3 pages of members; 3 again and 150 / 100 blocks by id, or 20 pages of all 1,000.
    "150, 1000, 3 + 1 + 3 + 2",
    // 18 pages of members; 18 again and 9 blocks, or the 20 pages of all 1,000.
    "900, 1000, 18 + 1 + 20",
    "60, 1000, 2 + 2 + 1"
  })
  void profiles_come_by_the_way_that_takes_fewer_calls(int members, int all, String calls)
      throws IOException {
    customers(all);
    insights.segment("Vip_customers", ids(0, members));
    CustomerInsightsSource source = insights.source().columns("msdynci_firstname").pageSize(50);

    try (ProfileReader reader = source.open(VIP)) {
      assertThat(rest(reader)).hasSize(members);
    }

    int least =
        IntStream.of(Arrays.stream(calls.split(" \\+ ")).mapToInt(Integer::parseInt).toArray())
            .sum();
    assertThat(insights.requests().stream().filter(call -> call.contains("/api/data/")).count())
        .isBetween((long) least - 2, (long) least + 2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_customer_without_a_profile_is_set_aside(boolean countsProfiles) throws IOException {
    again(FakeCustomerInsights.builder().countsProfiles(countsProfiles));
    customers(300);
    insights.segment("Vip_customers", ids(0, 302));

    try (ProfileReader reader =
        insights.source().columns("msdynci_firstname").pageSize(100).open(VIP)) {
      List<CustomerProfile> read = rest(reader);
      assertThat(read).hasSize(302);
      assertThat(read)
          .filteredOn(profile -> profile.unreadable() != null)
          .extracting(CustomerProfile::id)
          .containsExactlyInAnyOrder("c-300", "c-301");
    }
  }

  @Test
  void throttling_is_waited_out_as_it_says() throws IOException {
    customers(1);
    insights.segment("Vip_customers", "c-0").throttle(3, Duration.ofSeconds(40));

    try (ProfileReader reader = insights.source().columns("msdynci_firstname").open(VIP)) {
      assertThat(rest(reader)).hasSize(1);
    }
    assertThat(time.waited()).isEqualTo(Duration.ofSeconds(120));
  }

  @Test
  void an_absurd_wait_is_cut_to_five_minutes() throws IOException {
    customers(1);
    insights.segment("Vip_customers", "c-0").throttle(1, Duration.ofSeconds(999_999_999_999L));

    try (ProfileReader reader = insights.source().columns("msdynci_firstname").open(VIP)) {
      assertThat(rest(reader)).hasSize(1);
    }
    assertThat(time.waited()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void throttling_without_end_stops_with_advice() {
    insights.throttle(Integer.MAX_VALUE, Duration.ofSeconds(1));

    assertThatThrownBy(() -> insights.source().open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("429")
        .hasMessageContaining("service protection limits")
        .hasMessageContaining("later");
  }

  @Test
  void a_failing_service_is_asked_again() throws IOException {
    customers(1);
    insights.segment("Vip_customers", "c-0").fail(503, 500, 502);

    try (ProfileReader reader = insights.source().columns("msdynci_firstname").open(VIP)) {
      assertThat(rest(reader)).hasSize(1);
    }
    assertThat(time.waited()).isEqualTo(Duration.ofSeconds(2 + 4 + 8));
  }

  @Test
  void a_token_that_has_ended_is_asked_for_anew() throws IOException {
    customers(1);
    insights.segment("Vip_customers", "c-0");
    CustomerInsightsSource source = insights.source().columns("msdynci_firstname");
    source.open(VIP).close();

    insights.revokeToken();
    source.open(VIP).close();
    time.advance(Duration.ofMinutes(55));
    source.open(VIP).close();

    assertThat(insights.requests().stream().filter(call -> call.contains("oauth2")).count())
        .isEqualTo(3);
  }

  @Test
  void a_token_that_is_refused_is_said_to_be() {
    CustomerInsightsSource source =
        CustomerInsightsSource.of(insights.organization(), () -> "another");

    assertThatThrownBy(() -> source.open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("401")
        .hasMessageContaining("/.default")
        .hasMessageNotContaining("another");
    assertThat(insights.requests()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer x", "x\ny", "tökén"})
  void what_is_no_token_is_not_sent(String token) {
    assertThatThrownBy(
            () -> CustomerInsightsSource.of(insights.organization(), () -> token).open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("token alone");
    assertThat(insights.requests()).isEmpty();
  }

  @Test
  void a_wrong_secret_is_named_and_not_shown() {
    EntraToken token =
        EntraToken.clientCredentials(
                "t", "fake-application", () -> "s3cr3t-canary", insights.organization())
            .authority(insights.organization());

    assertThatThrownBy(token::get)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("invalid_client")
        .hasMessageContaining("make a new one")
        .hasMessageNotContaining("canary");
    assertThatThrownBy(() -> CustomerInsightsSource.of(insights.organization(), token).open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("make a new one");
  }

  @Test
  void a_column_that_is_not_there_is_named() {
    customers(1);
    insights.segment("Vip_customers", "c-0");

    assertThatThrownBy(() -> rest(insights.source().columns("msdynci_nosuch").open(VIP)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no column 'msdynci_nosuch'");
  }

  @Test
  void a_segment_that_no_customer_is_in_is_refused() {
    customers(1);

    assertThatThrownBy(() -> insights.source().open(Segment.named("Nosuch")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'Nosuch'")
        .hasMessageContaining("output table");
  }

  @ParameterizedTest
  @ValueSource(strings = {"It's", "50 % off & more", "a+b", "ä\"ö\\", "x' or '1' eq '1"})
  void any_name_is_asked_for_as_it_is(String name) throws IOException {
    customers(2);
    insights.segment(name, "c-0").segment("Other", "c-1");

    try (ProfileReader reader =
        insights.source().columns("msdynci_firstname").open(Segment.named(name))) {
      assertThat(rest(reader)).extracting(CustomerProfile::id).containsExactly("c-0");
    }
  }

  @Test
  void segments_are_listed_with_their_sizes() throws IOException {
    customers(10);
    insights.segment("Vip_customers", ids(0, 4)).segment("Others", ids(2, 10));

    assertThat(insights.source().pageSize(3).segments())
        .containsExactlyInAnyOrder(
            new AvailableSegment(VIP, OptionalLong.of(4)),
            new AvailableSegment(Segment.named("Others"), OptionalLong.of(8)));
  }

  @Test
  void an_environment_that_is_not_there_is_said_to_be() {
    URI organization = insights.organization();
    insights.close();

    assertThatThrownBy(
            () -> CustomerInsightsSource.of(organization, () -> "token").time(time).open(VIP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be reached");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  @Timeout(60)
  void next_pages_that_lead_in_a_circle_are_not_followed_for_ever(int pages) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    URI organization = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    AtomicInteger calls = new AtomicInteger();
    server.createContext(
        "/",
        exchange -> {
          int page = calls.incrementAndGet() % pages;
          byte[] answer =
              ("{\"value\":[],\"@odata.nextLink\":\"" + organization + "/page?" + page + "\"}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try {
      CustomerInsightsSource source =
          CustomerInsightsSource.of(organization, () -> "token").time(time);

      assertThatThrownBy(() -> source.open(VIP))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "The next pages that Dataverse names lead in a circle, so they are not read on: run the"
                  + " export again, and if that does not help, check what stands between.");
      assertThat(calls).hasValueLessThan(4 * pages);
    } finally {
      server.stop(0);
    }
  }

  private void again(FakeCustomerInsights.Builder environment) {
    insights.close();
    insights = environment.time(time).start();
  }

  private void customers(int count) {
    for (String id : ids(0, count)) {
      insights.customer(
          id,
          Map.of(
              "msdynci_firstname", "Ada", "msdynci_ltv", new BigDecimal(id.substring(2) + ".50")));
    }
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "c-" + i).toList();
  }

  private static List<CustomerProfile> rest(ProfileReader reader) throws IOException {
    List<CustomerProfile> read = new ArrayList<>();
    for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
      read.add(next);
    }
    return read;
  }
}
