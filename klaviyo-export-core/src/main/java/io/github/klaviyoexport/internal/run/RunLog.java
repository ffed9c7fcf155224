package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.journal.JournalLog;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What an export writes down as it goes; without a journal, nothing. */
final class RunLog implements Closeable {
  private final @Nullable JournalLog log;
  private boolean failed;

  /** A journal that can no longer be written: the export must not go on without it. */
  static final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FailedException(IOException cause) {
      super(cause);
    }
  }

  RunLog(@Nullable JournalLog log) {
    this.log = log;
  }

  boolean isKept() {
    return log != null;
  }

  /** What an unfinished run has left, if there is one. */
  @Nullable Earlier readEarlier(KeyStore keyStore, Tally tally) throws IOException {
    return log == null ? null : Earlier.read(log, keyStore, tally);
  }

  /** Replaces what an earlier run left. */
  void restart(JournalEntry first) {
    if (log != null) {
      attempt(() -> log.restart(JournalLines.write(first)));
    }
  }

  /**
   * Writes an entry; when this returns, it stays written.
   *
   * @throws FailedException if it cannot be written; only once, later entries are dropped
   */
  void write(JournalEntry entry) {
    if (log != null) {
      attempt(() -> log.append(JournalLines.write(entry)));
    }
  }

  void keepAlive() {
    if (log != null) {
      attempt(log::keepAlive);
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(Attempt attempt) {
    if (failed) {
      return;
    }
    try {
      attempt.run();
    } catch (IOException failure) {
      failed = true;
      throw new FailedException(failure);
    }
  }

  @Override
  public void close() throws IOException {
    if (log != null) {
      log.close();
    }
  }
}
