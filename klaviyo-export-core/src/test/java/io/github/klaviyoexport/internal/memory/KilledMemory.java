package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.memory.MemoryLog;
import java.io.IOException;
import java.util.List;

/**
 * A memory whose process is killed at a write that was chosen, before or after it is carried out.
 */
final class KilledMemory implements ExportMemory {
  private final ExportMemory behind;
  private int writesLeft = Integer.MAX_VALUE;
  private boolean carriedOut;

  KilledMemory(ExportMemory behind) {
    this.behind = behind;
  }

  /** The end of the process. */
  static final class Killed extends IOException {
    private static final long serialVersionUID = 1L;
  }

  void killAfter(int writes, boolean afterwards) {
    writesLeft = writes;
    carriedOut = afterwards;
  }

  void killNoMore() {
    writesLeft = Integer.MAX_VALUE;
  }

  @Override
  public MemoryKey key() {
    return behind.key();
  }

  @Override
  public MemoryLog open(String key) throws IOException {
    MemoryLog log = behind.open(key);
    return new MemoryLog() {
      @Override
      public long blocks() throws IOException {
        return log.blocks();
      }

      @Override
      public byte[] read(long number) throws IOException {
        return log.read(number);
      }

      @Override
      public void append(byte[] block) throws IOException {
        write(() -> log.append(block));
      }

      @Override
      public void replace(Blocks blocks) throws IOException {
        write(() -> log.replace(blocks));
      }

      @Override
      public void close() throws IOException {
        log.close();
      }
    };
  }

  private interface Write {
    void run() throws IOException;
  }

  private void write(Write write) throws IOException {
    boolean killed = writesLeft-- == 0;
    if (!killed || carriedOut) {
      write.run();
    }
    if (killed) {
      throw new Killed();
    }
  }

  @Override
  public List<KeptMemory> list() throws IOException {
    return behind.list();
  }

  @Override
  public boolean delete(String key) throws IOException {
    return behind.delete(key);
  }
}
