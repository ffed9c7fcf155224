package io.github.klaviyoexport.testkit.benchmark;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A row of the table of figures: what is measured, in which unit, and beside what. */
enum FigureRow {
  LOOP("bare loop, %,d profiles, whole process", Unit.MICROS, null, 1),
  EXPORT("export of the same", Unit.MICROS, LOOP, 1),
  OUTCOMES("export with every outcome in a file", Unit.MICROS, LOOP, 1),
  JOURNAL("export with a journal in files", Unit.MICROS, LOOP, 1),
  LOOP_WARM("bare loop, second half of the %,d", Unit.MICROS, null, 1),
  EXPORT_WARM("export, second half", Unit.MICROS, LOOP_WARM, 1),
  LOOP_LONG("bare loop, %,d profiles, heap of 512 MB, in one round", Unit.MICROS, null, 10),
  EXPORT_LONG("export of the same, in one round", Unit.MICROS, LOOP_LONG, 10),
  CSV_LOOP("bare loop over FastCSV's records, %,d in a file", Unit.MICROS, null, 1),
  CSV("export of the same file", Unit.MICROS, CSV_LOOP, 1),
  JDBC_LOOP("bare loop over a `ResultSet` of PostgreSQL, %,d rows", Unit.MICROS, null, 1),
  JDBC_PAGES("export of the same table, in pages", Unit.MICROS, JDBC_LOOP, 1),
  JDBC_PASS("export of the same table, in one pass", Unit.MICROS, JDBC_LOOP, 1),
  HEAP("heap that is enough for %,d profiles", Unit.MEGABYTES, null, 1),
  HEAP_BY_EMAIL(
      "heap that is enough for %,d profiles that are known by their email addresses alone",
      Unit.MEGABYTES, null, 1),
  HEAP_ONE_BATCH(
      "heap that is enough for %,d profiles, one batch at a time", Unit.MEGABYTES, null, 1),
  HEAP_LONG("heap that is enough for %,d profiles", Unit.MEGABYTES, null, 10),
  HEAP_SOURCES("heap that is enough for %,d rows of CSV or PostgreSQL", Unit.MEGABYTES, null, 1),
  HEAP_SORTED(
      "heap that is enough for %,d profiles that are sorted by email address",
      Unit.MEGABYTES, null, 100),
  START("an exporter's start to its first call, in a warm JVM", Unit.MILLIS, null, 1),
  TEST_IN_PROCESS("a typical test, the fake in process, after warm-up", Unit.MILLIS, null, 1),
  TEST_OVER_HTTP("the same test over HTTP", Unit.MILLIS, null, 1);

  /** What a figure is in. */
  enum Unit {
    /** Microseconds of CPU a profile. */
    MICROS("%.2f µs"),
    MILLIS("%.1f ms"),
    MEGABYTES("%.0f MB");

    private final String pattern;

    Unit(String pattern) {
      this.pattern = pattern;
    }

    String shown(double value) {
      return String.format(Locale.ROOT, pattern, value);
    }
  }

  private final String label;
  final Unit unit;

  /** The row that this one is divided by. */
  final @Nullable FigureRow bound;

  /** How many times as many profiles as the others it takes. */
  final int factor;

  FigureRow(String label, Unit unit, @Nullable FigureRow bound, int factor) {
    this.label = label;
    this.unit = unit;
    this.bound = bound;
    this.factor = factor;
  }

  /** What the row says of itself where so many profiles are measured. */
  String label(int profiles) {
    return String.format(Locale.ROOT, label, (long) profiles * factor);
  }
}
