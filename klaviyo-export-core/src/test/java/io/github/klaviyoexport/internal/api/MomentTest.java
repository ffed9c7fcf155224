package io.github.klaviyoexport.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentTest {
  @ParameterizedTest
  @CsvSource({
    "2026-09-04T10:00:00+00:00, 2026-09-04T10:00:00Z",
    "2026-09-04T10:00:00.120000+00:00, 2026-09-04T10:00:00.120Z",
    "2024-02-29T23:59:59.999999+00:00, 2024-02-29T23:59:59.999999Z",
    "1969-12-31T23:59:59.000001+00:00, 1969-12-31T23:59:59.000001Z"
  })
  void it_is_read_as_klaviyo_writes_it(String text, Instant moment) {
    assertThat(Moment.read(text)).isEqualTo(moment);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-09-04T10:00:00Z, 2026-09-04T10:00:00Z",
    "2026-09-04T10:00Z, 2026-09-04T10:00:00Z",
    "2026-09-04t10:00:00.5+02:00, 2026-09-04T08:00:00.5Z",
    "2026-09-04T10:00:00.123456789+00:00, 2026-09-04T10:00:00.123456789Z"
  })
  void it_is_read_in_every_other_form_of_iso_8601_with_an_offset(String text, Instant moment) {
    assertThat(Moment.read(text)).isEqualTo(moment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "+00:00",
        "yesterday",
        "2026-09-04T10:00:00",
        "2026-02-30T10:00:00+00:00",
        "2026-13-04T10:00:00+00:00",
        "2026-09-04T24:00:00+00:00",
        "2026-09-04T10:00:60+00:00",
        "2026-09-04 10:00:00+00:00",
        "２０２６-09-04T10:00:00+00:00"
      })
  void what_is_no_moment_is_none(String text) {
    assertThat(Moment.read(text)).isNull();
  }

  @Test
  void it_is_read_as_the_jdk_reads_it_whatever_is_changed_in_it() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text =
          new StringBuilder(
              random.nextBoolean()
                  ? "2026-09-04T10:00:00+00:00"
                  : "2026-09-04T10:00:00.120000+00:00");
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        char to = "0123456789-:.+TZt".charAt(random.nextInt(17));
        text.setCharAt(random.nextInt(text.length()), to);
      }

      assertThat(Moment.read(text.toString())).as("%s, seed %d", text, seed).isEqualTo(jdk(text));
    }
  }

  private static @Nullable Instant jdk(CharSequence text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException none) {
      return null;
    }
  }
}
