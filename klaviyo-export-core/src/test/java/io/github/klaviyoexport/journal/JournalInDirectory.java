package io.github.klaviyoexport.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A journal in a directory that is not there yet, and the file of one log. */
abstract class JournalInDirectory {
  static final String KEY = "vip-eu";

  @TempDir Path temp;
  Path directory;
  Path file;
  FileJournal journal;

  @BeforeEach
  void makes_a_journal_in_a_directory_that_is_not_there_yet() {
    directory = temp.resolve("exports");
    file = directory.resolve(KEY + ".journal");
    journal = FileJournal.in(directory);
  }

  void write(List<String> lines) throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      for (String line : lines) {
        log.append(line);
      }
    }
  }

  List<String> lines() throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      return linesOf(log);
    }
  }

  static List<String> linesOf(JournalLog log) throws IOException {
    var lines = new ArrayList<String>();
    log.replay(lines::add);
    return lines;
  }
}
