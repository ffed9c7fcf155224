package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.memory.MemoryLog;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The memory of one attempt, which is held as long as its run is leased, as its journal is. */
final class LeasedMemory implements ExportMemory {
  private final ExportMemory memory;
  private final Duration lease;
  private volatile @Nullable LogHeldException held;

  LeasedMemory(ExportMemory memory, Duration lease) {
    this.memory = memory;
    this.lease = lease;
  }

  @Override
  public MemoryKey key() {
    return memory.key();
  }

  @Override
  public MemoryLog open(String key) throws IOException {
    try {
      MemoryLog log = memory.open(key, lease);
      held = null;
      return log;
    } catch (LogHeldException elsewhere) {
      held = elsewhere;
      throw elsewhere;
    }
  }

  @Override
  public List<KeptMemory> list() throws IOException {
    return memory.list();
  }

  @Override
  public boolean delete(String key) throws IOException {
    return memory.delete(key);
  }

  /** Returns why the log could not be opened, if another holds it; {@code null} otherwise. */
  @Nullable LogHeldException held() {
    return held;
  }
}
