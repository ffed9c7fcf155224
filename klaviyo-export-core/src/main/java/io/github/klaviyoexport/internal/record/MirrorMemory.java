package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.record.JournalEntry.Mirrored;
import io.github.klaviyoexport.internal.record.JournalEntry.Setup;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a journal remembers of a list that is a mirror: of which segment, and since when. It is held
 * while one mirror of the list runs, so that no other runs meanwhile.
 */
public final class MirrorMemory implements Closeable {
  private final JournalLog log;
  private final @Nullable Mirrored last;

  private MirrorMemory(JournalLog log, @Nullable Mirrored last) {
    this.log = log;
    this.last = last;
  }

  /**
   * Opens what a journal remembers of an export's list.
   *
   * @throws LogHeldException if a mirror of it is being run elsewhere
   * @throws IOException if it cannot be opened or read
   */
  public static MirrorMemory open(Setup setup, ExportJournal journal) throws IOException {
    JournalLog log = journal.open("list-" + RunSession.key(setup.list() + '\n' + setup.server()));
    try {
      @Nullable String[] line = new @Nullable String[1];
      log.replay(written -> line[0] = written);
      String written = line[0];
      return new MirrorMemory(
          log,
          written != null && JournalLines.read(written) instanceof Mirrored last ? last : null);
    } catch (IOException | RuntimeException | Error failure) {
      RunSession.close(log);
      throw failure;
    }
  }

  /** Returns of which segment the list was made a mirror last; {@code null} if of none. */
  public @Nullable String segment() {
    return last == null ? null : last.segment();
  }

  /** Returns whether that mirror left the members of others alone. */
  public boolean isTracked() {
    return last != null && last.tracked();
  }

  /** Returns when that was; {@code null} if never. */
  public @Nullable Instant at() {
    return last == null ? null : last.at();
  }

  /**
   * Remembers that the list is made a mirror of that segment.
   *
   * @param tracked whether it leaves the members of others alone
   */
  public void mirrors(String segment, Instant now, boolean tracked) throws IOException {
    log.restart(JournalLines.write(new Mirrored(segment, now, tracked)));
  }

  /** Tells the journal that the run is alive. */
  public void keepAlive() throws IOException {
    log.keepAlive();
  }

  @Override
  public void close() {
    RunSession.close(log);
  }
}
