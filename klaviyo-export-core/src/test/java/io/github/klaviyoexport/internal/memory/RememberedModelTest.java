package io.github.klaviyoexport.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.memory.MemoryModel.Entry;
import io.github.klaviyoexport.internal.memory.MemoryModel.Row;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.JdbcMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.testing.Databases;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random lives of a memory, with kills at any write, beside a plain map that knows the same. A
 * failure names its seed; {@code -Dmemory.seed=} lives through it again, and {@code
 * -Dmemory.seeds=} says through how many.
 */
class RememberedModelTest {
  private static final int CUSTOMERS = 30;
  private static final int STEPS = 60;
  private static final int SEEDS = Integer.getInteger("memory.seeds", 40);
  private static final Instant START = Instant.parse("2026-11-26T10:00:00Z");

  @TempDir Path directory;

  @Test
  void it_knows_what_a_map_knows_whatever_happens_and_wherever_it_is_killed() throws IOException {
    Long only = Long.getLong("memory.seed");
    if (only != null) {
      new Life(only, HeapMemory.create()).live(STEPS);
      return;
    }
    for (long seed = 1; seed <= SEEDS; seed++) {
      new Life(seed, HeapMemory.create()).live(STEPS);
    }
  }

  @Test
  void a_memory_in_a_directory_does_too() throws IOException {
    for (long seed = 1001; seed <= 1003; seed++) {
      Path own = directory.resolve("seed-" + seed);
      new Life(seed, FileMemory.in(own, MemoryKey.random())).live(STEPS);
    }
  }

  @Test
  void a_memory_in_a_database_does_too() throws IOException {
    new Life(2001, JdbcMemory.on(Databases.h2(), MemoryKey.random())).live(STEPS);
    new Life(2002, JdbcMemory.on(Databases.postgres(), MemoryKey.random())).live(STEPS / 4);
  }

  /** One life. */
  private static final class Life {
    private final long seed;
    private final Random random;
    private final KilledMemory memory;
    private final Set<Long> met = new HashSet<>();

    /** What the memory says. */
    private MemoryModel now = new MemoryModel();

    /** What may be found after a kill: what is written, or would be by each of the writes. */
    private List<MemoryModel> durable = new ArrayList<>(List.of(new MemoryModel()));

    private @Nullable Remembered open;
    private int runs;
    private int jobs;
    private String run = "run-0";
    private String setup = "mapping 0";

    Life(long seed, ExportMemory store) {
      this.seed = seed;
      this.random = new Random(seed);
      this.memory = new KilledMemory(store);
    }

    void live(int steps) throws IOException {
      try {
        for (int step = 0; step < steps; step++) {
          if (open == null) {
            reopen();
          }
          step(open);
        }
        close();
        reopen();
        close();
      } catch (AssertionError | RuntimeException | IOException failure) {
        throw new AssertionError("-Dmemory.seed=" + seed, failure);
      }
    }

    private void reopen() throws IOException {
      memory.killNoMore();
      if (random.nextInt(6) == 0) {
        setup = "mapping " + random.nextInt(3);
      }
      if (random.nextBoolean()) {
        run = "run-" + ++runs;
      }
      met.clear();
      open = Remembered.open(memory, "log", setup);
      String found = dump(open);
      List<MemoryModel> possible = new ArrayList<>();
      List<String> allowed = new ArrayList<>();
      for (MemoryModel model : durable) {
        MemoryModel opened = model.copy();
        opened.open(setup);
        allowed.add(opened.toString());
        if (opened.toString().equals(found)) {
          now = opened;
          possible.add(model);
        }
      }
      assertThat(allowed).contains(found);
      if (possible.size() > 1) {
        // It does not show which batches can be confirmed: none of the next run's.
        run = "run-" + ++runs;
      }
      // Opening has written nothing.
      durable = possible;
      assertFigures(open);
      for (Map.Entry<Long, Entry> entry : now.entries.entrySet()) {
        long digest = entry.getValue().digest();
        assertThat(open.meet(entry.getKey(), digest(entry.getKey(), 1)))
            .isEqualTo(digest == digest(entry.getKey(), 1) ? Known.UNCHANGED : Known.CHANGED);
        met.add(entry.getKey());
      }
      close();
      met.clear();
      open = Remembered.open(memory, "log", setup);
      if (random.nextInt(3) == 0) {
        memory.killAfter(random.nextInt(8), random.nextBoolean());
      }
    }

