package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.journal.JournalLog;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What an export writes down as it goes; without a journal, nothing. */
public final class RunJournal implements Closeable {
  private final @Nullable JournalLog log;
  private boolean failed;

  RunJournal(@Nullable JournalLog log) {
    this.log = log;
  }

  public boolean isKept() {
    return log != null;
  }

  /** What an unfinished run has left, if there is one. */
  @Nullable PreviousRun readEarlier(RowKeySpill keyStore, RunCounts tally) throws IOException {
    return log == null ? null : PreviousRun.read(log, keyStore, tally);
  }

  /**
   * Writes an entry; when this returns, it stays written. The one that begins a run replaces what
   * an earlier run left.
   *
   * @throws IOException if it cannot be written; only once, later entries are dropped
   */
  void write(JournalEntry entry) throws IOException {
    if (log != null) {
      String line = JournalLines.write(entry);
      attempt(entry instanceof Began ? () -> log.restart(line) : () -> log.append(line));
    }
  }

  /**
   * Says that the run is alive.
   *
   * @throws IOException if it cannot be said; only once
   */
  void keepAlive() throws IOException {
    if (log != null) {
      attempt(log::keepAlive);
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(Attempt attempt) throws IOException {
    if (!failed) {
      failed = true;
      attempt.run();
      failed = false;
    }
  }

  @Override
  public void close() throws IOException {
    if (log != null) {
      log.close();
    }
  }
}
