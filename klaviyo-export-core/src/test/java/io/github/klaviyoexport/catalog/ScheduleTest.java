package io.github.klaviyoexport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final LocalTime HALF_PAST_TWO = LocalTime.of(2, 30);

  private static List<String> nextThree(Schedule schedule, String after) {
    List<String> moments = new ArrayList<>();
    Instant moment = Instant.parse(after);
    for (int i = 0; i < 3; i++) {
      moment = schedule.next(moment).orElseThrow();
      moments.add(moment.toString());
    }
    return moments;
  }

  /** The second moment of three is on the day the clocks change. */
  @ParameterizedTest
  @CsvSource({
    // Spring: 2:30 is skipped, and happens at 3:30.
    "Europe/Berlin,       2026-03-27T12:00:00Z, 2026-03-28T01:30:00Z, 2026-03-29T01:30:00Z, 2026-03-30T00:30:00Z",
    "America/New_York,    2026-03-06T12:00:00Z, 2026-03-07T07:30:00Z, 2026-03-08T07:30:00Z, 2026-03-09T06:30:00Z",
    "Australia/Melbourne, 2026-10-02T12:00:00Z, 2026-10-02T16:30:00Z, 2026-10-03T16:30:00Z, 2026-10-04T15:30:00Z",
    // Autumn: 2:30 comes twice, and happens the first time.
    "Europe/Berlin,       2026-10-23T12:00:00Z, 2026-10-24T00:30:00Z, 2026-10-25T00:30:00Z, 2026-10-26T01:30:00Z",
    "Australia/Melbourne, 2026-04-03T12:00:00Z, 2026-04-03T15:30:00Z, 2026-04-04T15:30:00Z, 2026-04-05T16:30:00Z",
    // No change at all.
    "UTC,                 2026-03-27T12:00:00Z, 2026-03-28T02:30:00Z, 2026-03-29T02:30:00Z, 2026-03-30T02:30:00Z",
    "Asia/Kolkata,        2026-03-27T12:00:00Z, 2026-03-27T21:00:00Z, 2026-03-28T21:00:00Z, 2026-03-29T21:00:00Z",
  })
  void half_past_two_happens_once_a_day_whatever_the_clocks_do(
      String zone, String after, String first, String second, String third) {
    assertThat(nextThree(Schedule.daily(zone, HALF_PAST_TWO), after))
        .containsExactly(first, second, third);
  }

  @Test
  void a_time_that_comes_twice_does_not_happen_the_second_time() {
    Schedule schedule = Schedule.daily("America/New_York", LocalTime.of(1, 30));

    // 1:30 in summer time is 05:30 UTC, and again an hour later in winter time.
    assertThat(schedule.next(Instant.parse("2026-11-01T05:30:00Z")))
        .contains(Instant.parse("2026-11-02T06:30:00Z"));
  }

  @Test
  void a_skipped_time_and_the_one_it_moves_to_happen_together() {
    Schedule schedule = Schedule.daily("Europe/Berlin", HALF_PAST_TWO, LocalTime.of(3, 30));

    assertThat(nextThree(schedule, "2026-03-28T12:00:00Z"))
        .containsExactly("2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z", "2026-03-30T01:30:00Z");
  }

  @Test
  void a_day_that_a_zone_leaves_out_is_left_out() {
    // Samoa went from 29 to 31 December 2011.
    Schedule schedule = Schedule.daily("Pacific/Apia", LocalTime.NOON);

    assertThat(nextThree(schedule, "2011-12-29T00:00:00Z"))
        .containsExactly("2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z", "2011-12-31T22:00:00Z");
  }

  @Test
  void only_the_chosen_days_count() {
    Schedule schedule =
        Schedule.weekly(
            "Europe/Helsinki",
            EnumSet.of(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
            LocalTime.of(0, 15),
            LocalTime.of(23, 45));

    assertThat(nextThree(schedule, "2026-09-03T21:14:00Z"))
        .containsExactly("2026-09-03T21:15:00Z", "2026-09-04T20:45:00Z", "2026-09-06T21:15:00Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Helsinki",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Casablanca",
        "Asia/Tehran",
        "America/St_Johns",
        "UTC"
      })
  void each_time_happens_once_on_each_of_its_days_for_twenty_years(String zone) {
    long seed = zone.hashCode();
    Random random = new Random(seed);
    LocalTime[] times =
        random
            .ints(3, 0, 24 * 60)
            .mapToObj(m -> LocalTime.of(m / 60, m % 60))
            .toArray(LocalTime[]::new);
    Schedule schedule = Schedule.daily(zone, times);
    ZoneId where = ZoneId.of(zone);
    LocalDate first = LocalDate.of(2010, 1, 1);
    LocalDate last = LocalDate.of(2030, 1, 1);
    Instant end = last.atStartOfDay(where).toInstant();

    long moments = 0;
    Instant moment = first.atStartOfDay(where).toInstant().minusSeconds(1);
    while (true) {
      Instant next = schedule.next(moment).orElseThrow();
      assertThat(next).as("seed %d", seed).isAfter(moment);
      if (!next.isBefore(end)) {
        break;
      }
      moment = next;
      moments++;
    }

    long days = Duration.between(first.atStartOfDay(), last.atStartOfDay()).toDays();
    // Twice a year two times may fall together, and Samoa lost a day.
    assertThat(moments).as("seed %d", seed).isBetween(days * 3 - 45, days * 3);
  }

  @Test
  void off_and_every_refresh_have_no_moments() {
    assertThat(Schedule.off().next(Instant.EPOCH)).isEmpty();
    assertThat(Schedule.off().isActive()).isFalse();
    assertThat(Schedule.everyRefresh().next(Instant.EPOCH)).isEmpty();
    assertThat(Schedule.everyRefresh().isActive()).isTrue();
    assertThat(Schedule.daily("UTC", LocalTime.NOON).isEveryRefresh()).isFalse();
    assertThat(Schedule.daily("UTC", LocalTime.NOON).andEveryRefresh().isEveryRefresh()).isTrue();
  }

  @Test
  void it_says_in_words_what_it_is() {
    assertThat(Schedule.off()).hasToString("off");
    assertThat(Schedule.everyRefresh()).hasToString("every refresh");
    assertThat(Schedule.daily("UTC", LocalTime.of(18, 0), LocalTime.of(6, 0)))
        .hasToString("daily at 06:00, 18:00 (UTC)");
    assertThat(
            Schedule.weekly(
                    "Europe/Paris", Set.of(DayOfWeek.SUNDAY, DayOfWeek.MONDAY), LocalTime.NOON)
                .andEveryRefresh())
        .hasToString("MONDAY, SUNDAY at 12:00 (Europe/Paris) and every refresh");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+02:00",
        "Z",
        "-5",
        "UTC+2",
        "UTC+02:00",
        "GMT+2",
        "UT-03:00",
        "GMT",
        "EST",
        "HST",
        "CET",
        "Etc/GMT-2",
        "Etc/GMT"
      })
  void a_zone_that_does_not_say_when_clocks_change_is_refused_with_advice(String zone) {
    assertThatThrownBy(() -> Schedule.daily(zone, LocalTime.NOON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + zone + "'")
        .hasMessageContaining("summer time")
        .hasMessageContaining("Europe/Helsinki");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Etc/UTC", "Europe/Helsinki", "US/Eastern"})
  void a_region_is_a_zone_and_so_is_plain_utc(String zone) {
    assertThat(Schedule.daily(zone, LocalTime.NOON).zone()).contains(ZoneId.of(zone));
  }

  @Test
  void what_cannot_be_a_schedule_is_refused_with_advice() {
    assertThatThrownBy(() -> Schedule.daily("Mars/Olympus", LocalTime.NOON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "There is no time zone 'Mars/Olympus': use an IANA name, such as Europe/Helsinki or"
                + " UTC.");
    assertThatThrownBy(
            () ->
                Schedule.daily(
                    "UTC",
                    LocalTime.of(1, 0),
                    LocalTime.of(2, 0),
                    LocalTime.of(3, 0),
                    LocalTime.of(4, 0),
                    LocalTime.of(5, 0)))
        .hasMessage("A schedule has at most 4 times a day; 5 were given: leave some out.");
    assertThatThrownBy(() -> Schedule.daily("UTC")).hasMessageContaining("needs a time of day");
    assertThatThrownBy(() -> Schedule.weekly("UTC", Set.of(), LocalTime.NOON))
        .hasMessageContaining("needs a day");
    assertThatThrownBy(() -> Schedule.daily("UTC", LocalTime.of(1, 0, 30)))
        .hasMessageContaining("exact to the minute");
  }

  @Test
  void a_moment_at_the_end_of_the_calendar_has_no_next() {
    Schedule schedule = Schedule.daily("Pacific/Kiritimati", HALF_PAST_TWO);

    for (Instant edge : List.of(Instant.MIN, Instant.MAX)) {
      assertThatThrownBy(() -> schedule.next(edge))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no calendar")
          .hasMessageContaining(edge.toString());
      assertThat(Schedule.off().next(edge)).isEmpty();
    }
  }
}