    private void close() throws IOException {
      if (open != null) {
        open.close();
        open = null;
      }
    }

    private void step(Remembered it) throws IOException {
      try {
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> handOn(it);
          case 3, 4, 5 -> confirm(it);
          case 6 -> {
            long customer = 1 + random.nextInt(CUSTOMERS);
            boolean isMember = random.nextBoolean();
            now.show(customer, isMember);
            if (isMember) {
              it.isMember(customer);
            } else {
              it.gone(customer);
            }
          }
          case 7 -> meet(it);
          case 8 -> {
            if (random.nextInt(3) == 0) {
              endRun(it);
            } else if (random.nextInt(4) == 0) {
              now.forgetDigests();
              it.forgetDigests();
            }
          }
          default -> {
            if (random.nextInt(3) == 0) {
              close();
              return;
            }
          }
        }
        assertFigures(it);
        if (random.nextInt(4) == 0) {
          assertUnmet(it);
        }
      } catch (KilledMemory.Killed killed) {
        close();
      }
    }

    private void handOn(Remembered it) throws IOException {
      int batch = random.nextInt(3);
      List<Row> rows = new ArrayList<>();
      HandedRows handed = it.rows();
      for (int customer = 1; customer <= CUSTOMERS; customer++) {
        if (random.nextInt(4) == 0) {
          Row row = new Row(customer, digest(customer, random.nextInt(3)), random.nextInt(3));
          rows.add(row);
          handed.add(customer, row.digest(), email(customer), phone(row.phone()), null);
        }
      }
      if (rows.isEmpty()) {
        return;
      }
      mayBeWritten();
      now.handOn(run, batch, rows);
      mayBeWritten();
      it.handOn(run, batch, handed);
      written();
      rows.forEach(row -> met.add(row.customer()));
    }

    private void confirm(Remembered it) throws IOException {
      int batch = random.nextInt(3);
      if (!now.isHanded(run, batch)) {
        it.confirm(run, batch, null, new BitSet(), new BitSet(), START, START);
        return;
      }
      int[] all = IntStream.range(0, now.handed.get(batch).size()).toArray();
      int[] part =
          random.nextBoolean()
              ? null
              : IntStream.of(all).filter(row -> random.nextBoolean()).toArray();
      BitSet except = someOf(all);
      BitSet inPart = someOf(all);
      List<Integer> confirmed =
          IntStream.of(part == null ? all : part).filter(row -> !except.get(row)).boxed().toList();
      Instant created = START.plusSeconds(60L * ++jobs);
      Instant completed = created.plusSeconds(1 + random.nextInt(90));
      mayBeWritten();
      now.confirm(
          run, batch, confirmed, inPart.stream().boxed().toList(), Window.of(created, completed));
      mayBeWritten();
      it.confirm(run, batch, part, except, inPart, created, completed);
      written();
    }

    private BitSet someOf(int[] rows) {
      BitSet some = new BitSet();
      IntStream.of(rows).filter(row -> random.nextInt(5) == 0).forEach(some::set);
      return some;
    }

    private void endRun(Remembered it) throws IOException {
      boolean everything = random.nextBoolean();
      boolean listRead = random.nextBoolean();
      long customers = random.nextInt(1000);
      mayBeWritten();
      now.endRun(customers, START.plusSeconds(customers), everything, listRead);
      mayBeWritten();
      it.endRun(
          new RunFacts(
              customers, START.plusSeconds(customers), everything, listRead, RunFacts.UNKNOWN));
      written();
      run = "run-" + ++runs;
    }

