package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.fuzz.Canary;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.journal.JournalLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Any lines are a run or an {@link IOException} that quotes nothing of them; an entry that was
 * read, written again, is read as the same.
 */
public final class JournalLinesFuzz {
  private JournalLinesFuzz() {}

  /** Reads lines. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    List<String> lines = new String(Canary.in(bytes), StandardCharsets.UTF_8).lines().toList();
    lines.forEach(JournalLinesFuzz::read);
    try (RowKeySpill keys = new RowKeySpill()) {
      PreviousRun previous = PreviousRun.read(new Log(lines), keys, new RunCounts(), true);
      if (previous != null) {
        previous.openJobs();
        previous.unconfirmed();
        previous.pendingWork(false);
        previous.pendingWork(true);
      }
    } catch (IOException told) {
      Canary.assertNotIn(told);
    }
  }

  private static void read(String line) {
    String written;
    try {
      written = JournalLines.write(JournalLines.read(line));
    } catch (IOException told) {
      Canary.assertNotIn(told);
      return;
    }
    try {
      String again = JournalLines.write(JournalLines.read(written));
      if (!again.equals(written)) {
        throw new AssertionError("An entry is read as something else when written again.");
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("An entry cannot be read when written again.", failure);
    }
  }

  private record Log(List<String> lines) implements JournalLog {
    @Override
    public void replay(Consumer<String> line) {
      lines.forEach(line);
    }

    @Override
    public void append(String line) {
      throw new AssertionError("Reading writes nothing.");
    }

    @Override
    public void restart(String line) {
      throw new AssertionError("Reading writes nothing.");
    }

    @Override
    public void close() {}
  }
}
