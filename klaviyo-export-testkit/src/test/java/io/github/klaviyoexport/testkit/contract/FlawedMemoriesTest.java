package io.github.klaviyoexport.testkit.contract;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.memory.MemoryLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of the contract for memories catch stores with the flaws that they are named for. */
class FlawedMemoriesTest {
  /** By the name of the test that catches it: what becomes of a memory without a flaw. */
  private static final TreeMap<String, UnaryOperator<ExportMemory>> FLAWED = new TreeMap<>();

  private static UnaryOperator<ExportMemory> onTrial = UnaryOperator.identity();

  static class Trial extends ExportMemoryContract {
    private final ExportMemory memory = onTrial.apply(HeapMemory.create());

    @Override
    protected ExportMemory memory() {
      return memory;
    }
  }

  /** A memory that behaves as the one behind it; flaws are in what overrides it. */
  private static class Flawed implements ExportMemory {
    final ExportMemory behind;

    Flawed(ExportMemory behind) {
      this.behind = behind;
    }

    @Override
    public MemoryKey key() {
      return behind.key();
    }

    @Override
    public MemoryLog open(String key) throws IOException {
      return log(key, behind.open(key));
    }

    MemoryLog log(String key, MemoryLog log) {
      return new FlawedLog(log);
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

  private static class FlawedLog implements MemoryLog {
    final MemoryLog behind;

    FlawedLog(MemoryLog behind) {
      this.behind = behind;
    }

    @Override
    public long blocks() throws IOException {
      return behind.blocks();
    }

    @Override
    public byte[] read(long number) throws IOException {
      return behind.read(number);
    }

    @Override
    public void append(byte[] block) throws IOException {
      behind.append(block);
    }

    @Override
    public void replace(Blocks blocks) throws IOException {
      behind.replace(blocks);
    }

    @Override
    public void close() throws IOException {
      behind.close();
    }
  }

  /** A memory that gives a log away that is open, to holders that may be silent. */
  private static final class Sharing extends Flawed {
    private record Held(MemoryLog log, Thread holder) {}

    private final Predicate<Thread> shares;
    private final Map<String, Held> open = new HashMap<>();

    Sharing(ExportMemory behind, Predicate<Thread> shares) {
      super(behind);
      this.shares = shares;
    }

    @Override
    public synchronized MemoryLog open(String key, Duration silence) throws IOException {
      Held there = open.get(key);
      if (there != null && shares.test(there.holder())) {
        return new FlawedLog(there.log()) {
          @Override
          public void close() {}
        };
      }
      Held mine = new Held(super.open(key), Thread.currentThread());
      open.put(key, mine);
      return new FlawedLog(mine.log()) {
        @Override
        public void close() throws IOException {
          synchronized (Sharing.this) {
            open.remove(key, mine);
          }
          super.close();
        }
      };
    }
  }

  private static void log(String caughtBy, UnaryOperator<MemoryLog> flaw) {
    FLAWED.put(
        caughtBy,
        memory ->
            new Flawed(memory) {
              @Override
              MemoryLog log(String key, MemoryLog log) {
                return flaw.apply(log);
              }
            });
  }

  private static void memory(String caughtBy, UnaryOperator<ExportMemory> flaw) {
    FLAWED.put(caughtBy, flaw);
  }

  static {
    memory(
        "a_memory_has_always_the_same_key",
        memory ->
            new Flawed(memory) {
              @Override
              public MemoryKey key() {
                return MemoryKey.random();
              }
            });
    log(
        "blocks_come_back_in_the_order_they_were_written",
        log ->
            new FlawedLog(log) {
              @Override
              public byte[] read(long number) throws IOException {
                return super.read(blocks() - 1 - number);
              }
            });
    log(
        "a_replacement_takes_the_place_of_all_blocks",
        log ->
            new FlawedLog(log) {
              @Override
              public void replace(Blocks blocks) throws IOException {
                for (byte[] block = blocks.next(); block != null; block = blocks.next()) {
                  append(block);
                }
              }
            });
    log(
        "a_replacement_that_fails_leaves_the_old_blocks",
        log ->
            new FlawedLog(log) {
              @Override
              public void replace(Blocks blocks) throws IOException {
                byte[][] first = {blocks.next()};
                super.replace(
                    () -> {
                      byte[] block = first[0];
                      first[0] = null;
                      return block;
                    });
                for (byte[] block = blocks.next(); block != null; block = blocks.next()) {
                  append(block);
                }
              }
            });
    log(
        "a_block_that_is_empty_or_too_long_is_refused",
        log ->
            new FlawedLog(log) {
              @Override
              public void append(byte[] block) throws IOException {
                super.append(block.length == 0 ? new byte[1] : block);
              }
            });
    log(
        "a_new_log_is_empty",
        log ->
            new FlawedLog(log) {
              @Override
              public long blocks() throws IOException {
                return Math.max(1, super.blocks());
              }

              @Override
              public byte[] read(long number) throws IOException {
                return super.blocks() == 0 ? new byte[1] : super.read(number);
              }
            });
    log(
        "blocks_are_read_in_any_order_and_again",
        log ->
            new FlawedLog(log) {
              private long read = -1;

              @Override
              public byte[] read(long number) throws IOException {
                if (number <= read) {
                  throw new IOException("that was read");
                }
                read = number;
                return super.read(number);
              }
            });
    log(
        "what_was_handed_over_and_what_came_back_may_be_changed",
        log ->
            new FlawedLog(log) {
              private byte @Nullable [] only;

              @Override
              public void append(byte[] block) throws IOException {
                only = block;
                super.append(block);
              }

              @Override
              public byte[] read(long number) throws IOException {
                return only == null ? super.read(number) : only;
              }
            });
    log(
        "a_closed_log_takes_and_gives_nothing",
        log ->
            new FlawedLog(log) {
              private boolean closed;

              @Override
              public long blocks() throws IOException {
                return closed ? 0 : super.blocks();
              }

              @Override
              public void close() throws IOException {
                closed = true;
                super.close();
              }
            });
    memory(
        "logs_have_nothing_to_do_with_each_other",
        memory ->
            new Flawed(memory) {
              private final Map<String, MemoryLog> open = new HashMap<>();

              @Override
              MemoryLog log(String key, MemoryLog log) {
                open.put(key, log);
                return new FlawedLog(open.values().iterator().next());
              }
            });
    memory(
        "a_key_may_have_64_characters_and_they_all_count",
        memory ->
            new Flawed(memory) {
              @Override
              public MemoryLog open(String key) throws IOException {
                return super.open(key.substring(0, Math.min(63, key.length())));
              }
            });
    memory(
        "a_log_that_was_deleted_is_gone_and_may_begin_anew",
        memory ->
            new Flawed(memory) {
              @Override
              public boolean delete(String key) throws IOException {
                return true;
              }
            });
    memory(
        "all_logs_are_listed_with_their_size_and_when_they_were_written",
        memory ->
            new Flawed(memory) {
              @Override
              public List<KeptMemory> list() throws IOException {
                List<KeptMemory> kept = new ArrayList<>();
                for (KeptMemory log : super.list()) {
                  kept.add(new KeptMemory(log.key(), Instant.EPOCH, log.bytes()));
                }
                return kept;
              }
            });
    memory(
        "a_log_that_is_open_can_neither_be_opened_nor_deleted",
        memory ->
            new Flawed(memory) {
              @Override
              public boolean delete(String key) {
                return false;
              }
            });
    log(
        "a_replacement_by_a_block_that_is_empty_or_too_long_is_refused",
        log ->
            new FlawedLog(log) {
              @Override
              public void replace(Blocks blocks) throws IOException {
                super.replace(
                    () -> {
                      byte[] next = blocks.next();
                      while (next != null && next.length == 0) {
                        next = blocks.next();
                      }
                      return next == null
                          ? null
                          : Arrays.copyOf(next, Math.min(next.length, MAX_BLOCK_BYTES));
                    });
              }
            });
    memory(
        "a_log_opened_by_a_holder_that_says_how_long_it_may_be_silent_is_the_same_log",
        memory -> new Sharing(memory, holder -> true));
    memory(
        "of_many_who_open_a_log_at_the_same_time_one_has_it",
        memory -> new Sharing(memory, holder -> holder != Thread.currentThread()));
    log(
        "closing_again_does_nothing_to_the_next_who_has_it",
        log ->
            new FlawedLog(log) {
              @Override
              public void close() {}
            });
  }

  static Stream<String> flaws() {
    return FLAWED.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void a_flaw_is_caught_by_the_test_of_its_name(String test) {
    onTrial = FLAWED.getOrDefault(test, UnaryOperator.identity());
    Trials.isCaught(Trial.class, test);
  }

  @Test
  void every_rule_is_broken_by_a_flaw() {
    assertThat(rules(FLAWED::containsKey)).isEqualTo(rules(test -> true));
  }

  private static Set<String> rules(Predicate<String> tests) {
    return Arrays.stream(ExportMemoryContract.class.getDeclaredMethods())
        .filter(test -> test.isAnnotationPresent(Rule.class) && tests.test(test.getName()))
        .map(test -> test.getAnnotation(Rule.class).value())
        .collect(Collectors.toSet());
  }
}
