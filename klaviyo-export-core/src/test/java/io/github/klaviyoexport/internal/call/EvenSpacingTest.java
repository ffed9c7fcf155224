package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testing.TestTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the quota takes from resilience4j, spacing by a clock that is handed in, and what it does in
 * its place where the version that is there takes no clock. A version that spaces otherwise fails
 * here.
 */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class EvenSpacingTest {
  private static final Duration PERIOD = Duration.ofMillis(400);

  @Parameter private boolean byResilience4j;

  private final TestTime time = new TestTime();
  private EvenSpacing spacing;

  @BeforeEach
  void begins_to_space() {
    spacing =
        byResilience4j
            ? EvenSpacing.limiter(PERIOD, "import profiles", time)::reservePermission
            : EvenSpacing.counted(PERIOD, time);
  }

  @Test
  void permits_are_given_one_per_period_while_the_clock_stands_still() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      waits.add(spacing.reserve());
    }

    for (int i = 0; i < 150; i++) {
      assertThat(waits.get(i)).as("permit %d", i).isEqualTo(i * PERIOD.toNanos());
    }
  }

  @Test
  void waits_get_shorter_as_the_clock_that_was_handed_in_moves_on_and_its_count_wraps_around() {
    List<Duration> due = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      due.add(time.elapsed().plusNanos(spacing.reserve()));
      time.pass(Duration.ofMillis(250));
    }

    assertThat(time.nanoTime()).as("a count that has wrapped around").isNegative();
    for (int i = 0; i < 150; i++) {
      assertThat(due.get(i)).as("permit %d", i).isEqualTo(PERIOD.multipliedBy(i));
    }
  }

  @Test
  void a_permit_that_was_not_taken_in_time_makes_no_burst() {
    spacing.reserve();
    time.pass(Duration.ofMinutes(10));

    assertThat(spacing.reserve()).isZero();
    assertThat(spacing.reserve()).isEqualTo(PERIOD.toNanos());
  }

  @Test
  void reserving_does_not_wait() {
    assertThat(
            EvenSpacing.limiter(PERIOD, "import profiles", time)
                .getRateLimiterConfig()
                .getTimeoutDuration())
        .as("reservations as far ahead as this are granted")
        .isEqualTo(Duration.ofDays(1));

    for (int i = 0; i < 10_000; i++) {
      assertThat(spacing.reserve()).isNotNegative();
    }

    assertThat(time.elapsed()).isZero();
  }
}
