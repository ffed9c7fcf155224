package io.github.klaviyoexport.testkit.internal.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever asks the fake for something that cannot be is told what to do instead. */
class UsageErrorsTest {
  private static final Duration NEGATIVE = Duration.ofSeconds(-1);

  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().start();

  private static void assertRefused(ThrowingCallable use, String message) {
    assertThatThrownBy(use).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static FakeKlaviyoBuilder builder() {
    return FakeKlaviyo.builder();
  }

  @Test
  void a_port_is_a_number_of_sixteen_bits() {
    String rest = " is no port: pass 1 to 65535, or 0 for one that is free.";

    assertRefused(() -> builder().port(-1), "-1" + rest);
    assertRefused(() -> builder().port(65_536), "65536" + rest);
  }

  @Test
  void a_scope_that_nothing_asks_for_is_told_with_those_that_are_asked_for() {
    assertThatThrownBy(() -> builder().scopes("lists:read", "list:write"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "No operation of the fake asks for the scope 'list:write': pass some of accounts:read, ")
        .hasMessageContaining(", lists:write, ");
  }

  @Test
  void nothing_takes_less_than_no_time() {
    String rest = " cannot be PT-1S: pass zero or more.";

    assertRefused(() -> builder().jobDuration(NEGATIVE), "A job's duration" + rest);
    assertRefused(() -> builder().latency(NEGATIVE), "The latency" + rest);
    assertRefused(() -> Fault.jobTakes(NEGATIVE), "A job's duration" + rest);
    assertRefused(() -> Fault.rateLimited(NEGATIVE), "Retry-After" + rest);
  }

  @Test
  void a_script_that_nobody_can_meet_is_refused() {
    assertRefused(
        () -> klaviyo.script(Operation.GET_LISTS), "Nothing is scripted: pass at least one fault.");
    assertRefused(
        () -> klaviyo.script(Operation.GET_LISTS, 0, Fault.stalled()),
        "The fault 'answer stalled' cannot meet 0 calls: pass 1 or more.");
    assertRefused(() -> klaviyo.failProfiles(), "Nothing is scripted: pass at least one profile.");
    assertRefused(
        () -> klaviyo.refuseProfiles("title"), "Nothing is scripted: pass at least one profile.");
    assertRefused(
        () -> klaviyo.refuseProfiles("phone", "c-17"),
        "No profile has the attribute 'phone', so none would be refused for it: pass one of _kx,"
            + " email, external_id, first_name, image, last_name, locale, location, organization,"
            + " phone_number, properties, title.");
    assertThat(klaviyo.unused()).isEmpty();
  }

  @Test
  void a_script_for_an_operation_that_never_happens_is_told_by_name() {
    klaviyo.script(Operation.REMOVE_PROFILES_FROM_LIST, Fault.serverError(500));

    Client.inProcess(klaviyo).get("/api/lists");

    assertThat(klaviyo.unused())
        .containsExactly("REMOVE_PROFILES_FROM_LIST: server error 500 before processing");
  }

  @Test
  void it_listens_when_somebody_asks_for_its_address_and_not_before() {
    FakeKlaviyo fake = builder().start();
    assertThat(fake).hasToString("FakeKlaviyo[in process, 0 requests]");

    String address = fake.baseUrl().toString();

    assertThat(fake).hasToString("FakeKlaviyo[" + address + ", 0 requests]");
    assertThat(fake.baseUrl()).hasToString(address);
    fake.close();
    assertThat(fake.baseUrl()).as("what can be read after closing").hasToString(address);
  }

  @Test
  void it_listens_on_a_port_that_it_is_given_from_the_start() {
    try (FakeKlaviyo fake = builder().port(0).start()) {
      assertThat(fake.toString()).startsWith("FakeKlaviyo[http://127.0.0.1:");
    }
  }

  @Test
  void who_asks_a_closed_fake_where_it_listens_is_told_to_ask_before() {
    FakeKlaviyo closed = builder().start();
    closed.close();

    assertThatThrownBy(closed::baseUrl)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The fake Klaviyo is closed, and never listened: ask for its address before that.");
    assertThatThrownBy(closed::httpConnection)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The fake Klaviyo is closed: close it after the last call.");
  }

  @ParameterizedTest
  @EnumSource
  void a_closed_fake_can_be_read_and_no_longer_used(Entry entry) {
    FakeKlaviyo closed = builder().start();
    entry.client(closed).get("/api/lists");
    closed.close();

    assertThatThrownBy(closed::connection)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The fake Klaviyo is closed: close it after the last call.");
    assertThatThrownBy(() -> closed.script(Operation.GET_LISTS, Fault.stalled()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The fake Klaviyo is closed, so nothing can happen to it any more: script before the"
                + " calls, and close it after the last.");
    assertThatThrownBy(() -> closed.failProfiles("c-17")).isInstanceOf(IllegalStateException.class);
    assertThat(closed.requests()).hasSize(1);
    assertThat(closed.list().emails()).isEmpty();
  }
}
