package io.github.klaviyoexport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.ProgressData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final ListId LIST = ListId.of("Y6nRLr");
  private static final OptionalLong SIZE = OptionalLong.of(100_000);

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

  @Test
  void a_bar_shows_what_is_settled_and_what_is_sent() {
    ConsoleProgress bar = ConsoleProgress.bar(out, 80);

    bar.started(SEGMENT, LIST);
    bar.progressed(progress(SIZE, 50_000, 0, 0, Duration.ofMillis(40)));
    bar.progressed(progress(SIZE, 60_000, 48_211, 29_500, Duration.ofMillis(3_290)));

    assertThat(lines())
        .containsExactly(
            "Exporting segment vip-eu to list Y6nRLr",
            "[                      ]   0% of 100,000  0 sent",
            "[######====            ]  30% of 100,000  48,211 sent  9,119/s  0:07 left");
  }

  @Test
  void the_last_line_says_what_became_of_every_profile() {
    ConsoleProgress bar = ConsoleProgress.bar(out, 80);

    bar.started(SEGMENT, LIST);
    bar.progressed(progress(SIZE, 100_000, 99_500, 0, Duration.ofSeconds(1)));
    bar.progressed(progress(SIZE, 100_000, 99_500, 99_500, Duration.ofMillis(1_050)));
    bar.finished(report(100_000, 99_500, Duration.ofMillis(72_050)));

    assertThat(written.toString(StandardCharsets.UTF_8))
        .startsWith("Exporting segment vip-eu to list Y6nRLr" + System.lineSeparator() + "\r[")
        .endsWith(
            "\r[######################] 100% of 100,000  99,500 sent  95,238/s  0:00 left"
                + System.lineSeparator()
                + "Ended after 1:12: 100,000 read = 99,500 accepted + 0 rejected + 500 duplicates"
                + " + 0 unconfirmed"
                + System.lineSeparator());
  }

  @Test
  void a_bar_is_drawn_at_most_ten_times_a_second() {
    ConsoleProgress bar = ConsoleProgress.bar(out, 80);

    bar.started(SEGMENT, LIST);
    for (int millis = 0; millis < 1_000; millis++) {
      bar.progressed(progress(SIZE, millis, 0, 0, Duration.ofMillis(millis)));
    }

    assertThat(lines()).hasSize(1 + 10);
  }

  @Test
  void a_bar_never_reaches_the_last_column_and_leaves_nothing_of_a_longer_line() {
    ConsoleProgress bar = ConsoleProgress.bar(out, 40);
    OptionalLong huge = OptionalLong.of(1_000_000_000_000L);

    bar.started(SEGMENT, LIST);
    bar.progressed(progress(huge, 2_000, 1_000_000_000, 1_000_000_000, Duration.ofDays(9)));
    bar.rateLimited(Duration.ofHours(20));
    bar.progressed(progress(OptionalLong.of(10), 10, 10, 0, Duration.ofDays(10)));

    assertThat(written.toString(StandardCharsets.UTF_8).split("\r"))
        .filteredOn(line -> !line.startsWith("Exporting"))
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).hasSize(39));
  }

  @Test
  void without_a_known_size_counts_stand_in_place_of_the_bar() {
    ConsoleProgress bar = ConsoleProgress.bar(out, 80);

    bar.started(SEGMENT, LIST);
    bar.progressed(progress(OptionalLong.empty(), 62_300, 60_000, 20_000, Duration.ofSeconds(4)));

    assertThat(lines()).contains("62,300 read  60,000 sent  20,000 confirmed  5,125/s");
  }

  @Test
  void a_wait_of_a_second_or_more_is_told_at_once_and_forgotten_after() {
    ConsoleProgress bar = ConsoleProgress.bar(out, 80);

    bar.started(SEGMENT, LIST);
    bar.progressed(progress(SIZE, 50_000, 40_000, 0, Duration.ofSeconds(1)));
    bar.paced(Duration.ofMillis(400));
    bar.paced(Duration.ofSeconds(48));
    bar.rateLimited(Duration.ofSeconds(30));
    bar.progressed(progress(SIZE, 50_000, 40_000, 0, Duration.ofSeconds(32)));

    assertThat(lines())
        .extracting(line -> line.substring(line.indexOf(']') + 1).strip())
        .containsExactly(
            "Exporting segment vip-eu to list Y6nRLr",
            "0% of 100,000  40,000 sent",
            "0% of 100,000  40,000 sent  waits 0:48 for the quota",
            "0% of 100,000  40,000 sent  waits 0:30, rate-limited",
            "0% of 100,000  40,000 sent");
  }

  @Test
  void what_others_keep_the_export_waiting_for_stands_in_place_of_its_pace() {
    ConsoleProgress lines = ConsoleProgress.lines(out);
    lines.started(SEGMENT, LIST);

    lines.progressed(
        new ProgressData(
            SIZE,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            Optional.of("job 01J9 of an earlier run"),
            Duration.ofSeconds(10)));

    assertThat(lines())
        .endsWith("0:10    0% of 100,000  0 sent  waits for job 01J9 of an earlier run");
  }

  @Test
  void a_mirror_shows_how_far_it_is_in_segment_and_list_before_it_sends() {
    ConsoleProgress bar = ConsoleProgress.bar(out, 80);

    bar.started(SEGMENT, LIST);
    bar.progressed(mirroring(0, 40_000, 0, 0, 0, Duration.ofSeconds(1)));
    bar.progressed(mirroring(0, 100_000, 12_300, 41, 0, Duration.ofSeconds(2)));
    bar.progressed(mirroring(256, 100_000, 99_000, 812, 0, Duration.ofSeconds(3)));

    assertThat(lines())
        .containsExactly(
            "Exporting segment vip-eu to list Y6nRLr",
            "compares segment and list  40,000 customers",
            "compares segment and list  100,000 customers  12,300 members  41 leavers",
            "[                      ]   0% of 100,000  0 sent");
  }

  @Test
  void removals_are_told_in_the_lines_that_are_shown_anyway() {
    ConsoleProgress lines = ConsoleProgress.lines(out);

    lines.started(SEGMENT, LIST);
    for (int call = 1; call <= 21; call++) {
      lines.leaversRemoved(1_000);
      lines.progressed(
          mirroring(100_000, 100_000, 120_000, 21_000, call * 1_000, Duration.ofSeconds(call)));
    }

    assertThat(lines())
        .containsExactly(
            "Exporting segment vip-eu to list Y6nRLr",
            "0:10    0% of 100,000  0 sent  10,000 of 21,000 leavers removed",
            "0:20    0% of 100,000  0 sent  20,000 of 21,000 leavers removed");
  }

  private static ExportProgress mirroring(
      long read, long compared, long members, long leavers, long removed, Duration elapsed) {
    return new ProgressData(
        SIZE, read, 0, 0, 0, 0, compared, members, leavers, removed, Optional.empty(), elapsed);
  }

  @Test
  void those_that_have_not_changed_are_settled_though_they_are_not_sent() {
    ExportProgress unchanged =
        new ProgressData(
            SIZE,
            100_000,
            20_000,
            10_000,
            80_000,
            0,
            0,
            0,
            0,
            0,
            0,
            Optional.empty(),
            Duration.ofSeconds(10));
    ConsoleProgress lines = ConsoleProgress.lines(out);
    lines.started(SEGMENT, LIST);
    lines.progressed(unchanged);
    ConsoleProgress bar = ConsoleProgress.bar(out, 80);
    bar.started(SEGMENT, LIST);
    bar.progressed(unchanged);

    assertThat(lines())
        .contains("0:10   90% of 100,000  20,000 sent  9,000/s  0:01 left  80,000 unchanged")
        .contains("[###################===]  90% of 100,000  20,000 sent  9,000/s  0:01 left");
  }

  @Test
  void a_call_that_is_made_again_is_told_even_before_the_first_profile_is_sent() {
    ConsoleProgress lines = ConsoleProgress.lines(out);
    lines.started(SEGMENT, LIST);

    lines.retried("Klaviyo gave no answer ('get list')", Duration.ofSeconds(4));

    assertThat(lines()).endsWith("Klaviyo gave no answer ('get list'); again in 0:04");
  }

  @Test
  void elsewhere_than_on_a_terminal_there_is_a_line_every_ten_seconds() {
    ConsoleProgress progress = ConsoleProgress.lines(out);

    progress.started(SEGMENT, LIST);
    for (int second = 1; second <= 25; second++) {
      progress.progressed(
          progress(SIZE, 50_000, 40_000, second * 1_000, Duration.ofSeconds(second)));
    }
    progress.finished(report(100_000, 99_500, Duration.ofSeconds(3_725)));

    assertThat(written.toString(StandardCharsets.UTF_8))
        .doesNotContain("\r\u0020")
        .doesNotContain("[");
    assertThat(lines())
        .containsExactly(
            "Exporting segment vip-eu to list Y6nRLr",
            "0:10   10% of 100,000  40,000 sent  1,050/s  1:25 left",
            "0:20   20% of 100,000  40,000 sent  1,025/s  1:17 left",
            "Ended after 1:02:05: 100,000 read = 99,500 accepted + 0 rejected + 500 duplicates"
                + " + 0 unconfirmed");
  }

  @Test
  void an_export_that_stops_before_it_starts_has_its_last_line_too() {
    ConsoleProgress bar = ConsoleProgress.bar(out, 80);

    bar.finished(report(500, 0, Duration.ZERO));

    assertThat(lines())
        .containsExactly(
            "Ended after 0:00: 500 read = 0 accepted + 0 rejected + 500 duplicates + 0"
                + " unconfirmed");
  }

  @Test
  void figures_are_the_same_in_every_locale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      a_bar_shows_what_is_settled_and_what_is_sent();
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void a_test_has_no_terminal_and_so_gets_lines() {
    ConsoleProgress progress = ConsoleProgress.on(out);

    progress.progressed(progress(SIZE, 1, 0, 0, Duration.ofSeconds(1)));

    assertThat(lines()).isEmpty();
  }

  @Test
  void a_terminal_too_narrow_for_anything_is_refused() {
    assertThatThrownBy(() -> ConsoleProgress.bar(out, 19))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The terminal must be at least 20 columns wide; it is 19. Use lines(...) instead.");
  }

  private List<String> lines() {
    return written
        .toString(StandardCharsets.UTF_8)
        .lines()
        .map(String::stripTrailing)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static ExportProgress progress(
      OptionalLong size, long read, long sent, long accepted, Duration elapsed) {
    long duplicates = sent == 0 ? 0 : 500;
    return new ProgressData(size, read, sent, accepted, 0, duplicates, elapsed);
  }

  private static ExportReport report(long read, long accepted, Duration took) {
    return new ReportData(
        "0123456789abcdef01234567-0123456789ab",
        SEGMENT,
        LIST,
        SyncMode.UPSERT,
        Instant.parse("2026-09-01T08:00:00Z"),
        took,
        new ProfilesData(read, accepted, 0, 500, read - accepted - 500, 0),
        RejectionsData.NONE,
        List.of(),
        List.of(),
        LeaversData.NONE,
        new TrafficData(3, 1_000, 0, Duration.ZERO, Duration.ZERO),
        NoticesData.NONE,
        null);
  }
}
