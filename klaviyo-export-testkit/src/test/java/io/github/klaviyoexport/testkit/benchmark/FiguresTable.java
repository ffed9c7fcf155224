package io.github.klaviyoexport.testkit.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the benchmarks have measured: the table that the README quotes, and what later runs are held
 * to.
 *
 * @param machine what it was measured on
 * @param profiles how many profiles a row takes that is not a multiple of that
 * @param rounds of how many rounds a figure is the median, at the least
 */
record FiguresTable(String machine, int profiles, int rounds, List<Figure> figures) {
  /** The committed figures, as seen from the module. */
  static final Path COMMITTED = Path.of("src", "jmh", "figures.csv");

  private static final double MOST = 1.1;
  private static final String BEGIN =
      "<!-- figures of klaviyo-export-testkit/src/jmh/figures.csv -->\n";
  private static final String END = "<!-- end of figures -->\n";
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH);

  FiguresTable {
    figures = List.copyOf(figures);
  }

  static FiguresTable read(Path path) throws IOException {
    List<String> lines = Files.readAllLines(path);
    Function<String, String> told =
        name ->
            lines.stream()
                .filter(line -> line.startsWith("# " + name + ": "))
                .map(line -> line.substring(line.indexOf(": ") + 2))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(path + " does not tell its " + name));
    return new FiguresTable(
        told.apply("machine"),
        Integer.parseInt(told.apply("profiles")),
        Integer.parseInt(told.apply("rounds")),
        lines.stream()
            .filter(line -> !line.startsWith("#") && !line.startsWith("row,"))
            .map(Figure::fromCsv)
            .toList());
  }

  void write(Path path) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# Written by the benchmarks: mvn -q -Pbench verify -Dbenchmark.commit");
    lines.add("# machine: " + machine);
    lines.add("# profiles: " + profiles);
    lines.add("# rounds: " + rounds);
    lines.add("row,jdk,date,value,times,least,most,instructions");
    figures.forEach(figure -> lines.add(figure.toCsv()));
    Files.write(path, lines);
  }

  /** These, and those of earlier on the same machine that were not measured anew. */
  FiguresTable withOlder(FiguresTable older) {
    List<Figure> kept =
        older.machine.equals(machine) && older.profiles == profiles
            ? older.figures.stream()
                .filter(figure -> figures.stream().noneMatch(figure::isOf))
                .toList()
            : List.of();
    int fewest = kept.isEmpty() ? rounds : Math.min(rounds, older.rounds);
    List<Figure> all = new ArrayList<>(figures);
    all.addAll(kept);
    all.sort(
        (one, other) ->
            one.row() == other.row()
                ? Integer.compare(one.jdk(), other.jdk())
                : one.row().compareTo(other.row()));
    return new FiguresTable(machine, profiles, fewest, all);
  }

  Optional<Figure> figure(FigureRow row, int jdk) {
    return figures.stream().filter(one -> one.row() == row && one.jdk() == jdk).findFirst();
  }

  /**
   * The figures of a run that are more than 1.1 times the ones here: by instructions if both were
   * counted, else by their ratio to the bare loop of their own run.
   *
   * @throws IllegalArgumentException if nothing can be compared
   */
  List<Figure> slowerIn(FiguresTable run) {
    if (run.profiles != profiles) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The committed figures are of %,d profiles and these of %,d: measure with"
                  + " -Dbenchmark.profiles=%d.",
              profiles,
              run.profiles,
              profiles));
    }
    List<Figure> known =
        run.figures.stream()
            .filter(figure -> figure.row().bound != null)
            .filter(figure -> figure(figure.row(), figure.jdk()).isPresent())
            .toList();
    if (known.isEmpty()) {
      throw new IllegalArgumentException(
          "None of what was measured is among the committed figures: measure a JDK and rows of "
              + COMMITTED
              + ", or commit these with -Dbenchmark.commit.");
    }
    return known.stream()
        .filter(figure -> isSlower(figure, figure(figure.row(), figure.jdk()).orElseThrow()))
        .toList();
  }

  private static boolean isSlower(Figure measured, Figure committed) {
    Double counted = measured.instructions();
    Double before = committed.instructions();
    if (counted != null && before != null) {
      return counted > MOST * before;
    }
    Figure.Times times = measured.times();
    Figure.Times earlier = committed.times();
    return times != null && earlier != null && times.median() > MOST * earlier.median();
  }

  /** What there is to say of a figure that is slower than the one here: both, and what to do. */
  String advice(Figure slower) {
    Figure committed = figure(slower.row(), slower.jdk()).orElseThrow();
    boolean counted = slower.instructions() != null && committed.instructions() != null;
    return String.format(
        Locale.ROOT,
        "SLOWER: %s (%s), JDK %d: %s, and %s is committed; at most %.1f times that may be. Find the"
            + " commit with git bisect and -Dbenchmark.check -Dbenchmark.rows=%s; if it is worth"
            + " its price, commit new figures with -Dbenchmark.commit.",
        slower.row().label(profiles),
        slower.row(),
        slower.jdk(),
        measure(slower, counted),
        measure(committed, counted),
        MOST,
        slower.row());
  }

  private static String measure(Figure figure, boolean counted) {
    return counted
        ? String.format(Locale.ROOT, "%,.0f instructions a profile", figure.instructions())
        : String.format(Locale.ROOT, "%.2f times the bare loop", figure.times().median());
  }

  /** The table as Markdown, with the machine and the date before it. */
  String toMarkdown() {
    int[] jdks = figures.stream().mapToInt(Figure::jdk).distinct().sorted().toArray();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Measured %s on %s: medians of at least %d rounds%n"
                + "that take turns, and in parentheses the least and the most of them.%n%n",
            dates(),
            machine,
            rounds));
    text.append(line("what", jdks, jdk -> "JDK " + jdk));
    text.append(line("---", jdks, jdk -> "---").replace(" ", ""));
    for (FigureRow row : FigureRow.values()) {
      if (figures.stream().anyMatch(figure -> figure.row() == row)) {
        text.append(
            line(row.label(profiles), jdks, jdk -> figure(row, jdk).map(Figure::shown).orElse("")));
      }
    }
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  private static String line(String first, int[] jdks, Function<Integer, String> cell) {
    return Arrays.stream(jdks)
        .mapToObj(cell::apply)
        .collect(Collectors.joining(" | ", "| " + first + " | ", " |\n"));
  }

  private String dates() {
    LocalDate first = figures.stream().map(Figure::date).min(LocalDate::compareTo).orElseThrow();
    LocalDate last = figures.stream().map(Figure::date).max(LocalDate::compareTo).orElseThrow();
    return first.equals(last)
        ? "on " + DAY.format(last)
        : "from " + DAY.format(first) + " to " + DAY.format(last);
  }

  /** A document with this table in place of the one in it. */
  String writtenInto(String document) {
    int begin = document.indexOf(BEGIN);
    int end = document.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("The document has no place for the figures: " + BEGIN);
    }
    return document.substring(0, begin + BEGIN.length()) + toMarkdown() + document.substring(end);
  }
}
