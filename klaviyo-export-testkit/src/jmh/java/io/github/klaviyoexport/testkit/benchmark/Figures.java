package io.github.klaviyoexport.testkit.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What a measured process prints of itself at its end, as one line on standard output.
 *
 * @param cpu user and system, compiler and garbage collector included
 * @param cpuAtHalf what it had taken when half of the profiles were made; zero if nobody noted it
 * @param instructions of the whole process; 0 where they are not counted
 */
record Figures(
    long profiles, Duration cpu, Duration cpuAtHalf, long peakKilobytes, long instructions) {
  private static final String TOLD = "FIGURE ";

  private static volatile Duration half = Duration.ZERO;

  /** Notes that half of the profiles are made. */
  static void atHalf() {
    half = cpuOfThisProcess();
  }

  /**
   * Prints the figures of this process so far.
   *
   * @param profiles how many it has dealt with
   */
  static void print(long profiles) {
    System.out.println(
        profiles
            + " "
            + cpuOfThisProcess().toMillis()
            + " "
            + half.toMillis()
            + " "
            + peakOfThisProcess());
  }

  /** Prints a figure that a program has measured of itself. */
  static void tell(FigureRow row, double value) {
    System.out.println(String.format(Locale.ROOT, "%s%s %.3f", TOLD, row, value));
  }

  static boolean isTold(String line) {
    return line.startsWith(TOLD);
  }

  static FigureRow toldRow(String line) {
    return FigureRow.valueOf(line.split(" ")[1]);
  }

  static double toldValue(String line) {
    return Double.parseDouble(line.split(" ")[2]);
  }

  static Figures parse(String line, long instructions) {
    String[] parts = line.split(" ");
    return new Figures(
        Long.parseLong(parts[0]),
        Duration.ofMillis(Long.parseLong(parts[1])),
        Duration.ofMillis(Long.parseLong(parts[2])),
        Long.parseLong(parts[3]),
        instructions);
  }

  private static Duration cpuOfThisProcess() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }

  /** The most memory the process has occupied, heap and all; 0 where the system does not say. */
  private static long peakOfThisProcess() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException notLinux) {
      return 0;
    }
  }

  double microsPerProfile() {
    return cpu.toNanos() / 1_000.0 / profiles;
  }

  /** What a profile of the second half costs: the JVM has started, and most is compiled. */
  double warmMicrosPerProfile() {
    return cpu.minus(cpuAtHalf).toNanos() / 1_000.0 / (profiles - profiles / 2);
  }
}
