package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.klaviyoexport.internal.call.Quota.Decision;
import io.github.klaviyoexport.internal.call.Quota.Slot;
import io.github.klaviyoexport.internal.call.Quota.Window;
import io.github.klaviyoexport.testing.TestTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When a call may go: Klaviyo's windows, a share of them, what its answers teach, and turns among
 * those who wait.
 */
class QuotaTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestTime time = new TestTime();
  private final Quota quota = new Quota(Endpoint.IMPORT_PROFILES, time, null);

  @Test
  void lets_ten_calls_a_second_and_150_a_minute_go_and_not_one_more() {
    List<Duration> sent = new ArrayList<>();
    for (int i = 0; i < 160; i++) {
      sent.add(callAnsweredAtOnce(1));
    }

    assertThat(sent.subList(0, 10)).containsOnly(Duration.ZERO);
    assertThat(sent.get(10)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_001));
    assertThat(sent.get(149)).isBetween(Duration.ofSeconds(14), Duration.ofMillis(14_001));
    assertThat(sent.get(150)).isBetween(Duration.ofSeconds(60), Duration.ofMillis(60_001));
  }

  @ParameterizedTest
  @CsvSource({"0.5, 5, 75", "0.29, 2, 43", "0.1, 1, 15"})
  void keeps_to_its_share_of_the_quota(double share, int perSecond, int perMinute) {
    List<Duration> sent = new ArrayList<>();
    for (int i = 0; i < 2 * perMinute; i++) {
      sent.add(callAnsweredAtOnce(share));
    }

    assertThat(sent.stream().filter(at -> at.toSeconds() < 1)).hasSize(perSecond);
    assertThat(sent.stream().filter(at -> at.toSeconds() < 60)).hasSize(perMinute);
  }

  @Test
  void a_share_of_less_than_one_call_a_window_stretches_the_window() {
    callAnsweredAtOnce(0.004);

    // 0.6 calls a minute are one in 100 seconds.
    assertThat(callAnsweredAtOnce(0.004)).isBetween(Duration.ofSeconds(100), millis(100_001));
  }

  @Test
  void a_call_counts_from_when_it_is_sent_until_a_window_after_its_answer() {
    quota.learn(List.of(new Window(1, Duration.ofSeconds(1))));
    Quota.CountedCall slow = ask(1).call();

    assertThat(ask(1).delay())
        .as("it will be counted for a second at least")
        .isEqualTo(millis(1_000));
    time.pass(Duration.ofSeconds(30));

    assertThat(ask(1).call()).as("while the first is unanswered").isNull();
    slow.answered();
    assertThat(ask(1).delay()).isBetween(Duration.ofSeconds(1), millis(1_001));
    time.pass(millis(1_001));
    assertThat(ask(1).call()).isNotNull();
  }

  @Test
  void learns_the_windows_that_klaviyo_tells() {
    quota.learn(List.of(new Window(3, Duration.ofSeconds(1)), new Window(4, Duration.ofDays(1))));
    for (int i = 0; i < 3; i++) {
      assertThat(callAnsweredAtOnce(1)).isEqualTo(Duration.ZERO);
    }

    assertThat(callAnsweredAtOnce(1)).isBetween(Duration.ofSeconds(1), millis(1_001));
    assertThat(ask(1).delay()).isGreaterThan(Duration.ofHours(23));
  }

  @Test
  void keeps_the_windows_it_knows_when_klaviyo_tells_none() {
    quota.learn(List.of());

    for (int i = 0; i < 10; i++) {
      assertThat(callAnsweredAtOnce(1)).isEqualTo(Duration.ZERO);
    }
    assertThat(callAnsweredAtOnce(1)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void nothing_goes_before_retry_after_is_over_not_even_unpaced() {
    quota.rateLimited(Duration.ofSeconds(7));

    assertThat(quota.ask(1, false, new Slot(new Quota.Caller())).delay())
        .isEqualTo(Duration.ofSeconds(7));
    time.pass(Duration.ofSeconds(6));
    assertThat(quota.ask(1, false, new Slot(new Quota.Caller())).delay())
        .isEqualTo(Duration.ofSeconds(1));
    time.pass(Duration.ofSeconds(1));
    assertThat(quota.ask(1, false, new Slot(new Quota.Caller())).call()).isNotNull();
  }

  @Test
  void a_shorter_retry_after_does_not_shorten_a_longer_one() {
    quota.rateLimited(Duration.ofSeconds(40));
    quota.rateLimited(Duration.ofSeconds(1));

    assertThat(ask(1).delay()).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void unpaced_calls_go_at_once_while_nobody_objects() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(quota.ask(1, false, new Slot(new Quota.Caller())).call()).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 400", "0.5, 800"})
  void after_a_429_calls_are_spread_evenly_over_the_minute(double share, long apart) {
    quota.rateLimited(Duration.ofSeconds(1));
    List<Duration> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(callAnsweredAtOnce(share));
    }

    assertThat(sent.get(0)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    for (int i = 2; i < sent.size(); i++) {
      assertThat(sent.get(i).minus(sent.get(i - 1))).isEqualTo(millis(apart));
    }
  }

  @Test
  void a_429_lets_no_more_into_the_second_of_a_burst() {
    for (int i = 0; i < 9; i++) {
      callAnsweredAtOnce(1);
    }
    quota.rateLimited(millis(300));

    assertThat(callAnsweredAtOnce(1)).as("the tenth").isLessThan(Duration.ofSeconds(1));
    assertThat(callAnsweredAtOnce(1)).as("one more").isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void the_spacing_follows_the_windows_that_klaviyo_tells() {
    quota.rateLimited(Duration.ofSeconds(1));
    quota.learn(
        List.of(new Window(5, Duration.ofSeconds(1)), new Window(60, Duration.ofMinutes(1))));
    List<Duration> sent = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sent.add(callAnsweredAtOnce(1));
    }

    for (int i = 2; i < sent.size(); i++) {
      assertThat(sent.get(i).minus(sent.get(i - 1))).isEqualTo(millis(1_000));
    }
  }

  @Test
  void calls_that_wait_together_while_calls_are_evenly_spaced_are_told_one_moment_each() {
    quota.rateLimited(Duration.ofSeconds(1));
    Quota.Caller caller = new Quota.Caller();
    List<Duration> delays = new ArrayList<>();
    time.pass(Duration.ofSeconds(1));
    for (int i = 0; i < 5; i++) {
      delays.add(quota.ask(1, true, new Slot(caller)).delay());
    }

    for (int i = 2; i < 5; i++) {
      assertThat(delays.get(i).minus(delays.get(i - 1))).isEqualTo(millis(400));
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 100", "4, 100", "1, 100", "1, 600"})
  void exporters_take_turns_while_calls_are_evenly_spaced_however_many_calls_one_of_them_has(
      int calls, long latency) {
    quota.rateLimited(Duration.ofSeconds(1));
    Exporter busy = new Exporter(64, millis(100));
    Exporter other = new Exporter(calls, millis(latency));

    time.pass(Duration.ofMinutes(4));

    assertThat(busy.turns + other.turns).as("calls in 4 minutes").isBetween(590, 600);
    assertThat(other.turns).isCloseTo(busy.turns, within(2));
    assertThat(busy.asked + other.asked).as("times that they had to ask").isLessThan(12 * 600);
  }

  @Test
  void each_of_many_exporters_gets_its_turn_while_calls_are_evenly_spaced() {
    quota.rateLimited(Duration.ofSeconds(1));
    List<Exporter> exporters =
        IntStream.of(64, 16, 4, 2, 1).mapToObj(calls -> new Exporter(calls, millis(100))).toList();

    time.pass(Duration.ofMinutes(4));

    assertThat(exporters).allSatisfy(one -> assertThat(one.turns).isBetween(117, 121));
  }

  @Test
  void calls_of_one_exporter_go_in_the_order_in_which_they_came_while_evenly_spaced() {
    quota.rateLimited(Duration.ofSeconds(1));
    // An answer comes whenever a call may go, so that the next call asks just then, and first.
    Exporter exporter = new Exporter(8, millis(400));

    time.pass(Duration.ofMinutes(1));

    assertThat(exporter.order)
        .hasSizeGreaterThan(140)
        .containsExactlyElementsOf(IntStream.range(0, exporter.turns).boxed().toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void exporters_that_are_new_again_and_again_do_not_push_back_one_that_waits(boolean evenly) {
    quota.learn(List.of(new Window(1, Duration.ofSeconds(1)), new Window(60, MINUTE)));
    if (evenly) {
      quota.rateLimited(Duration.ofSeconds(1));
    }
    List<Slot> fresh = new ArrayList<>(List.of(ofNewCaller(), ofNewCaller()));
    Slot waiting = ofNewCaller();
    take(waiting);
    int turns = 0;
    for (int step = 0; step < 60_000 / 20; step++) {
      for (int i = 0; i < fresh.size(); i++) {
        if (take(fresh.get(i)) == 1) {
          fresh.set(i, ofNewCaller());
        }
      }
      turns += take(waiting);
      time.pass(millis(20));
    }

    assertThat(turns).as("of some 60").isGreaterThan(15);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void an_exporter_that_comes_late_does_not_make_up_for_the_turns_it_has_missed(boolean evenly) {
    quota.learn(List.of(new Window(1, Duration.ofSeconds(1)), new Window(60, MINUTE)));
    if (evenly) {
      quota.rateLimited(Duration.ofSeconds(1));
    }
    take(ofNewCaller());
    Quota.Caller late = new Quota.Caller();
    Slot first = new Slot(late);
    take(first);
    Exporter busy = new Exporter(4, millis(1));
    time.pass(Duration.ofSeconds(40));
    assertThat(busy.turns).isGreaterThan(30);
    quota.leave(first);
    time.in(Duration.ZERO, () -> new Exporter(4, millis(1), late));
    int before = busy.turns;
    time.pass(Duration.ofSeconds(10));

    assertThat(busy.turns - before).as("of some 10").isBetween(4, 6);
  }

  @Test
  void five_minutes_without_a_429_bring_the_log_back() {
    quota.rateLimited(Duration.ofSeconds(1));
    time.pass(Quota.ALONE_AGAIN);
    callAnsweredAtOnce(1);
    assertThat(ask(1).call()).as("while still evenly spaced").isNull();

    time.pass(Duration.ofSeconds(2));

    for (int i = 0; i < 10; i++) {
      assertThat(ask(1).call()).isNotNull();
    }
    assertThat(ask(1).call()).isNull();
  }

  @Test
  void callers_that_wait_take_turns_however_many_calls_one_of_them_has() {
    List<Slot> ofOne = callsOf(new Quota.Caller(), 16);
    Slot ofOther = ofNewCaller();
    int turnsOfOther = 0;

    // Both always have a call to make, and one of them asks sixteen times at once.
    for (int granted = 0; granted < 300; time.pass(millis(5))) {
      for (Slot call : ofOne) {
        granted += take(call);
      }
      while (take(ofOther) == 1) {
        granted++;
        turnsOfOther++;
      }
    }

    assertThat(turnsOfOther).isBetween(120, 180);
  }

  @Test
  void whoever_has_waited_goes_before_one_who_has_had_more_and_asks_first() {
    Slot ofBusy = new Slot(new Quota.Caller());
    for (int i = 0; i < 10; i++) {
      take(ofBusy);
    }
    Slot ofWaiting = new Slot(new Quota.Caller());
    Duration wait = quota.ask(1, true, ofWaiting).delay();
    time.pass(wait);

    assertThat(take(ofBusy)).isZero();
    assertThat(take(ofWaiting)).isEqualTo(1);
    assertThat(take(ofBusy)).isEqualTo(1);
  }

  @Test
  void whoever_keeps_asking_keeps_its_turn_however_long_it_has_to_wait() {
    quota.learn(List.of(new Window(1, Duration.ofSeconds(1))));
    Slot ofBusy = new Slot(new Quota.Caller());
    Quota.CountedCall slow = quota.ask(1, true, ofBusy).call();
    Slot ofWaiting = new Slot(new Quota.Caller());
    for (int i = 0; i < 100; i++) {
      time.pass(quota.ask(1, true, ofWaiting).delay());
    }
    slow.answered();
    time.pass(quota.ask(1, true, ofWaiting).delay());

    assertThat(take(ofBusy)).isZero();
    assertThat(take(ofWaiting)).isEqualTo(1);
  }

  @Test
  void whoever_comes_later_does_not_first_catch_up_with_the_others() {
    Slot early = new Slot(new Quota.Caller());
    for (int i = 0; i < 100; i++) {
      callAnsweredAtOnce(1, early);
    }
    List<Slot> late = callsOf(new Quota.Caller(), 16);
    int turnsOfLate = 0;

    for (int granted = 0; granted < 60; time.pass(millis(5))) {
      for (Slot call : late) {
        int turn = take(call);
        turnsOfLate += turn;
        granted += turn;
      }
      while (take(early) == 1) {
        granted++;
      }
    }

    assertThat(turnsOfLate).isBetween(24, 40);
  }

  @Test
  void a_caller_that_does_not_come_for_its_turn_holds_nobody_up() {
    for (int i = 0; i < 10; i++) {
      take(new Slot(new Quota.Caller()));
    }
    Quota.Caller gone = new Quota.Caller();
    assertThat(take(new Slot(gone))).isZero();
    Quota.Caller present = new Quota.Caller();
    Slot slot = new Slot(present);

    int granted = 0;
    for (int i = 0; i < 40 && granted < 20; i++) {
      time.pass(millis(100));
      granted += take(slot);
    }

    assertThat(granted).isEqualTo(20);
  }

  private static Slot ofNewCaller() {
    return new Slot(new Quota.Caller());
  }

  private static List<Slot> callsOf(Quota.Caller caller, int calls) {
    return Stream.generate(() -> new Slot(caller)).limit(calls).toList();
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private Decision ask(double share) {
    return quota.ask(share, true, new Slot(new Quota.Caller()));
  }

  /** Waits as long as the quota says, makes the call, and tells when that was. */
  private Duration callAnsweredAtOnce(double share) {
    return callAnsweredAtOnce(share, new Slot(new Quota.Caller()));
  }

  private Duration callAnsweredAtOnce(double share, Slot slot) {
    while (true) {
      Decision decision = quota.ask(share, true, slot);
      if (decision.call() != null) {
        decision.call().answered();
        return time.elapsed();
      }
      time.pass(decision.delay());
    }
  }

  private int take(Slot slot) {
    Decision decision = quota.ask(1, true, slot);
    if (decision.call() == null) {
      return 0;
    }
    decision.call().answered();
    return 1;
  }

  @Test
  void the_least_time_of_calls_is_what_the_quota_itself_lets_them_take() {
    Quota quota = new Quota(Endpoint.IMPORT_PROFILES, new TestTime(), null);

    assertThat(quota.leastTime(Endpoint.IMPORT_PROFILES, 0, 1)).isZero();
    assertThat(quota.leastTime(Endpoint.IMPORT_PROFILES, 10, 1)).isZero();
    assertThat(quota.leastTime(Endpoint.IMPORT_PROFILES, 11, 1))
        .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_050));
    assertThat(quota.leastTime(Endpoint.IMPORT_PROFILES, 150, 1))
        .isBetween(Duration.ofSeconds(14), Duration.ofMillis(14_500));
    assertThat(quota.leastTime(Endpoint.IMPORT_PROFILES, 151, 1))
        .isBetween(Duration.ofSeconds(60), Duration.ofMillis(60_500));
    assertThat(quota.leastTime(Endpoint.IMPORT_PROFILES, 76, 0.5))
        .isBetween(Duration.ofSeconds(60), Duration.ofMillis(60_500));
    assertThat(quota.leastTime(Endpoint.IMPORT_PROFILES, 1_000_000, 1))
        .isBetween(Duration.ofMinutes(6_600), Duration.ofMinutes(6_700));
  }

  /** An exporter that always has this many calls to make, each answered after a while. */
  private final class Exporter {
    private final Quota.Caller caller;
    private final Duration latency;
    private final List<Integer> order = new ArrayList<>();
    private int turns;
    private int asked;
    private int made;

    Exporter(int calls, Duration latency) {
      this(calls, latency, new Quota.Caller());
    }

    Exporter(int calls, Duration latency, Quota.Caller caller) {
      this.caller = caller;
      this.latency = latency;
      for (int i = 0; i < calls; i++) {
        begin();
      }
    }

    private void begin() {
      ask(new Slot(caller), made++);
    }

    private void ask(Slot slot, int number) {
      asked++;
      Decision decision = quota.ask(1, true, slot);
      if (decision.call() == null) {
        time.in(decision.delay(), () -> ask(slot, number));
      } else {
        turns++;
        order.add(number);
        time.in(
            latency,
            () -> {
              decision.call().answered();
              begin();
            });
      }
    }
  }
}
