package io.github.klaviyoexport.internal.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShutdownTimesTest {
  @Test
  void of_half_a_minute_eighteen_seconds_are_to_end_and_ten_to_hear_klaviyos_word() {
    assertThat(ShutdownTimes.within(Duration.ofSeconds(30)))
        .isEqualTo(new ShutdownTimes(Duration.ofSeconds(18), Duration.ofSeconds(10)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 500, 1_000, 5_000, 60_000, 3_600_000})
  void all_of_it_fits_into_the_phase_with_something_to_spare(long millis) {
    Duration phase = Duration.ofMillis(millis);

    assertThat(ShutdownTimes.within(phase).altogether()).isLessThan(phase).isPositive();
  }

  @Test
  void without_any_time_nothing_is_waited_for() {
    assertThat(ShutdownTimes.within(Duration.ZERO).altogether()).isZero();
    assertThat(ShutdownTimes.within(Duration.ofSeconds(-1)).altogether()).isZero();
  }
}
