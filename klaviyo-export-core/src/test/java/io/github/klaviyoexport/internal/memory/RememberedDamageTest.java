package io.github.klaviyoexport.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.memory.MemoryLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever becomes of what a store keeps: a memory never knows what was not written, and says what
 * is to be done.
 */
class RememberedDamageTest {
  private static final String LOG = "some-export";
  private static final Instant JOB = Instant.parse("2026-11-26T10:00:00Z");
  private static final BitSet NONE = new BitSet();
  private static final int CUSTOMERS = 1;
  private static final String CANARY = "canary";

  private final MemoryKey key = MemoryKey.random();
  @TempDir Path directory;
  private Path file;
  private byte[] whole;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve(LOG + ".memory");
    write(FileMemory.in(directory, key), LOG);
    whole = Files.readAllBytes(file);
  }

  /** Writes a memory with a block of every kind that a run writes. */
  private static void write(ExportMemory memory, String log) throws IOException {
    try (Remembered it = Remembered.open(memory, log, "mapping")) {
      it.handOn("run-1", 1, rows(it, 1));
      it.confirm("run-1", 1, null, NONE, NONE, JOB, JOB);
      it.endRun(new RunFacts(CUSTOMERS, JOB, true, true, 0));
      it.isMember(1);
      it.handOn("run-2", 1, rows(it, 2));
      it.confirm("run-2", 1, null, NONE, NONE, JOB, JOB);
    }
  }

  private static HandedRows rows(Remembered it, int version) {
    HandedRows rows = it.rows();
    for (int customer = 1; customer <= CUSTOMERS; customer++) {
      rows.add(
          customer,
          digest(customer, version),
          CANARY + customer + "@example.com",
          "+4915123" + CANARY.length() + customer,
          CANARY + "-id-" + customer);
    }
    return rows;
  }

  private static long digest(int customer, int version) {
    return (customer * 7 + version) * 0x9e37_79b9_7f4a_7c15L;
  }

  @Test
  void a_byte_of_a_block_that_was_changed_is_noticed_wherever_it_is() throws IOException {
    HeapMemory memory = HeapMemory.create(key);
    List<byte[]> blocks = blocks(FileMemory.in(directory, key), LOG);
    for (int changed = 0; changed < blocks.size(); changed++) {
      for (int at = 0; at < blocks.get(changed).length; at++) {
        List<byte[]> all = new ArrayList<>(blocks);
        all.set(changed, all.get(changed).clone());
        all.get(changed)[at] ^= (byte) (1 << at % 8);
        assertDamaged(memory, all);
      }
    }
  }

  @Test
  void a_byte_that_was_changed_between_blocks_is_noticed_or_means_nothing() throws IOException {
    int noticed = 0;
    List<Integer> places = placesBetweenBlocks();
    for (int at : places) {
      byte[] bytes = whole.clone();
      bytes[at] ^= (byte) (1 << at % 8);
      noticed += opens(bytes) ? 0 : 1;
    }
    // All but some of the number of blocks, which only tells what may be missing.
    assertThat(noticed).isGreaterThan(places.size() - Long.BYTES);
  }

  /** Returns where the file has what is not of a block, and the first byte of each. */
  private List<Integer> placesBetweenBlocks() {
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at < 2 * Long.BYTES; at++) {
      places.add(at);
    }
    ByteBuffer in = ByteBuffer.wrap(whole);
    for (int at = 2 * Long.BYTES; at < whole.length; at += Long.BYTES + in.getInt(at)) {
      for (int i = 0; i <= Long.BYTES; i++) {
        places.add(at + i);
      }
    }
    return places;
  }

  @Test
  void an_end_that_is_missing_is_noticed() throws IOException {
    Set<Integer> lengths = new TreeSet<>(placesBetweenBlocks());
    for (int length = 1; length < whole.length; length += 7) {
      lengths.add(length);
    }
    lengths.remove(0);
    for (int length : lengths) {
      assertThat(opens(Arrays.copyOf(whole, length))).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void the_last_block_of_a_killed_process_may_be_missing_and_nothing_else() throws IOException {
    byte[] killed = whole.clone();
    // What is certain of a log that was not closed: all blocks but the last.
    killed[2 * Long.BYTES - 1]--;
    int last = placesBetweenBlocks().get(placesBetweenBlocks().size() - 1 - Long.BYTES);
    for (int length = whole.length - 1; length >= last; length -= 5) {
      assertThat(opens(Arrays.copyOf(killed, length))).as("%d bytes", length).isTrue();
    }
    assertThat(opens(Arrays.copyOf(killed, last))).isTrue();
    assertThat(opens(Arrays.copyOf(killed, last - 1))).isFalse();
  }

  @Test
  void blocks_in_another_order_or_of_another_log_are_noticed() throws IOException {
    HeapMemory memory = HeapMemory.create();
    write(memory, LOG);
    write(memory, "another");
    List<byte[]> blocks = blocks(memory, LOG);
    List<byte[]> others = blocks(memory, "another");
    assertThat(blocks).hasSizeGreaterThan(4);
    for (int one = 0; one < blocks.size(); one++) {
      for (int other = one + 1; other < blocks.size(); other++) {
        List<byte[]> swapped = new ArrayList<>(blocks);
        Collections.swap(swapped, one, other);
        assertDamaged(memory, swapped);
      }
      List<byte[]> mixed = new ArrayList<>(blocks);
      mixed.set(one, others.get(one));
      assertDamaged(memory, mixed);
      List<byte[]> twice = new ArrayList<>(blocks);
      twice.add(one, blocks.get(one));
      assertDamaged(memory, twice);
      if (one < blocks.size() - 1) {
        List<byte[]> missing = new ArrayList<>(blocks);
        missing.remove(one);
        assertDamaged(memory, missing);
      }
    }
    assertDamaged(memory, others);
  }

  @Test
  void blocks_of_an_earlier_writing_of_the_same_log_are_noticed() throws IOException {
    HeapMemory memory = HeapMemory.create();
    write(memory, LOG);
    List<byte[]> earlier = blocks(memory, LOG);
    try (Remembered it = Remembered.open(memory, LOG, "mapping")) {
      it.endRun(new RunFacts(CUSTOMERS, JOB, true, true, 0));
    }
    List<byte[]> now = blocks(memory, LOG);
    for (int i = 0; i < now.size(); i++) {
      List<byte[]> mixed = new ArrayList<>(now);
      mixed.set(i, earlier.get(i));
      assertDamaged(memory, mixed);
    }
  }

  @Test
  void a_memory_of_a_newer_version_is_refused_and_stays() throws IOException {
    HeapMemory memory = HeapMemory.create();
    write(memory, LOG);
    List<byte[]> blocks = blocks(memory, LOG);
    blocks.get(0)[3] = Seal.VERSION + 1;
    // A newer version seals in its own way.
    blocks.get(0)[60] ^= 1;
    put(memory, blocks);

    assertThatThrownBy(() -> Remembered.open(memory, LOG, "mapping"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("newer version")
        .hasMessageContaining("delete this memory");
    assertThat(blocks(memory, LOG)).hasSameSizeAs(blocks);
  }

  @Test
  void another_key_is_refused_with_advice_and_the_file_stays_as_it_is() throws IOException {
    FileMemory other = FileMemory.in(directory, MemoryKey.random());

    assertThatThrownBy(() -> Remembered.open(other, LOG, "mapping"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another memory key")
        .hasMessageContaining("delete this memory");
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void nothing_of_a_customer_can_be_read_in_the_store_or_in_what_is_said() throws IOException {
    assertQuiet(new String(whole, StandardCharsets.ISO_8859_1));
    try (Remembered it = Remembered.open(FileMemory.in(directory, key), LOG, "mapping")) {
      assertQuiet(it.toString());
      assertQuiet(it.rows().toString());
      it.eachUnmet(
          member -> {
            assertThat(member.email()).contains(CANARY);
            assertQuiet(member.toString());
          });
    }
    assertQuiet(key + " " + FileMemory.in(directory, key));
    String secret = Base64.getEncoder().encodeToString(key.derive("key id"));
    assertThat(new String(whole, StandardCharsets.ISO_8859_1)).doesNotContain(secret);
  }

  private static void assertQuiet(String text) {
    assertThat(text).doesNotContain(CANARY).doesNotContain("@example").doesNotContain("+49151");
  }

  /** Returns whether a file opens as a memory that was written, and not as a damaged one. */
  private boolean opens(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (Remembered it = Remembered.open(FileMemory.in(directory, key), LOG, "mapping")) {
      if (it.damage() != null) {
        assertThat(it.damage()).contains("everything is sent");
        assertQuiet(it.damage());
        assertThat(it.members() + it.uncertain()).isZero();
        assertThat(it.last()).isNull();
        return false;
      }
      assertKnowsNothingElse(it);
      return true;
    } catch (IOException told) {
      assertThat(told).hasMessageContaining("memory");
      StringWriter trace = new StringWriter();
      told.printStackTrace(new PrintWriter(trace));
      assertQuiet(trace.toString());
      return false;
    }
  }

  private static void assertKnowsNothingElse(Remembered it) throws IOException {
    it.eachUnmet(
        member -> {
          long customer = member.fingerprint();
          assertThat(customer).isBetween(1L, (long) CUSTOMERS);
          assertThat(member.email()).isEqualTo(CANARY + customer + "@example.com");
        });
    for (int customer = 1; customer <= CUSTOMERS; customer++) {
      assertThat(it.meet(customer, digest(customer, 1)))
          .as("the row of before was replaced")
          .isEqualTo(Known.CHANGED);
    }
  }

  private static List<byte[]> blocks(ExportMemory memory, String log) throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    try (MemoryLog kept = memory.open(log)) {
      for (long number = 0; number < kept.blocks(); number++) {
        blocks.add(kept.read(number));
      }
    }
    return blocks;
  }

  private static void put(ExportMemory memory, List<byte[]> blocks) throws IOException {
    int[] next = {0};
    try (MemoryLog log = memory.open(LOG)) {
      log.replace(() -> next[0] == blocks.size() ? null : blocks.get(next[0]++));
    }
  }

  private static void assertDamaged(ExportMemory memory, List<byte[]> blocks) throws IOException {
    put(memory, blocks);
    try (Remembered it = Remembered.open(memory, LOG, "mapping")) {
      if (it.damage() == null) {
        fail("It was not noticed.");
      }
      assertThat(it.members() + it.uncertain()).isZero();
    }
  }
}
