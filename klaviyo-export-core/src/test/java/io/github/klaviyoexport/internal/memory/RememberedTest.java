package io.github.klaviyoexport.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberedTest {
  private static final String LOG = "some-export";
  private static final Instant CREATED = Instant.parse("2026-11-26T10:00:00Z");
  private static final Instant COMPLETED = Instant.parse("2026-11-26T10:00:30.5Z");
  private static final BitSet NONE = new BitSet();

  @TempDir Path directory;
  private ExportMemory memory = HeapMemory.create();

  @Test
  void a_confirmed_row_is_unchanged_in_the_next_run_and_another_one_is_changed()
      throws IOException {
    for (ExportMemory store :
        List.of(HeapMemory.create(), FileMemory.in(directory, MemoryKey.random()))) {
      memory = store;
      sendAndConfirm("run-1", 1, 10);
      try (Remembered again = open()) {
        assertThat(again.members()).isEqualTo(10);
        assertThat(again.meet(3, 300)).isEqualTo(Known.CHANGED);
        assertThat(again.meet(3, digest(3))).isEqualTo(Known.UNCHANGED);
        assertThat(again.meet(11, 5)).isEqualTo(Known.NEW);
        assertThat(again.last()).isEqualTo(new LastRun(10, COMPLETED, 0, 1, RunFacts.UNKNOWN));
      }
    }
  }

  @Test
  void a_row_that_was_handed_on_and_not_confirmed_is_changed_and_its_customer_uncertain()
      throws IOException {
    sendAndConfirm("run-1", 1, 10);
    try (Remembered crashed = open()) {
      crashed.handOn("run-2", 1, rows(crashed, 10, 12));
    }
    try (Remembered again = open()) {
      assertThat(again.meet(10, digest(10))).isEqualTo(Known.CHANGED);
      assertThat(again.meet(11, digest(11))).isEqualTo(Known.CHANGED);
      assertThat(again.members()).isEqualTo(10);
      assertThat(again.uncertain()).isEqualTo(2);
    }
  }

  @Test
  void a_resumed_run_confirms_what_was_handed_on_before_the_crash() throws IOException {
    try (Remembered crashed = open()) {
      crashed.handOn("run-1", 7, rows(crashed, 1, 5));
    }
    try (Remembered resumed = open()) {
      BitSet rejected = BitSet.valueOf(new long[] {0b10});
      BitSet inPart = BitSet.valueOf(new long[] {0b100});
      resumed.confirm("run-1", 7, new int[] {0, 1, 2, 3}, rejected, inPart, CREATED, COMPLETED);
    }
    try (Remembered again = open()) {
      assertThat(again.meet(1, digest(1))).isEqualTo(Known.UNCHANGED);
      assertThat(again.meet(2, digest(2))).as("rejected").isEqualTo(Known.CHANGED);
      assertThat(again.meet(3, digest(3))).as("in part").isEqualTo(Known.CHANGED);
      assertThat(again.meet(5, digest(5))).as("not in the job").isEqualTo(Known.CHANGED);
      assertThat(again.members()).isEqualTo(3);
      assertThat(again.uncertain()).isEqualTo(2);
    }
  }

  @Test
  void whom_a_run_has_not_met_is_passed_on_with_identifiers_and_the_time_of_the_job()
      throws IOException {
    sendAndConfirm("run-1", 1, 3);
    try (Remembered again = open()) {
      again.meet(1, digest(1));
      again.meet(3, digest(3));
      assertThat(unmet(again))
          .singleElement()
          .satisfies(
              member -> {
                assertThat(member.fingerprint()).isEqualTo(2);
                assertThat(member.email()).isEqualTo("customer2@example.com");
                assertThat(member.phone()).isNull();
                assertThat(member.externalId()).isEqualTo("id-2");
                assertThat(member.confirmed()).isTrue();
                assertThat(member.wasAddedBy(CREATED)).isTrue();
                assertThat(member.wasAddedBy(COMPLETED)).isTrue();
                assertThat(member.wasAddedBy(CREATED.minusSeconds(1))).isFalse();
                assertThat(member.wasAddedBy(COMPLETED.plusSeconds(1))).isFalse();
              });
    }
  }

  @Test
  void another_setup_forgets_digests_and_keeps_members() throws IOException {
    sendAndConfirm("run-1", 1, 3);
    try (Remembered other = Remembered.open(memory, LOG, "another mapping")) {
      assertThat(other.meet(1, digest(1))).isEqualTo(Known.CHANGED);
      assertThat(other.members()).isEqualTo(3);
      other.handOn("run-2", 1, rows(other, 1, 1));
      other.confirm("run-2", 1, null, NONE, NONE, CREATED, COMPLETED);
    }
    try (Remembered other = Remembered.open(memory, LOG, "another mapping")) {
      assertThat(other.meet(1, digest(1))).isEqualTo(Known.UNCHANGED);
      assertThat(other.meet(2, digest(2))).isEqualTo(Known.CHANGED);
    }
  }

  @Test
  void another_key_is_refused_and_the_memory_stays() throws IOException {
    MemoryKey key = MemoryKey.random();
    memory = FileMemory.in(directory, key);
    sendAndConfirm("run-1", 1, 3);
    memory = FileMemory.in(directory, MemoryKey.random());
    assertThatThrownBy(this::open).hasMessageContaining("another memory key");
    memory = FileMemory.in(directory, key);
    try (Remembered again = open()) {
      assertThat(again.members()).isEqualTo(3);
    }
  }

  @Test
  void a_damaged_memory_is_told_and_begins_anew() throws IOException {
    memory = FileMemory.in(directory, MemoryKey.random());
    sendAndConfirm("run-1", 1, 3);
    Path file = directory.resolve(LOG + ".memory");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    try (Remembered damaged = open()) {
      assertThat(damaged.damage()).contains("everything is sent");
      assertThat(damaged.meet(1, digest(1))).isEqualTo(Known.NEW);
    }
    sendAndConfirm("run-2", 1, 3);
    try (Remembered again = open()) {
      assertThat(again.damage()).isNull();
      assertThat(again.meet(1, digest(1))).isEqualTo(Known.UNCHANGED);
    }
  }

  private Remembered open() throws IOException {
    return Remembered.open(memory, LOG, "mapping");
  }

  private void sendAndConfirm(String run, int from, int to) throws IOException {
    try (Remembered remembered = open()) {
      remembered.handOn(run, 1, rows(remembered, from, to));
      remembered.confirm(run, 1, null, NONE, NONE, CREATED, COMPLETED);
      remembered.endRun(new RunFacts(to - from + 1, COMPLETED, true, false, RunFacts.UNKNOWN));
    }
  }

  private static HandedRows rows(Remembered of, int from, int to) {
    HandedRows rows = of.rows();
    for (int customer = from; customer <= to; customer++) {
      rows.add(
          customer,
          digest(customer),
          "customer" + customer + "@example.com",
          null,
          "id-" + customer);
    }
    return rows;
  }

  private static long digest(int customer) {
    return customer * 0x9e37_79b9_7f4a_7c15L;
  }

  private static List<RememberedMember> unmet(Remembered of) throws IOException {
    List<RememberedMember> unmet = new ArrayList<>();
    of.eachUnmet(unmet::add);
    return unmet;
  }
}
