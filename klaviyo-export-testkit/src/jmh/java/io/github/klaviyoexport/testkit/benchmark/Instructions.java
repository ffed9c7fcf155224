package io.github.klaviyoexport.testkit.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Instructions that a process takes, as {@code perf} counts them where the processor lets it: few
 * virtual machines do.
 */
final class Instructions {
  private static final boolean COUNTED = areCounted();

  private Instructions() {}

  private static boolean areCounted() {
    try {
      Path counts = Files.createTempFile("instructions", ".csv");
      try {
        Process process =
            new ProcessBuilder(counting(counts, List.of("true")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0 && in(counts) > 0;
      } finally {
        Files.delete(counts);
      }
    } catch (IOException noPerf) {
      return false;
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  /** Whether they can be counted here. */
  static boolean counted() {
    return COUNTED;
  }

  /** The command that runs another and writes how many it took. */
  static List<String> counting(Path counts, List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of("perf", "stat", "-x", ",", "-e", "instructions:u", "-o", counts.toString()));
    all.add("--");
    all.addAll(command);
    return all;
  }

  /** How many there were; 0 if they were not counted. */
  static long in(Path counts) throws IOException {
    return Files.readAllLines(counts).stream()
        .filter(line -> line.contains("instructions"))
        .map(line -> line.substring(0, line.indexOf(',')))
        .filter(count -> count.matches("\\d+"))
        .mapToLong(Long::parseLong)
        .sum();
  }
}
