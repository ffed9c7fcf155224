package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.testkit.benchmark.Comparison.Client;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What an export costs, in one run and as one table: CPU of whole processes beside that of a bare
 * loop over the same customers, heaps that are enough, and how soon a test is done, on each JDK
 * that {@code benchmark.jdks} names.
 *
 * <p>{@code benchmark.rows} chooses rows, {@code benchmark.commit} makes the figures those of the
 * README, and {@code benchmark.check} fails when a row is slower than the committed figures say.
 */
final class Benchmarks {
  static final LocalDate TODAY = LocalDate.now();

  private static final int PROFILES = Integer.getInteger("benchmark.profiles", 1_000_000);
  private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 5);

  private static final Path README = Path.of("..", "README.md");

  private final List<Jdk> jdks = Jdk.measured();
  private final SinkProcess sink;
  private final Customers customers;
  private boolean failed;

  private Benchmarks(SinkProcess sink, Customers customers) {
    this.sink = sink;
    this.customers = customers;
  }

  public static void main(String[] args) throws Exception {
    boolean good;
    try (SinkProcess sink = new SinkProcess();
        Customers customers = new Customers(PROFILES)) {
      good = new Benchmarks(sink, customers).run();
    }
    System.exit(good ? 0 : 1);
  }

  private boolean run() throws Exception {
    FiguresTable measured = measure(rows());
    System.out.println();
    System.out.print(measured.toMarkdown());
    if (Boolean.getBoolean("benchmark.check")) {
      check(measured);
    }
    if (Boolean.getBoolean("benchmark.commit")) {
      commit(measured);
    }
    return !failed;
  }

  /** The rows that are asked for; all but the longest unless they are named. */
  private static Set<FigureRow> rows() {
    String names = System.getProperty("benchmark.rows", "");
    Set<FigureRow> rows = EnumSet.complementOf(EnumSet.of(FigureRow.HEAP_SORTED));
    if (!names.isBlank()) {
      rows.clear();
      Arrays.stream(names.split(",")).map(String::strip).map(FigureRow::valueOf).forEach(rows::add);
    }
    return rows;
  }

  private FiguresTable measure(Set<FigureRow> rows) throws Exception {
    List<Figure> figures = new ArrayList<>();
    for (Jdk jdk : jdks) {
      for (Comparison comparison : comparisons(rows)) {
        compare(comparison, jdk, figures);
      }
      heap(FigureRow.HEAP, 40, rows, jdk, figures, Exporter.class);
      heap(FigureRow.HEAP_BY_EMAIL, 32, rows, jdk, figures, Exporter.class, "by email");
      heap(FigureRow.HEAP_ONE_BATCH, 32, rows, jdk, figures, Exporter.class, "one batch");
      heap(FigureRow.HEAP_LONG, 160, rows, jdk, figures, Exporter.class);
      heap(FigureRow.HEAP_SORTED, 512, rows, jdk, figures, SortedExporter.class);
      if (rows.contains(FigureRow.HEAP_SOURCES)) {
        heapOfSources(64, jdk, figures);
      }
      program(StartBenchmark.class.getName(), FigureRow.START, rows, jdk, figures);
      program(UserTestBenchmark.class.getName(), FigureRow.TEST_IN_PROCESS, rows, jdk, figures);
    }
    return new FiguresTable(machine(), PROFILES, ROUNDS, figures);
  }

  private void compare(Comparison comparison, Jdk jdk, List<Figure> figures) throws Exception {
    try {
      figures.addAll(comparison.measure(jdk, sink));
    } catch (IOException broken) {
      failed = true;
      print("FAILED: %s", broken.getMessage());
      sink.totals();
    }
  }

  private List<Comparison> comparisons(Set<FigureRow> rows) throws Exception {
    List<Comparison> comparisons = new ArrayList<>();
    comparisons.add(
        new Comparison(
            PROFILES,
            ROUNDS,
            "256m",
            List.of(
                new Client(FigureRow.LOOP, LowerBound.class),
                new Client(FigureRow.EXPORT, Exporter.class),
                new Client(FigureRow.OUTCOMES, OutcomeExporter.class),
                new Client(FigureRow.JOURNAL, JournalExporter.class))));
    comparisons.add(
        new Comparison(
            PROFILES * FigureRow.EXPORT_LONG.factor,
            1,
            "512m",
            List.of(
                new Client(FigureRow.LOOP_LONG, LowerBound.class),
                new Client(FigureRow.EXPORT_LONG, Exporter.class))));
    if (rows.contains(FigureRow.CSV)) {
      comparisons.add(
          new Comparison(
              PROFILES,
              ROUNDS,
              "256m",
              List.of(
                  new Client(FigureRow.CSV_LOOP, CsvLowerBound.class, customers.csv()),
                  new Client(FigureRow.CSV, SourceExporter.class, "csv", customers.csv()))));
    }
    if (rows.contains(FigureRow.JDBC_PAGES) || rows.contains(FigureRow.JDBC_PASS)) {
      String database = customers.database();
      comparisons.add(
          new Comparison(
              PROFILES,
              ROUNDS,
              "256m",
              List.of(
                  new Client(FigureRow.JDBC_LOOP, JdbcLowerBound.class, database),
                  new Client(FigureRow.JDBC_PAGES, SourceExporter.class, "pages", database),
                  new Client(FigureRow.JDBC_PASS, SourceExporter.class, "one pass", database))));
    }
    return comparisons.stream().map(comparison -> comparison.only(rows)).toList();
  }

  /** Tries whether so many megabytes are enough. */
  private void heap(
      FigureRow row,
      int megabytes,
      Set<FigureRow> rows,
      Jdk jdk,
      List<Figure> figures,
      Class<?> main,
      String... how)
      throws Exception {
    if (rows.contains(row) && isEnough(megabytes, main, row, jdk, how)) {
      figures.add(Figure.of(row, jdk.version(), TODAY, megabytes));
    }
  }

  /** Tries whether so many megabytes are enough for each of the sources that are measured. */
  private void heapOfSources(int megabytes, Jdk jdk, List<Figure> figures) throws Exception {
    FigureRow row = FigureRow.HEAP_SOURCES;
    Class<?> main = SourceExporter.class;
    String database = customers.database();
    if (isEnough(megabytes, main, row, jdk, "csv", customers.csv())
        & isEnough(megabytes, main, row, jdk, "pages", database)
        & isEnough(megabytes, main, row, jdk, "one pass", database)) {
      figures.add(Figure.of(row, jdk.version(), TODAY, megabytes));
    }
  }

  private boolean isEnough(int megabytes, Class<?> main, FigureRow row, Jdk jdk, String... how)
      throws Exception {
    int profiles = PROFILES * row.factor;
    List<String> arguments = new ArrayList<>(List.of(sink.url(), Integer.toString(profiles)));
    arguments.addAll(List.of(how));
    String what = row + (how.length == 0 ? "" : ", " + how[0]);
    try {
      Figures run =
          MeasuredJvm.run(
              jdk, megabytes + "m", main.getName(), profiles, arguments.toArray(String[]::new));
      print(
          "  JDK %d, %s: -Xmx%dm, %.2f us, process at most %,d MB",
          jdk.version(), what, megabytes, run.microsPerProfile(), run.peakKilobytes() / 1024);
      return true;
    } catch (IOException notEnough) {
      failed = true;
      print("FAILED: %s on JDK %d: %s", what, jdk.version(), notEnough.getMessage());
      return false;
    } finally {
      sink.totals();
    }
  }

  /** Runs a program that measures itself. */
  private void program(
      String main, FigureRow row, Set<FigureRow> rows, Jdk jdk, List<Figure> figures)
      throws Exception {
    if (!rows.contains(row)) {
      return;
    }
    MeasuredJvm.Ended ended = MeasuredJvm.end(jdk, "256m", main);
    failed |= ended.status() != 0;
    for (String line : ended.output()) {
      if (Figures.isTold(line)) {
        figures.add(
            Figure.of(Figures.toldRow(line), jdk.version(), TODAY, Figures.toldValue(line)));
      } else {
        System.out.println("  " + line);
      }
    }
  }

  /** Fails if a row is slower than it was, twice. */
  private void check(FiguresTable measured) throws Exception {
    FiguresTable committed = FiguresTable.read(FiguresTable.COMMITTED);
    List<Figure> once = committed.slowerIn(measured);
    List<Figure> slower = List.of();
    if (!once.isEmpty()) {
      Set<FigureRow> again = EnumSet.noneOf(FigureRow.class);
      once.forEach(figure -> again.add(figure.row()));
      print("Slower than what is committed, and measured once more: %s", again);
      slower =
          committed.slowerIn(measure(again)).stream()
              .filter(figure -> once.stream().anyMatch(figure::isOf))
              .toList();
    }
    for (Figure figure : slower) {
      failed = true;
      print("%s", committed.advice(figure));
    }
    if (slower.isEmpty()) {
      print("No row is more than 1.1 times what is committed.");
    }
  }

  private static void commit(FiguresTable measured) throws IOException {
    FiguresTable all =
        Files.exists(FiguresTable.COMMITTED)
            ? measured.withOlder(FiguresTable.read(FiguresTable.COMMITTED))
            : measured;
    all.write(FiguresTable.COMMITTED);
    Files.writeString(README, all.writtenInto(Files.readString(README)));
    print(
        "Written to %s and to the README: look at both, and commit them.", FiguresTable.COMMITTED);
  }

  private static String machine() throws IOException {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %.0f GB, %s",
        processor(),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize() / (double) (1 << 30),
        System.getProperty("os.name"));
  }

  private static String processor() throws IOException {
    Path told = Path.of("/proc/cpuinfo");
    if (Files.exists(told)) {
      for (String line : Files.readAllLines(told)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return System.getProperty("os.arch");
  }

  private static void print(String pattern, Object... values) {
    System.out.println(String.format(Locale.ROOT, pattern, values));
  }
}
