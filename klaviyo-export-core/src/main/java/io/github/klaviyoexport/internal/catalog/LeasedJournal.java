package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one attempt, which holds its log as long as its run is leased: a holder that has
 * lost the one by its silence has lost the other.
 */
final class LeasedJournal implements ExportJournal {
  private final ExportJournal journal;
  private final Duration lease;
  private final Runnable opened;
  private volatile @Nullable LogHeldException held;

  /**
   * Creates the journal of an attempt.
   *
   * @param opened is called each time that a log was opened
   */
  LeasedJournal(ExportJournal journal, Duration lease, Runnable opened) {
    this.journal = journal;
    this.lease = lease;
    this.opened = opened;
  }

  @Override
  public JournalLog open(String key) throws IOException {
    try {
      JournalLog log = journal.open(key, lease);
      held = null;
      opened.run();
      return log;
    } catch (LogHeldException elsewhere) {
      held = elsewhere;
      throw elsewhere;
    }
  }

  @Override
  public List<String> list() throws IOException {
    return journal.list();
  }

  @Override
  public boolean delete(String key) throws IOException {
    return journal.delete(key);
  }

  /** Returns why the log could not be opened, if another holds it; {@code null} otherwise. */
  @Nullable LogHeldException held() {
    return held;
  }
}
