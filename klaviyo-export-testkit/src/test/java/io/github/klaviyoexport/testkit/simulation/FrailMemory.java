package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.memory.MemoryLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A memory whose disk fails now and then, before a block is written or after it, and which can be
 * lost, damaged and taken back to an earlier state.
 */
final class FrailMemory implements ExportMemory {
  private final MemoryKey key =
      MemoryKey.of("0123456789abcdef0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII));
  private final Set<String> held = new HashSet<>();
  private Map<String, List<byte[]>> logs = new TreeMap<>();
  private Map<String, List<byte[]>> earlier = Map.of();
  private SplittableRandom random = new SplittableRandom(0);
  private Weather weather = Weather.calm();
  private Lifeline lifeline = Lifeline.endless();
  private boolean sawDeath;

  void set(SplittableRandom random, Weather weather, Lifeline lifeline) {
    this.random = random;
    this.weather = weather;
    this.lifeline = lifeline;
    this.sawDeath = false;
  }

  /** Whether a process ended while it wrote here. */
  boolean sawDeath() {
    return sawDeath;
  }

  private void step() {
    sawDeath = true;
    lifeline.step();
    sawDeath = false;
  }

  /** Loses everything. */
  void lose() {
    logs.clear();
  }

  /** Changes a bit of a block, or has two blocks change places. */
  void damage(long luck) {
    for (List<byte[]> blocks : logs.values()) {
      int one = (int) (luck % blocks.size());
      if (luck % 3 == 0 && one > 0) {
        byte[] moved = blocks.remove(one);
        blocks.add(0, moved);
      } else {
        byte[] block = blocks.get(one).clone();
        block[(int) (luck % block.length)] ^= 1;
        blocks.set(one, block);
      }
    }
  }

  /** Keeps a copy, as a backup does. */
  void backUp() {
    earlier = copy(logs);
  }

  /** Goes back to the last copy. */
  void restore() {
    logs = copy(earlier);
  }

  private static Map<String, List<byte[]>> copy(Map<String, List<byte[]>> logs) {
    Map<String, List<byte[]>> copy = new TreeMap<>();
    logs.forEach((name, blocks) -> copy.put(name, new ArrayList<>(blocks)));
    return copy;
  }

  @Override
  public MemoryKey key() {
    return key;
  }

  @Override
  public MemoryLog open(String name) throws IOException {
    lifeline.step();
    if (!held.add(name)) {
      throw new LogHeldException("somebody");
    }
    return new Log(name);
  }

  @Override
  public List<KeptMemory> list() {
    return logs.entrySet().stream()
        .map(
            log ->
                new KeptMemory(
                    log.getKey(),
                    Instant.EPOCH,
                    log.getValue().stream().mapToLong(block -> block.length).sum()))
        .toList();
  }

  @Override
  public boolean delete(String name) {
    return logs.remove(name) != null;
  }

  private final class Log implements MemoryLog {
    private final String name;
    private boolean open = true;
    private boolean failed;

    Log(String name) {
      this.name = name;
    }

    private List<byte[]> kept() {
      if (!open) {
        throw new AssertionError("a closed memory is used");
      }
      return logs.getOrDefault(name, List.of());
    }

    @Override
    public long blocks() {
      return kept().size();
    }

    @Override
    public byte[] read(long number) {
      return kept().get((int) number).clone();
    }

    @Override
    public void append(byte[] block) throws IOException {
      write(() -> logs.computeIfAbsent(name, any -> new ArrayList<>()).add(block.clone()));
    }

    @Override
    public void replace(Blocks blocks) throws IOException {
      List<byte[]> all = new ArrayList<>();
      for (byte @Nullable [] block = blocks.next(); block != null; block = blocks.next()) {
        all.add(block.clone());
      }
      write(() -> logs.put(name, all));
    }

    private void write(Runnable change) throws IOException {
      kept();
      if (failed) {
        throw new AssertionError("a failed memory is written to");
      }
      step();
      failed = random.nextDouble() < weather.journalFailures();
      if (failed && random.nextBoolean()) {
        throw new IOException("the disk is full");
      }
      change.run();
      if (failed) {
        throw new IOException("the disk does not answer");
      }
      step();
    }

    @Override
    public void close() {
      if (open) {
        open = false;
        held.remove(name);
      }
    }
  }
}
