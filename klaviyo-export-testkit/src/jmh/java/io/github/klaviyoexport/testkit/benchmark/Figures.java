package io.github.klaviyoexport.testkit.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a measured process prints of itself at its end, as one line on standard output. */
record Figures(long profiles, Duration cpu, long peakKilobytes) {
  /**
   * Prints the figures of this process so far.
   *
   * @param profiles how many it has dealt with
   */
  static void print(long profiles) {
    Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    System.out.println(profiles + " " + cpu.toMillis() + " " + peakOfThisProcess());
  }

  static Figures parse(String line) {
    String[] parts = line.split(" ");
    return new Figures(
        Long.parseLong(parts[0]),
        Duration.ofMillis(Long.parseLong(parts[1])),
        Long.parseLong(parts[2]));
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
}
