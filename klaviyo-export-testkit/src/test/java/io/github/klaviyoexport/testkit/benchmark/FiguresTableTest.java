package io.github.klaviyoexport.testkit.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTableTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 27);
  private static final Path README = Path.of("..", "README.md");

  /** Run with {@code -Dfigures.write=true}, it writes the committed figures into the README. */
  @Test
  void the_readme_quotes_the_committed_figures() throws IOException {
    FiguresTable committed = FiguresTable.read(FiguresTable.COMMITTED);
    String readme = Files.readString(README);
    if (Boolean.getBoolean("figures.write")) {
      readme = committed.writtenInto(readme);
      Files.writeString(README, readme);
    }

    assertThat(readme)
        .as("the README; -Dfigures.write=true writes the figures")
        .isEqualTo(committed.writtenInto(readme));
  }

  @Test
  void a_figure_says_the_same_after_it_was_written_and_read() {
    Figure measured =
        new Figure(
            FigureRow.EXPORT, 17, DAY, 3.98451, new Figure.Times(1.45451, 1.33451, 1.46451), 4.5);

    Figure read = Figure.fromCsv(measured.toCsv());

    assertThat(read).isEqualTo(measured);
    assertThat(read.shown()).isEqualTo(measured.shown());
  }

  @Test
  void both_jdks_have_a_figure_for_every_row_beside_a_bare_loop() throws IOException {
    FiguresTable committed = FiguresTable.read(FiguresTable.COMMITTED);

    for (int jdk : new int[] {17, 25}) {
      assertThat(Arrays.stream(FigureRow.values()).filter(row -> row.bound != null))
          .as("JDK %d", jdk)
          .allMatch(row -> committed.figure(row, jdk).isPresent());
    }
  }

  @Test
  void a_run_fails_whose_ratio_is_more_than_a_tenth_above_the_committed_one() {
    FiguresTable committed = table(ratio(FigureRow.EXPORT, 1.80), ratio(FigureRow.CSV, 1.50));

    assertThat(committed.slowerIn(table(ratio(FigureRow.EXPORT, 1.98)))).isEmpty();
    Figure slower = ratio(FigureRow.EXPORT, 1.99);
    assertThat(committed.slowerIn(table(slower, ratio(FigureRow.CSV, 1.20))))
        .containsExactly(slower);
  }

  @Test
  void what_fails_is_named_with_both_figures_and_what_to_do() {
    assertThat(table(ratio(FigureRow.EXPORT_WARM, 1.5)).advice(ratio(FigureRow.EXPORT_WARM, 2.25)))
        .contains("EXPORT_WARM", "JDK 17", "2.25 times the bare loop", "1.50 times")
        .contains("git bisect", "-Dbenchmark.check -Dbenchmark.rows=EXPORT_WARM")
        .contains("-Dbenchmark.commit");
    assertThat(
            table(counted(FigureRow.CSV, 1.5, 20_000.0))
                .advice(counted(FigureRow.CSV, 1, 25_000.0)))
        .contains("25,000 instructions a profile, and 20,000 instructions");
  }

  @Test
  void instructions_decide_where_both_sides_have_counted_them() {
    FiguresTable committed = table(counted(FigureRow.EXPORT, 1.5, 10_000.0));

    assertThat(committed.slowerIn(table(counted(FigureRow.EXPORT, 3.0, 10_900.0)))).isEmpty();
    assertThat(committed.slowerIn(table(counted(FigureRow.EXPORT, 1.5, 11_100.0)))).hasSize(1);
    assertThat(committed.slowerIn(table(ratio(FigureRow.EXPORT, 3.0)))).hasSize(1);
  }

  @Test
  void time_alone_fails_nothing() {
    FiguresTable committed = table(ratio(FigureRow.EXPORT, 1.5), plain(FigureRow.LOOP, 3.0));

    assertThat(committed.slowerIn(table(ratio(FigureRow.EXPORT, 1.5), plain(FigureRow.LOOP, 9.0))))
        .isEmpty();
  }

  @Test
  void a_check_that_could_not_fail_is_refused() {
    FiguresTable committed = table(ratio(FigureRow.EXPORT, 1.5));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> committed.slowerIn(table(ratio(FigureRow.CSV, 9))))
        .withMessageContaining("None of what was measured is among the committed figures");
    FiguresTable fewer =
        new FiguresTable("a machine", 1_000, 5, List.of(ratio(FigureRow.EXPORT, 9)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> committed.slowerIn(fewer))
        .withMessageContaining("-Dbenchmark.profiles=1000000");
  }

  @Test
  void what_is_written_is_read_as_the_same(@TempDir Path directory) throws IOException {
    FiguresTable table =
        table(
            plain(FigureRow.LOOP, 3.85),
            counted(FigureRow.EXPORT, 1.75, 10_000.0),
            Figure.of(FigureRow.HEAP, 25, DAY, 32));

    table.write(directory.resolve("figures.csv"));

    assertThat(FiguresTable.read(directory.resolve("figures.csv"))).isEqualTo(table);
  }

  @Test
  void the_table_has_a_column_for_each_jdk_and_names_machine_and_days() {
    FiguresTable table =
        table(
            plain(FigureRow.LOOP, 3.854),
            new Figure(FigureRow.LOOP, 25, LocalDate.of(2026, 11, 26), 3.2, null, null),
            ratio(FigureRow.EXPORT, 1.8),
            Figure.of(FigureRow.HEAP, 25, DAY, 32));

    assertThat(table.toMarkdown())
        .isEqualTo(
            """
            Measured from 26 November 2026 to 27 November 2026 on a machine: medians of at least 5 rounds
            that take turns, and in parentheses the least and the most of them.

            | what | JDK 17 | JDK 25 |
            |---|---|---|
            | bare loop, 1,000,000 profiles, whole process | 3.85 µs | 3.20 µs |
            | export of the same | 6.00 µs, **1.80 times** (1.55 to 2.05) |  |
            | heap that is enough for 1,000,000 profiles |  | 32 MB |
            """);
  }

  @Test
  void figures_of_an_earlier_run_stay_if_they_are_of_the_same_machine() {
    Figure heap = Figure.of(FigureRow.HEAP, 17, DAY, 32);
    FiguresTable older = table(ratio(FigureRow.EXPORT, 1.8), heap);
    Figure now = ratio(FigureRow.EXPORT, 1.3);

    assertThat(table(now).withOlder(older)).isEqualTo(table(now, heap));
    FiguresTable elsewhere = new FiguresTable("another machine", 1_000_000, 5, List.of(now));
    assertThat(elsewhere.withOlder(older)).isEqualTo(elsewhere);
  }

  @Test
  void a_table_that_keeps_older_figures_claims_no_more_rounds_than_they_had() {
    Figure heap = Figure.of(FigureRow.HEAP, 17, DAY, 32);
    FiguresTable older = new FiguresTable("a machine", 1_000_000, 3, List.of(heap));

    assertThat(table(ratio(FigureRow.EXPORT, 1.3)).withOlder(older).rounds()).isEqualTo(3);
    assertThat(table(heap).withOlder(older).rounds()).isEqualTo(5);
  }

  private static FiguresTable table(Figure... figures) {
    return new FiguresTable("a machine", 1_000_000, 5, List.of(figures));
  }

  private static Figure plain(FigureRow row, double value) {
    return new Figure(row, 17, DAY, value, null, null);
  }

  private static Figure ratio(FigureRow row, double times) {
    return counted(row, times, null);
  }

  private static Figure counted(FigureRow row, double times, @Nullable Double instructions) {
    return new Figure(
        row, 17, DAY, 6, new Figure.Times(times, times - 0.25, times + 0.25), instructions);
  }
}
