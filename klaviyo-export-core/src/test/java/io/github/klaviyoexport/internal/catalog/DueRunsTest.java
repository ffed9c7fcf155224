package io.github.klaviyoexport.internal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Schedule;
import java.time.Instant;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;

class DueRunsTest {
  @Test
  void the_latest_of_missed_moments_is_found() {
    Schedule schedule = Schedule.daily("UTC", LocalTime.of(6, 0), LocalTime.of(18, 0));

    assertThat(
            DueRuns.latest(
                schedule,
                Instant.parse("2026-09-01T06:00:00Z"),
                Instant.parse("2026-09-04T17:59:59Z")))
        .contains(Instant.parse("2026-09-04T06:00:00Z"));
    assertThat(
            DueRuns.latest(
                schedule,
                Instant.parse("2026-09-01T06:00:00Z"),
                Instant.parse("2026-09-01T17:00:00Z")))
        .isEmpty();
    assertThat(
            DueRuns.latest(
                schedule,
                Instant.parse("2026-09-01T06:00:00Z"),
                Instant.parse("2026-09-01T18:00:00Z")))
        .contains(Instant.parse("2026-09-01T18:00:00Z"));
  }
}
