package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryLog;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What an {@link ExportMemory} owes an exporter, as tests: extend it to prove your own.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.contract.ExportMemoriesTest" region="example"}
 *
 * <p>A store passes if its every test does. That blocks survive a crash of the process and of the
 * machine is left for you to prove.
 */
@ExtendWith(RuleInMessage.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ExportMemoryContract {
  private static final String KEY = "vip-eu";
  private static final Duration SILENCE = Duration.ofMinutes(2);

  /** Creates the tests; for subclasses. */
  protected ExportMemoryContract() {}

  /**
   * Returns a memory on the store of this test, which is empty when the test begins, always with
   * the same key. It is called several times in a test, as by one process after the other or by
   * several at once; a memory that lives in the heap is the same one every time.
   */
  protected abstract ExportMemory memory();

  @Test
  @Rule("A memory has always the same key.")
  void a_memory_has_always_the_same_key() {
    assertThat(memory().key()).isEqualTo(memory().key());
  }

  @Test
  @Rule("A new log is empty.")
  void a_new_log_is_empty() throws IOException {
    assertThat(reopened(KEY)).isEmpty();
  }

  @Test
  @Rule(
      "Blocks come back in the order in which they were written, and a log goes on where it was left.")
  void blocks_come_back_in_the_order_they_were_written() throws IOException {
    List<String> hundred = IntStream.range(0, 100).mapToObj(i -> "block " + i).toList();
    try (MemoryLog log = memory().open(KEY)) {
      for (String block : hundred) {
        log.append(bytes(block));
      }
      assertThat(blocks(log)).isEqualTo(hundred);
    }
    assertThat(reopened(KEY)).isEqualTo(hundred);
  }

  @Test
  @Rule("Blocks are read in any order and again; one that is not there is out of bounds.")
  void blocks_are_read_in_any_order_and_again() throws IOException {
    write(KEY, "zero", "one", "two");
    try (MemoryLog log = memory().open(KEY)) {
      assertThat(text(log.read(2))).isEqualTo("two");
      assertThat(text(log.read(0))).isEqualTo("zero");
      assertThat(text(log.read(2))).isEqualTo("two");
      assertThat(text(log.read(1))).isEqualTo("one");
    }
  }

  @Test
  @Rule("Blocks are read in any order and again; one that is not there is out of bounds.")
  void a_block_that_is_not_there_is_out_of_bounds() throws IOException {
    write(KEY, "zero");
    try (MemoryLog log = memory().open(KEY)) {
      assertThatThrownBy(() -> log.read(1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> log.read(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  @Rule(
      "Blocks come back in the order in which they were written, and a log goes on where it was left.")
  void a_log_goes_on_where_it_was_left() throws IOException {
    write(KEY, "one", "two");
    write(KEY, "three");

    assertThat(reopened(KEY)).containsExactly("one", "two", "three");
  }

  @Test
  @Rule("A replacement takes the place of all blocks, with more of them or fewer.")
  void a_replacement_takes_the_place_of_all_blocks() throws IOException {
    write(KEY, "old one", "old two");
    try (MemoryLog log = memory().open(KEY)) {
      log.append(bytes("old three"));
      log.replace(of("new one", "new two"));
      log.append(bytes("new three"));

      assertThat(blocks(log)).containsExactly("new one", "new two", "new three");
    }
    assertThat(reopened(KEY)).containsExactly("new one", "new two", "new three");
  }

  @Test
  @Rule("A replacement takes the place of all blocks, with more of them or fewer.")
  void a_replacement_may_have_more_blocks_or_fewer_and_a_new_log_may_begin_with_one()
      throws IOException {
    try (MemoryLog log = memory().open(KEY)) {
      log.replace(of("one"));
      log.replace(of("a", "b", "c"));
      log.replace(of("last"));
    }

    assertThat(reopened(KEY)).containsExactly("last");
  }

  @Test
  @Rule("Old blocks are read while they are replaced, and stay when that fails.")
  void old_blocks_are_read_while_they_are_replaced() throws IOException {
    write(KEY, "one", "two", "three");
    try (MemoryLog log = memory().open(KEY)) {
      int[] left = {3};
      log.replace(() -> left[0] == 0 ? null : log.read(--left[0]));

      assertThat(blocks(log)).containsExactly("three", "two", "one");
    }
    assertThat(reopened(KEY)).containsExactly("three", "two", "one");
  }

  @Test
  @Rule("Old blocks are read while they are replaced, and stay when that fails.")
  void a_replacement_that_fails_leaves_the_old_blocks() throws IOException {
    write(KEY, "old one", "old two");
    try (MemoryLog log = memory().open(KEY)) {
      boolean[] begun = {false};
      assertThatThrownBy(
              () ->
                  log.replace(
                      () -> {
                        if (begun[0]) {
                          throw new IOException("enough");
                        }
                        begun[0] = true;
                        return bytes("new one");
                      }))
          .isInstanceOf(IOException.class)
          .hasMessage("enough");
    }
    assertThat(reopened(KEY)).containsExactly("old one", "old two");
    try (MemoryLog log = memory().open(KEY)) {
      log.replace(of("new"));
    }
    assertThat(reopened(KEY)).containsExactly("new");
  }

  @Test
  @Rule(
      "Blocks are the same to the byte, up to the longest; one that is empty or longer is refused.")
  void blocks_are_the_same_to_the_byte_up_to_the_longest() throws IOException {
    byte[] longest = new byte[MemoryLog.MAX_BLOCK_BYTES];
    new Random(4711).nextBytes(longest);
    byte[] zeros = new byte[1000];
    try (MemoryLog log = memory().open(KEY)) {
      log.append(new byte[] {-1});
      log.append(longest);
      log.append(zeros);
    }
    try (MemoryLog log = memory().open(KEY)) {
      assertThat(log.read(0)).containsExactly(-1);
      // Not compared by AssertJ, which would print a megabyte.
      assertThat(Arrays.equals(log.read(1), longest)).isTrue();
      assertThat(log.read(2)).isEqualTo(zeros);
    }
  }

  @Test
  @Rule(
      "Blocks are the same to the byte, up to the longest; one that is empty or longer is refused.")
  void a_block_that_is_empty_or_too_long_is_refused() throws IOException {
    write(KEY, "kept");
    try (MemoryLog log = memory().open(KEY)) {
      assertThatThrownBy(() -> log.append(new byte[0]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> log.append(new byte[MemoryLog.MAX_BLOCK_BYTES + 1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(reopened(KEY)).containsExactly("kept");
  }

  @Test
  @Rule(
      "Blocks are the same to the byte, up to the longest; one that is empty or longer is refused.")
  void a_replacement_by_a_block_that_is_empty_or_too_long_is_refused() throws IOException {
    write(KEY, "kept");
    for (int length : new int[] {0, MemoryLog.MAX_BLOCK_BYTES + 1}) {
      try (MemoryLog log = memory().open(KEY)) {
        Iterator<byte[]> blocks = List.of(bytes("new"), new byte[length]).iterator();

        assertThatThrownBy(() -> log.replace(() -> blocks.hasNext() ? blocks.next() : null))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
    assertThat(reopened(KEY)).containsExactly("kept");
  }

  @Test
  @Rule("What was handed over and what came back may be changed.")
  void what_was_handed_over_and_what_came_back_may_be_changed() throws IOException {
    byte[] block = bytes("block");
    try (MemoryLog log = memory().open(KEY)) {
      log.append(block);
      block[0] = '!';
      log.read(0)[1] = '!';

      assertThat(blocks(log)).containsExactly("block");
    }
  }

  @Test
  @Rule("Logs have nothing to do with each other.")
  void logs_have_nothing_to_do_with_each_other() throws IOException {
    try (MemoryLog one = memory().open("one");
        MemoryLog other = memory().open("other")) {
      one.append(bytes("of one"));
      other.append(bytes("of the other"));
      one.replace(of("of one again"));
      other.append(bytes("of the other again"));
    }

    assertThat(reopened("one")).containsExactly("of one again");
    assertThat(reopened("other")).containsExactly("of the other", "of the other again");
  }

  @Test
  @Rule("A key may have 64 characters, and they all count.")
  void a_key_may_have_64_characters_and_they_all_count() throws IOException {
    String key = "0123456789abcdef-".repeat(4).substring(0, 64);
    write(key, "first");
    write(key.substring(0, 63) + "x", "second");

    assertThat(reopened(key)).containsExactly("first");
  }

  @Test
  @Rule(
      "A log that is open can neither be opened nor deleted; the LogHeldException names the holder.")
  void a_log_that_is_open_can_neither_be_opened_nor_deleted() throws IOException {
    try (MemoryLog log = memory().open(KEY)) {
      log.append(bytes("before"));

      assertThatThrownBy(() -> memory().open(KEY))
          .isInstanceOfSatisfying(
              LogHeldException.class, held -> assertThat(held.holder()).isNotBlank());
      assertThatThrownBy(() -> memory().open(KEY, SILENCE)).isInstanceOf(LogHeldException.class);
      assertThatThrownBy(() -> memory().delete(KEY)).isInstanceOf(LogHeldException.class);

      log.replace(of("after"));
      assertThatThrownBy(() -> memory().open(KEY)).isInstanceOf(LogHeldException.class);
      log.keepAlive();
    }
    assertThat(reopened(KEY)).containsExactly("after");
  }

  @Test
  @Rule(
      "A log that is open can neither be opened nor deleted; the LogHeldException names the holder.")
  void a_log_opened_by_a_holder_that_says_how_long_it_may_be_silent_is_the_same_log()
      throws IOException {
    write(KEY, "before");
    try (MemoryLog log = memory().open(KEY, SILENCE)) {
      log.append(bytes("after"));
      log.keepAlive();

      assertThatThrownBy(() -> memory().open(KEY)).isInstanceOf(LogHeldException.class);
      assertThatThrownBy(() -> memory().open(KEY, SILENCE)).isInstanceOf(LogHeldException.class);
      assertThatThrownBy(() -> memory().delete(KEY)).isInstanceOf(LogHeldException.class);
    }
    assertThat(reopened(KEY)).containsExactly("before", "after");
  }

  @Test
  @Rule(
      "A log that is open can neither be opened nor deleted; the LogHeldException names the holder.")
  void of_many_who_open_a_log_at_the_same_time_one_has_it() throws Exception {
    int many = 8;
    ExecutorService threads = Executors.newFixedThreadPool(many);
    try {
      for (int round = 0; round < 5; round++) {
        String key = "round-" + round;
        boolean plain = round % 2 == 0;
        var opened = new AtomicInteger();
        var tried = new CountDownLatch(many);
        Callable<Boolean> open =
            () -> {
              try (MemoryLog log = plain ? memory().open(key) : memory().open(key, SILENCE)) {
                opened.incrementAndGet();
                tried.countDown();
                // Nobody lets go before all have tried.
                tried.await();
                log.append(bytes("mine"));
                return true;
              } catch (LogHeldException held) {
                tried.countDown();
                return false;
              } catch (IOException | RuntimeException | Error failure) {
                tried.countDown();
                throw failure;
              }
            };
        for (Future<Boolean> one : threads.invokeAll(Collections.nCopies(many, open))) {
          one.get();
        }

        assertThat(opened).hasValue(1);
        assertThat(reopened(key)).containsExactly("mine");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @Rule("A closed log takes and gives nothing.")
  void a_closed_log_takes_and_gives_nothing() throws IOException {
    MemoryLog log = memory().open(KEY);
    log.append(bytes("kept"));
    log.close();

    assertThatThrownBy(() -> log.append(bytes("lost"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> log.replace(of("lost"))).isInstanceOf(IOException.class);
    assertThatThrownBy(log::blocks).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> log.read(0)).isInstanceOf(IOException.class);
    assertThat(reopened(KEY)).containsExactly("kept");
  }

  @Test
  @Rule("Closing again does nothing to the next holder.")
  void closing_again_does_nothing_to_the_next_who_has_it() throws IOException {
    MemoryLog first = memory().open(KEY);
    first.close();
    try (MemoryLog second = memory().open(KEY)) {
      first.close();

      assertThatThrownBy(() -> memory().open(KEY)).isInstanceOf(LogHeldException.class);
      second.append(bytes("kept"));
    }
    assertThat(reopened(KEY)).containsExactly("kept");
  }

  @Test
  @Rule("All logs with a block are listed, with their size and when they were written.")
  void all_logs_are_listed_with_their_size_and_when_they_were_written() throws IOException {
    assertThat(memory().list()).isEmpty();
    write("two", "0123456789");
    write("one", "0123456789", "0123456789");
    memory().open("opened-and-never-written").close();

    List<KeptMemory> kept = memory().list();

    assertThat(kept).extracting(KeptMemory::key).containsExactly("one", "two");
    assertThat(kept.get(0).bytes()).isGreaterThanOrEqualTo(20).isLessThan(2000);
    assertThat(kept.get(1).bytes()).isGreaterThanOrEqualTo(10).isLessThan(kept.get(0).bytes());
    assertThat(kept)
        .allSatisfy(
            log ->
                assertThat(Duration.between(log.written(), TimeSource.system().now()).abs())
                    .isLessThan(Duration.ofHours(1)));
    try (MemoryLog log = memory().open("one")) {
      log.replace(of("1"));
      assertThat(memory().list()).extracting(KeptMemory::key).containsExactly("one", "two");
    }
    assertThat(memory().list().get(0).bytes()).isLessThan(kept.get(0).bytes());
  }

  @Test
  @Rule("A log that was deleted is gone, and may begin anew.")
  void a_log_that_was_deleted_is_gone_and_may_begin_anew() throws IOException {
    write(KEY, "one", "two");
    write("another", "stays");

    assertThat(memory().delete(KEY)).isTrue();
    assertThat(memory().delete(KEY)).isFalse();

    assertThat(memory().list()).extracting(KeptMemory::key).containsExactly("another");
    assertThat(reopened(KEY)).isEmpty();
    write(KEY, "new");
    assertThat(reopened(KEY)).containsExactly("new");
    assertThat(reopened("another")).containsExactly("stays");
  }

  private void write(String key, String... blocks) throws IOException {
    try (MemoryLog log = memory().open(key)) {
      for (String block : blocks) {
        log.append(bytes(block));
      }
    }
  }

  private List<String> reopened(String key) throws IOException {
    try (MemoryLog log = memory().open(key)) {
      return blocks(log);
    }
  }

  private static List<String> blocks(MemoryLog log) throws IOException {
    List<String> blocks = new ArrayList<>();
    for (long number = 0; number < log.blocks(); number++) {
      blocks.add(text(log.read(number)));
    }
    return blocks;
  }

  private static MemoryLog.Blocks of(String... blocks) {
    Iterator<String> left = List.of(blocks).iterator();
    return () -> left.hasNext() ? bytes(left.next()) : null;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] block) {
    return new String(block, StandardCharsets.UTF_8);
  }
}