    private void meet(Remembered it) {
      for (int i = 0; i < 5; i++) {
        long customer = 1 + random.nextInt(CUSTOMERS);
        long digest = digest(customer, random.nextInt(3));
        Entry entry = now.entries.get(customer);
        assertThat(it.meet(customer, digest))
            .isEqualTo(
                entry == null
                    ? Known.NEW
                    : entry.digest() == digest ? Known.UNCHANGED : Known.CHANGED);
        if (entry != null) {
          met.add(customer);
        }
      }
    }

    private void mayBeWritten() {
      // That digests are forgotten is written first, then what looks at the list have shown.
      MemoryModel forgotten = durable.get(0).copy();
      forgotten.forgetDigests();
      durable.add(forgotten);
      durable.add(now.copy());
    }

    private void written() {
      durable = new ArrayList<>(List.of(now.copy()));
    }

    private void assertFigures(Remembered it) {
      long members = now.entries.values().stream().filter(Entry::member).count();
      assertThat(it.members()).isEqualTo(members);
      assertThat(it.uncertain()).isEqualTo(now.entries.size() - members);
      assertThat(it.last()).isEqualTo(now.last);
      assertThat(it.damage()).isNull();
    }

    private void assertUnmet(Remembered it) throws IOException {
      met.retainAll(now.entries.keySet());
      Map<Long, String> expected = new TreeMap<>();
      now.entries.forEach(
          (customer, entry) -> {
            if (!met.contains(customer)) {
              expected.put(customer, text(entry.member(), entry.first(), entry.last(), entry));
            }
          });
      assertThat(unmet(it)).isEqualTo(expected);
    }

    private Map<Long, String> unmet(Remembered it) throws IOException {
      Map<Long, String> unmet = new TreeMap<>();
      it.eachUnmet(
          member -> {
            assertThat(member.email()).isEqualTo(email(member.fingerprint()));
            assertThat(member.externalId()).isNull();
            int phone = Integer.parseInt(String.valueOf(member.phone()).substring(1));
            String before =
                unmet.put(
                    member.fingerprint(),
                    text(
                        member.confirmed(),
                        member.first(),
                        member.last(),
                        new Entry(0, false, null, null, phone)));
            assertThat(before).as("nobody twice").isNull();
          });
      return unmet;
    }

    private static String text(
        boolean member, @Nullable Window first, @Nullable Window last, Entry phone) {
      return member + " " + first + " " + last + " " + phone.phone();
    }

    /** Returns what is known, in the form of the model; all of it is unmet. */
    private String dump(Remembered it) throws IOException {
      MemoryModel found = new MemoryModel();
      it.eachUnmet(
          member ->
              found.entries.put(
                  member.fingerprint(),
                  new Entry(
                      0,
                      member.confirmed(),
                      member.first(),
                      member.last(),
                      Integer.parseInt(String.valueOf(member.phone()).substring(1)))));
      found.last = it.last();
      Map<Long, Entry> withDigests = new TreeMap<>();
      found.entries.forEach(
          (customer, entry) -> {
            long digest = 0;
            for (int version = 0; version < 3; version++) {
              if (it.meet(customer, digest(customer, version)) == Known.UNCHANGED) {
                digest = digest(customer, version);
              }
            }
            withDigests.put(
                customer,
                new Entry(digest, entry.member(), entry.first(), entry.last(), entry.phone()));
          });
      found.entries.putAll(withDigests);
      return found.toString();
    }

    private static long digest(long customer, int version) {
      return (customer * 31 + version + 1) * 0x9e37_79b9_7f4a_7c15L;
    }

    private static String email(long customer) {
      return "customer" + customer + "@example.com";
    }

    private static String phone(int number) {
      return "+" + number;
    }
  }
}
