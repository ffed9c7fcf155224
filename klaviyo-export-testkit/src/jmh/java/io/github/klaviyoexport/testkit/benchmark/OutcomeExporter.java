package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.OutcomeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The library at work as in {@link Exporter}, with the outcome of every profile in a file. */
final class OutcomeExporter {
  private OutcomeExporter() {}

  /** Arguments: base URL, how many profiles. */
  public static void main(String[] args) throws IOException {
    int profiles = Integer.parseInt(args[1]);
    Path path = Files.createTempFile("outcomes-", ".jsonl");
    try (OutcomeFile outcomes = OutcomeFile.jsonLines(path)) {
      Exporter.export(args[0], segment -> new BenchmarkProfiles(profiles), profiles, outcomes);
    }
    try (var lines = Files.lines(path)) {
      long count = lines.count();
      if (count != profiles) {
        throw new IOException("The file has " + count + " lines.");
      }
    } finally {
      Files.delete(path);
    }
  }
}
