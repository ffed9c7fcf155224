package io.github.klaviyoexport.testkit.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A caller that waits for a clock that stands still, told from one that moves it by waiting. */
class StandingClockTest {
  private final VirtualTime time = VirtualTime.create();
  private final VirtualTime realTime = VirtualTime.create();
  private final StandingClock clock = new StandingClock(time, realTime);

  private boolean isInVainAfter(Duration real) {
    realTime.advance(real);
    return clock.isWaitedForInVain();
  }

  @Test
  void who_asks_again_and_again_for_ten_seconds_waits_in_vain() {
    for (int second = 0; second < 10; second++) {
      assertThat(isInVainAfter(second == 0 ? Duration.ZERO : Duration.ofSeconds(1))).isFalse();
    }

    assertThat(isInVainAfter(Duration.ofSeconds(1))).isTrue();
    assertThat(isInVainAfter(Duration.ZERO)).isTrue();
  }

  @Test
  void who_asks_a_few_times_only_may_stand_at_a_breakpoint() {
    for (int time = 0; time < 4; time++) {
      assertThat(isInVainAfter(Duration.ofHours(1))).isFalse();
    }
  }

  @Test
  void who_moves_the_clock_now_and_then_does_not_wait_in_vain() {
    for (int second = 0; second < 3_600; second++) {
      if (second % 9 == 0) {
        time.advance(Duration.ofMillis(1));
      }
      assertThat(isInVainAfter(Duration.ofSeconds(1))).isFalse();
    }
  }

  @Test
  void who_asks_a_thousand_times_at_one_moment_lives_by_another_clock() {
    for (int call = 1; call < 1_000; call++) {
      assertThat(isInVainAfter(Duration.ZERO)).isFalse();
    }

    assertThat(isInVainAfter(Duration.ZERO)).isTrue();
    time.advance(Duration.ofMillis(1));
    assertThat(isInVainAfter(Duration.ZERO)).isFalse();
  }
}
