package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.journal.ExportJournal;
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
   * @param goesOn whether it is to be gone on with
   */
  @Nullable PreviousRun replay(RowKeySpill spill, RunCounts counts, boolean goesOn)
      throws IOException {
    return log == null
        ? null
        : asking("replay()", () -> PreviousRun.read(log, spill, counts, goesOn));
  }

  /** Opens a log of a journal. */
  static RunJournal open(String key, ExportJournal journal) throws IOException {
    return new RunJournal(
        asking(
            "open()",
            () -> {
              JournalLog log = journal.open(key);
              if (log == null) {
                throw new IOException("The journal's open() returned null.");
              }
              return log;
            }));
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  /**
   * Asks the journal, whose implementation may throw anything.
   *
   * @throws IOException if it throws; one that is not declared is told by its type only
   */
  private static <T extends @Nullable Object> T asking(String method, Question<T> question)
      throws IOException {
    try {
      return question.ask();
    } catch (IOException declared) {
      throw declared;
    } catch (Throwable undeclared) {
      throw new IOException(
          "the journal's " + method + " threw " + undeclared.getClass().getName(),
          UnquotedFailure.of(undeclared));
    }
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
      if (entry instanceof Began) {
        attempt("restart()", () -> log.restart(line));
      } else {
        attempt("append()", () -> log.append(line));
      }
    }
  }

  /**
   * Tells the journal that the run is alive.
   *
   * @throws IOException if it cannot be told; only once
   */
  void keepAlive() throws IOException {
    if (log != null) {
      attempt("keepAlive()", log::keepAlive);
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(String method, Attempt attempt) throws IOException {
    if (!failed) {
      failed = true;
      asking(
          method,
          () -> {
            attempt.run();
            return null;
          });
      failed = false;
    }
  }

  @Override
  public void close() throws IOException {
    if (log != null) {
      asking(
          "close()",
          () -> {
            log.close();
            return null;
          });
    }
  }
}
