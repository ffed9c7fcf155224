package io.github.klaviyoexport.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.record.JournalEntry.Filled;
import io.github.klaviyoexport.internal.record.JournalEntry.Setup;
import io.github.klaviyoexport.internal.record.JournalEntry.Taken;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.profile.ProfileField;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is held of a run that was cut off, for one that goes on with it. */
class PreviousRunTest {
  private static final Instant AT = Instant.parse("2026-03-04T05:06:07Z");
  private static final int ROWS = 3;

  private final RowKeySpill spill = new RowKeySpill();
  private final Fingerprint fingerprint = new Fingerprint(1, 2);
  private final MemoryJournal journal = MemoryJournal.create();

  @AfterEach
  void closeSpill() {
    spill.close();
  }

  /** A run of so many batches that Klaviyo has taken over, with a position behind some. */
  private PendingWork pending(boolean sorted, boolean goesOn, @Nullable String... positions)
      throws IOException {
    try (JournalLog log = journal.open("run")) {
      Setup setup = new Setup("vip-eu", "Y6nRLr", "a", "m", SyncMode.UPSERT);
      log.restart(JournalLines.write(new Began("1f-2e", setup, AT, 1, 2, sorted)));
      for (int batch = 0; batch < positions.length; batch++) {
        log.append(
            JournalLines.write(new Filled(batch, AT, keys(batch), found(batch, positions[batch]))));
        log.append(
            JournalLines.write(new Taken(batch, new int[] {0, 1, 2}, "job-" + batch, AT, AT)));
      }
      PreviousRun previous =
          Objects.requireNonNull(PreviousRun.read(log, spill, new RunCounts(), goesOn));
      assertThat(previous.openJobs()).hasSize(positions.length);
      return previous.pendingWork(true);
    }
  }

  private byte[] keys(int batch) {
    RowKeys keys = new RowKeys();
    for (int row = 0; row < ROWS; row++) {
      keys.add("c-" + row, row(batch, row), RowKeys.NONE, RowKeys.NONE);
    }
    return keys.pack();
  }

  private Fingerprint row(int batch, int row) {
    return fingerprint.of(ProfileField.EMAIL, batch + "." + row + "@shop.example");
  }

  private static Checkpoint found(int batch, @Nullable String position) {
    return new Checkpoint(position, (batch + 1L) * ROWS, 0, 0, 0, Map.of(), List.of());
  }

  @Test
  void without_order_all_that_came_before_the_position_is_held() throws IOException {
    PendingWork pending = pending(false, true, "p-0", "p-1", "p-2", "p-3");

    assertThat(pending.position()).isEqualTo("p-3");
    assertThat(pending.needsOrder()).isFalse();
    assertThat(pending.seen().contains(row(0, 0))).isTrue();
    assertThat(pending.seen().contains(row(3, 2))).isTrue();
  }

  @Test
  void of_a_sorted_source_the_last_is_held_and_the_batch_that_is_met_again() throws IOException {
    PendingWork pending = pending(true, true, "p-0", "p-1", "p-2", "p-3", "p-4");

    assertThat(pending.position()).isEqualTo("p-3");
    assertThat(pending.needsOrder()).isTrue();
    assertThat(pending.seen().contains(row(3, 2))).isTrue();
    assertThat(pending.seen().contains(row(0, 0))).isFalse();
    assertThat(pending.seen().contains(row(1, 0))).isFalse();
    assertThat(pending.mayBeFirst(row(4, 0))).isTrue();
    assertThat(pending.mayBeFirst(row(5, 0))).isFalse();
    assertThat(pending.notMet()).isEqualTo(ROWS);
    assertThat(pending.isSettled(row(4, 0))).isTrue();
  }

  @Test
  void the_last_before_the_position_may_be_in_either_of_the_last_two_batches() throws IOException {
    PendingWork pending = pending(true, true, "p-0", null, "p-2", null, "p-4");

    assertThat(pending.position()).isEqualTo("p-2");
    assertThat(pending.seen().contains(row(1, 2))).isTrue();
    assertThat(pending.seen().contains(row(2, 2))).isTrue();
    assertThat(pending.isSettled(row(3, 0))).isTrue();
    assertThat(pending.isSettled(row(4, 0))).isTrue();
    assertThat(pending.notMet()).isEqualTo(2 * ROWS - 2);
  }

  @Test
  void a_sorted_source_without_positions_is_read_from_the_start_and_all_is_held()
      throws IOException {
    PendingWork pending = pending(true, true, null, null, null);

    assertThat(pending.position()).isNull();
    assertThat(pending.needsOrder()).isFalse();
    assertThat(pending.isSettled(row(0, 0))).isTrue();
    assertThat(pending.isSettled(row(2, 2))).isTrue();
  }

  @Test
  void a_sorted_source_of_which_one_batch_is_settled_is_read_from_the_start() throws IOException {
    PendingWork pending = pending(true, true, "p-0");

    assertThat(pending.position()).isNull();
    assertThat(pending.isSettled(row(0, 0))).isTrue();
  }

  @Test
  void nothing_is_held_for_a_run_that_starts_over() throws IOException {
    PendingWork pending = pending(false, false, null, null, null);

    assertThat(pending.isSettled(row(0, 0))).isFalse();
    assertThat(pending.notMet()).isZero();
  }
}
