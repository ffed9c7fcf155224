package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.JournalEntry.Finished;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forgetting of runs that are over in a journal. What their logs hold of customers, their ids
 * and keyed fingerprints, is of no more use; a log of an unfinished run is what resumes it.
 */
public final class ForgottenRuns {
  private final List<String> deleted = new ArrayList<>();
  private final List<String> unfinished = new ArrayList<>();
  private final List<String> inUse = new ArrayList<>();

  private ForgottenRuns() {}

  /**
   * Deletes the logs of all runs that are over.
   *
   * @throws UnsupportedOperationException if the journal cannot list or delete logs
   * @throws IOException if it cannot be read or written
   */
  public static ForgottenRuns in(ExportJournal journal) throws IOException {
    ForgottenRuns runs = new ForgottenRuns();
    for (String key : journal.list()) {
      try {
        runs.look(journal, key);
      } catch (LogHeldException held) {
        runs.inUse.add(key);
      }
    }
    return runs;
  }

  private void look(ExportJournal journal, String key) throws IOException {
    boolean[] is = new boolean[2];
    IOException[] failure = new IOException[1];
    try (JournalLog log = journal.open(key)) {
      log.replay(
          line -> {
            JournalEntry entry = read(line, failure);
            is[0] |= entry instanceof Began;
            is[1] |= entry instanceof Finished;
          });
    }
    if (failure[0] != null) {
      throw failure[0];
    }
    if (is[1]) {
      if (journal.delete(key)) {
        deleted.add(key);
      }
    } else if (is[0]) {
      unfinished.add(key);
    }
  }

  private static @Nullable JournalEntry read(String line, IOException[] failure) {
    try {
      return failure[0] == null ? JournalLines.read(line) : null;
    } catch (IOException unreadable) {
      failure[0] = unreadable;
      return null;
    }
  }

  /** Returns the keys of the logs that were deleted. */
  public List<String> deleted() {
    return deleted;
  }

  /** Returns the keys of the logs of unfinished runs, which stay. */
  public List<String> unfinished() {
    return unfinished;
  }

  /** Returns the keys of the logs that others have open. */
  public List<String> inUse() {
    return inUse;
  }
}
