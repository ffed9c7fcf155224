package io.github.klaviyoexport.testkit.benchmark;

import java.time.LocalDate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A figure that was measured, the median of several rounds.
 *
 * @param jdk the feature version of the JVM that was measured
 * @param value in the unit of the row
 * @param times {@code null} for a row that is beside no other
 * @param instructions that a profile takes; {@code null} where nothing counts them
 */
record Figure(
    FigureRow row,
    int jdk,
    LocalDate date,
    double value,
    @Nullable Times times,
    @Nullable Double instructions) {

  /** How many times the bound it is: the median, the least and the most of the rounds. */
  record Times(double median, double least, double most) {
    Times {
      median = thousandths(median);
      least = thousandths(least);
      most = thousandths(most);
    }
  }

  Figure {
    value = thousandths(value);
    instructions = instructions == null ? null : Double.valueOf(Math.rint(instructions));
  }

  /** Rounds to what the file holds, so that a figure says the same before and after. */
  private static double thousandths(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  /** A figure that stands for itself, as a heap does. */
  static Figure of(FigureRow row, int jdk, LocalDate date, double value) {
    return new Figure(row, jdk, date, value, null, null);
  }

  static Figure fromCsv(String line) {
    String[] cells = line.split(",", -1);
    return new Figure(
        FigureRow.valueOf(cells[0]),
        Integer.parseInt(cells[1]),
        LocalDate.parse(cells[2]),
        Double.parseDouble(cells[3]),
        cells[4].isEmpty()
            ? null
            : new Times(
                Double.parseDouble(cells[4]),
                Double.parseDouble(cells[5]),
                Double.parseDouble(cells[6])),
        cells[7].isEmpty() ? null : Double.valueOf(cells[7]));
  }

  String toCsv() {
    String ratio =
        times == null
            ? ",,"
            : String.format(Locale.ROOT, "%.3f,%.3f,%.3f", times.median, times.least, times.most);
    String counted = instructions == null ? "" : String.format(Locale.ROOT, "%.0f", instructions);
    return String.format(Locale.ROOT, "%s,%d,%s,%.3f,%s,%s", row, jdk, date, value, ratio, counted);
  }

  /** The figure as a cell of the table. */
  String shown() {
    if (times == null) {
      return row.unit.shown(value);
    }
    String ratio = String.format(Locale.ROOT, ", **%.2f times**", times.median);
    String range = String.format(Locale.ROOT, " (%.2f to %.2f)", times.least, times.most);
    return row.unit.shown(value) + ratio + (times.least < times.most ? range : "");
  }

  boolean isOf(Figure other) {
    return row == other.row && jdk == other.jdk;
  }
}
