package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.journal.JournalLog;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The log of a run in the journal; without a journal, nothing is written. */
public final class RunJournal implements Closeable {
  private final @Nullable JournalLog log;
  private boolean failed;

  RunJournal(@Nullable JournalLog log) {
    this.log = log;
  }

  /** Returns whether what is written is kept anywhere. */
  public boolean isKept() {
    return log != null;
  }

  /**
   * Replays what the run before has written; returns {@code null} if there was none.
   *
   * @param spill takes the keys of jobs that had not ended
   * @param counts takes what jobs and refusals of that run amount to
   */
  @Nullable PreviousRun replay(RowKeySpill spill, RunCounts counts) throws IOException {
    return log == null ? null : PreviousRun.read(log, spill, counts);
  }

  /**
   * Writes an entry; when this returns, it stays written. The one that begins a run replaces what a
   * previous run left.
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
   * Tells the journal that the run is alive.
   *
   * @throws IOException if it cannot be told; only once
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
