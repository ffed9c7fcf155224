package io.github.klaviyoexport.testkit.behavior;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal of one export, in virtual time, which like one in a database takes a holder for dead
 * that was silent for as long as it said it would be at most.
 */
final class LeasedLogs implements ExportJournal {
  private final VirtualTime time;
  private final MemoryJournal lines = MemoryJournal.create();
  private @Nullable Log holder;
  private Instant heldUntil = Instant.MIN;
  private int process = 1;

  LeasedLogs(VirtualTime time) {
    this.time = time;
  }

  @Override
  public JournalLog open(String key) throws IOException {
    return open(key, Duration.ofMinutes(2));
  }

  @Override
  public synchronized JournalLog open(String key, Duration silence) throws IOException {
    if (holder != null && time.now().isBefore(heldUntil)) {
      throw new LogHeldException(
          "process " + process + " on export-1", Duration.between(time.now(), heldUntil));
    }
    if (holder != null) {
      holder.lines.close();
      process++;
    }
    holder = new Log(lines.open(key), silence);
    word();
    return holder;
  }

  /** Has the holder say that it is alive. */
  synchronized void word() {
    heldUntil = time.now().plus(holder.silence);
  }

  private final class Log implements JournalLog {
    private final JournalLog lines;
    private final Duration silence;

    Log(JournalLog lines, Duration silence) {
      this.lines = lines;
      this.silence = silence;
    }

    private void renew() throws IOException {
      synchronized (LeasedLogs.this) {
        if (holder != this) {
          throw new IOException("The log was taken over by another process.");
        }
        word();
      }
    }

    @Override
    public void replay(Consumer<String> line) throws IOException {
      lines.replay(line);
    }

    @Override
    public void append(String line) throws IOException {
      renew();
      lines.append(line);
    }

    @Override
    public void restart(String line) throws IOException {
      renew();
      lines.restart(line);
    }

    @Override
    public void keepAlive() throws IOException {
      renew();
    }

    @Override
    public void close() throws IOException {
      synchronized (LeasedLogs.this) {
        if (holder == this) {
          holder = null;
        }
      }
      lines.close();
    }
  }
}
