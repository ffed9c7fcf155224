package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.journal.FileJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** The library at work as in {@link Exporter}, with a journal in files. */
final class JournalExporter {
  private JournalExporter() {}

  /** Arguments: base URL, how many profiles. */
  public static void main(String[] args) throws IOException {
    int profiles = Integer.parseInt(args[1]);
    Path directory = Files.createTempDirectory("journal-");
    try {
      Exporter.export(
          args[0],
          segment -> new BenchmarkProfiles(profiles),
          profiles,
          builder -> builder.journal(FileJournal.in(directory)));
    } finally {
      try (var files = Files.walk(directory)) {
        for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
          Files.delete(file);
        }
      }
    }
  }
}
