package io.github.klaviyoexport.memory;

import io.github.klaviyoexport.internal.hold.LogKey;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A memory in the heap, for tests and for processes that export again and again: it ends with the
 * process, and each customer takes some 100 bytes more than in a {@link FileMemory}.
 *
 * <p>Safe for use by many threads.
 */
public final class HeapMemory implements ExportMemory {
  private final MemoryKey key;
  private final TimeSource time;
  private final Map<String, Kept> logs = new TreeMap<>();
  private final Map<String, String> holders = new HashMap<>();

  private HeapMemory(MemoryKey key, TimeSource time) {
    this.key = key;
    this.time = time;
  }

  /** The blocks of a log. */
  private record Kept(List<byte[]> blocks, Instant written) {}

  /** Creates a memory with nothing in it, sealed with a random key. */
  public static HeapMemory create() {
    return create(MemoryKey.random());
  }

  /** Creates a memory with nothing in it. */
  public static HeapMemory create(MemoryKey key) {
    return new HeapMemory(key, TimeSource.system());
  }

  @Override
  public MemoryKey key() {
    return key;
  }

  @Override
  public synchronized MemoryLog open(String key) throws LogHeldException {
    LogKey.require(key);
    requireFree(key);
    holders.put(key, "thread " + Thread.currentThread().getName() + " of this process");
    return new Log(key);
  }

  private void requireFree(String key) throws LogHeldException {
    String holder = holders.get(key);
    if (holder != null) {
      throw new LogHeldException(holder);
    }
  }

  @Override
  public synchronized List<KeptMemory> list() {
    List<KeptMemory> kept = new ArrayList<>();
    logs.forEach(
        (name, log) ->
            kept.add(
                new KeptMemory(
                    name,
                    log.written,
                    log.blocks.stream().mapToLong(block -> block.length).sum())));
    return kept;
  }

  @Override
  public synchronized boolean delete(String key) throws LogHeldException {
    LogKey.require(key);
    requireFree(key);
    return logs.remove(key) != null;
  }

  /** Returns how many logs there are. */
  @Override
  public synchronized String toString() {
    return "HeapMemory[" + InWords.count(logs.size(), "log") + "]";
  }

  private final class Log implements MemoryLog {
    private final String name;
    private boolean open = true;

    Log(String name) {
      this.name = name;
    }

    private List<byte[]> kept() throws IOException {
      requireOpen();
      Kept kept = logs.get(name);
      return kept == null ? List.of() : kept.blocks;
    }

    @Override
    public long blocks() throws IOException {
      synchronized (HeapMemory.this) {
        return kept().size();
      }
    }

    @Override
    public byte[] read(long number) throws IOException {
      synchronized (HeapMemory.this) {
        return kept().get(Math.toIntExact(number)).clone();
      }
    }

    @Override
    public void append(byte[] block) throws IOException {
      BlockRules.require(block);
      synchronized (HeapMemory.this) {
        List<byte[]> blocks = new ArrayList<>(kept());
        blocks.add(block.clone());
        logs.put(name, new Kept(blocks, time.now()));
      }
    }

    @Override
    public void replace(Blocks blocks) throws IOException {
      List<byte[]> all = new ArrayList<>();
      synchronized (HeapMemory.this) {
        requireOpen();
      }
      for (byte[] block = blocks.next(); block != null; block = blocks.next()) {
        BlockRules.require(block);
        all.add(block.clone());
      }
      BlockRules.requireSome(all.size());
      synchronized (HeapMemory.this) {
        requireOpen();
        logs.put(name, new Kept(all, time.now()));
      }
    }

    private void requireOpen() throws IOException {
      if (!open) {
        throw new IOException("This log is closed: open it again.");
      }
    }

    @Override
    public void close() {
      synchronized (HeapMemory.this) {
        if (open) {
          open = false;
          holders.remove(name);
        }
      }
    }
  }
}
