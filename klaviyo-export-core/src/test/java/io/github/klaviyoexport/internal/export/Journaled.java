package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.MemoryJournal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A journal of one log, whose process ends after as many entries as a test says. What it remembers
 * of a list that is a mirror is kept apart.
 */
public final class Journaled implements ExportJournal {
  private final List<String> lines = new ArrayList<>();
  private Predicate<String> last = line -> false;
  private final ExportJournal mirrors = MemoryJournal.create();
  private int written;
  private boolean open;

  /** The end of the process, as far as an export can tell. */
  static final class CutOff extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Ends the process when so many more entries are written and another is to be. */
  void cutOffAfter(int entries) {
    cutOffAt(entries + 1, "");
  }

  /** Ends the process when that kind of entry is to be written so often from now on. */
  public void cutOffAt(int time, String kind) {
    int[] left = {time};
    last = line -> line.startsWith("{\"entry\":\"" + kind) && --left[0] == 0;
  }

  /** Ends it no more. */
  public void goOn() {
    last = line -> false;
  }

  /** How many entries were written in all. */
  int written() {
    return written;
  }

  boolean isOpen() {
    return open;
  }

  /** The entries of a kind. */
  public List<String> lines(String kind) {
    return lines.stream().filter(line -> line.startsWith("{\"entry\":\"" + kind)).toList();
  }

  /** Loses lines. */
  public void forget(Predicate<String> lost) {
    lines.removeIf(lost);
  }

  /** Changes lines. */
  void change(UnaryOperator<String> change) {
    lines.replaceAll(change);
  }

  @Override
  public JournalLog open(String key) throws IOException {
    if (key.startsWith("list-")) {
      return mirrors.open(key);
    }
    open = true;
    return new JournalLog() {
      @Override
      public void replay(Consumer<String> line) {
        lines.forEach(line);
      }

      @Override
      public void append(String line) {
        live(line);
        lines.add(line);
      }

      @Override
      public void restart(String line) {
        live(line);
        lines.clear();
        lines.add(line);
      }

      private void live(String line) {
        if (last.test(line)) {
          throw new CutOff();
        }
        written++;
      }

      @Override
      public void close() {
        open = false;
      }
    };
  }
}
