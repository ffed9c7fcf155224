package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.hold.LogKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A journal in memory: exports can be resumed as long as the process lives, after a failure of
 * network or source for example.
 *
 * <p>Safe for use by many threads.
 */
public final class MemoryJournal implements ExportJournal {
  private final Map<String, List<String>> logs = new HashMap<>();
  private final Map<String, String> holders = new HashMap<>();

  private MemoryJournal() {}

  /** Creates a journal with nothing in it. */
  public static MemoryJournal create() {
    return new MemoryJournal();
  }

  @Override
  public synchronized JournalLog open(String key) throws LogHeldException {
    LogKey.require(key);
    String holder = holders.get(key);
    if (holder != null) {
      throw new LogHeldException(holder);
    }
    holders.put(key, "thread " + Thread.currentThread().getName() + " of this process");
    return new Log(key);
  }

  @Override
  public synchronized List<String> list() {
    return logs.keySet().stream().sorted().toList();
  }

  @Override
  public synchronized boolean delete(String key) throws LogHeldException {
    LogKey.require(key);
    String holder = holders.get(key);
    if (holder != null) {
      throw new LogHeldException(holder);
    }
    return logs.remove(key) != null;
  }

  private final class Log implements JournalLog {
    private final String key;
    private boolean open = true;

    Log(String key) {
      this.key = key;
    }

    @Override
    public void replay(Consumer<String> line) throws IOException {
      List<String> lines;
      synchronized (MemoryJournal.this) {
        requireOpen();
        lines = List.copyOf(logs.getOrDefault(key, List.of()));
      }
      lines.forEach(line);
    }

    @Override
    public void append(String line) throws IOException {
      LogRules.requireLine(line);
      synchronized (MemoryJournal.this) {
        requireOpen();
        logs.computeIfAbsent(key, k -> new ArrayList<>()).add(line);
      }
    }

    @Override
    public void restart(String line) throws IOException {
      LogRules.requireLine(line);
      synchronized (MemoryJournal.this) {
        requireOpen();
        logs.put(key, new ArrayList<>(List.of(line)));
      }
    }

    private void requireOpen() throws IOException {
      if (!open) {
        throw new IOException("This log is closed: open it again.");
      }
    }

    @Override
    public void close() {
      synchronized (MemoryJournal.this) {
        if (open) {
          open = false;
          holders.remove(key);
        }
      }
    }
  }
}
