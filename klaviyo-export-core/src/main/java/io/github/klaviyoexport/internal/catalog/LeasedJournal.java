package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one attempt, which holds its log as long as its run is leased: a holder that has
 * lost the one by its silence has lost the other.
 */
final class LeasedJournal implements ExportJournal {
  private final ExportJournal journal;
  private final Duration lease;
  private final Runnable opened;
  private final Runnable written;
  private volatile @Nullable LogHeldException held;

  /**
   * Creates the journal of an attempt.
   *
   * @param opened is called each time that a log was opened
   * @param written is called each time that something was written to it
   */
  LeasedJournal(ExportJournal journal, Duration lease, Runnable opened, Runnable written) {
    this.journal = journal;
    this.lease = lease;
    this.opened = opened;
    this.written = written;
  }

  @Override
  public JournalLog open(String key) throws IOException {
    try {
      JournalLog log = journal.open(key, lease);
      held = null;
      opened.run();
      return new WatchedLog(log, written);
    } catch (LogHeldException elsewhere) {
      held = elsewhere;
      throw elsewhere;
    }
  }

  /** A log that tells when something was written to it. */
  private record WatchedLog(JournalLog log, Runnable written) implements JournalLog {
    @Override
    public void replay(Consumer<String> line) throws IOException {
      log.replay(line);
    }

    @Override
    public void append(String line) throws IOException {
      log.append(line);
      written.run();
    }

    @Override
    public void restart(String line) throws IOException {
      log.restart(line);
      written.run();
    }

    @Override
    public void keepAlive() throws IOException {
      log.keepAlive();
    }

    @Override
    public void close() throws IOException {
      log.close();
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
