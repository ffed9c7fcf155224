package io.github.klaviyoexport.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures in messages read as people write them. */
class InWordsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 seconds",
    "PT0.0004S, 0 seconds",
    "PT0.35S, 350 ms",
    "PT0.999S, 999 ms",
    "PT1S, 1 second",
    "PT1.04S, 1 second",
    "PT2.449S, 2.4 seconds",
    "PT9.96S, 10 seconds",
    "PT12.4S, 12 seconds",
    "PT59.6S, 1 minute",
    "PT1M40S, 1 minute 40 seconds",
    "PT2M, 2 minutes",
    "PT59M59.7S, 1 hour",
    "PT1H20S, 1 hour",
    "PT2H5M31S, 2 hours 6 minutes",
    "PT6H, 6 hours",
    "PT30H, 1 day 6 hours",
    "PT48H, 2 days",
    "PT-5S, minus 5 seconds"
  })
  void a_duration_is_written_in_its_units(Duration duration, String words) {
    assertThat(InWords.duration(duration)).isEqualTo(words);
  }

  @Test
  void any_duration_can_be_written() {
    assertThat(InWords.duration(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)))
        .startsWith("106,751,991,167,300 days ");
    assertThat(InWords.duration(Duration.ofSeconds(Long.MIN_VALUE)))
        .startsWith("minus 106,751,991,167,300 days ");
  }

  @Test
  void a_count_agrees_with_its_noun() {
    assertThat(InWords.count(0, "job")).isEqualTo("0 jobs");
    assertThat(InWords.count(1, "job")).isEqualTo("1 job");
    assertThat(InWords.count(2, "job")).isEqualTo("2 jobs");
    assertThat(InWords.count(1_200, "address", "addresses")).isEqualTo("1,200 addresses");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 999, 1_000, 12_345, 999_999, 1_234_567, -7, -999, -1_000, -123_456})
  void a_number_has_its_thousands_set_apart(long number) {
    assertThat(InWords.number(number)).isEqualTo(String.format(Locale.ROOT, "%,d", number));
  }

  @Test
  void a_number_of_any_size_can_be_written() {
    assertThat(InWords.number(Long.MAX_VALUE)).isEqualTo("9,223,372,036,854,775,807");
    assertThat(InWords.number(Long.MIN_VALUE)).isEqualTo("-9,223,372,036,854,775,808");
  }

  @Test
  void a_moment_is_written_to_the_second_in_utc() {
    assertThat(InWords.moment(Instant.parse("2026-09-01T08:00:00.123Z")))
        .isEqualTo("2026-09-01 08:00:00 UTC");
  }
}
