package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.row.FieldUse;
import io.github.klaviyoexport.profile.Rejection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One thing that an export writes in its journal, in the order in which they happen. */
public sealed interface JournalEntry {

  /**
   * A run begins.
   *
   * @param key0 with {@code key1} the key of the run's fingerprints, which makes them comparable
   *     after a crash
   * @param sorted whether its source is sorted, so that it can be read on from a position with no
   *     more than the last of what came before
   */
  record Began(String run, Setup setup, Instant at, long key0, long key1, boolean sorted)
      implements JournalEntry {
    /** Returns the same of a source that is sorted or not. */
    public Began withSorted(boolean other) {
      return new Began(run, setup, at, key0, key1, other);
    }
  }

  /** The run goes on: jobs in doubt have ended, and what was not settled will be filled anew. */
  record Resumed(Instant at) implements JournalEntry {}

  /**
   * A batch is full and will now be sent.
   *
   * @param batch its number, in the order of the source
   * @param keys its {@link RowKeys}, packed
   */
  record Filled(int batch, Instant at, byte[] keys, Checkpoint checkpoint)
      implements JournalEntry {}

  /**
   * Klaviyo may have a job that no answer tells of: a request got none that could be read, or is
   * about to be sent whose size nothing else here shows.
   *
   * @param profiles how many it has
   */
  record InDoubt(int profiles) implements JournalEntry {}

  /**
   * Klaviyo has taken over rows of a batch as a job.
   *
   * @param createdAt when it was made, by Klaviyo's clock; {@code null} if Klaviyo did not say
   * @param at when that was known, by ours; {@code null} in what versions wrote that did not keep
   *     it
   */
  record Taken(int batch, int[] rows, String job, @Nullable Instant createdAt, @Nullable Instant at)
      implements JournalEntry {}

  /** Klaviyo refused a row of a batch, or a field of it. */
  record Refused(int batch, int row, Rejection rejection) implements JournalEntry {}

  /**
   * A job has ended, and these are the first of its rejections.
   *
   * @param at when that was known; {@code null} in what versions wrote that did not keep it
   */
  record Ended(
      String job,
      JobStatus status,
      int accepted,
      int rejected,
      List<Rejection> rejections,
      @Nullable Instant at)
      implements JournalEntry {}

  /** Everything is confirmed, and so many leavers are still to be removed from the list. */
  record LeaversFound(long leavers) implements JournalEntry {}

  /** So many of them have been removed. */
  record LeaversRemoved(long leavers) implements JournalEntry {}

  /**
   * A list is made a mirror of a segment; in a log of its own.
   *
   * @param tracked whether other members are left alone
   */
  record Mirrored(String segment, Instant at, boolean tracked) implements JournalEntry {}

  /** The run has ended and there is nothing to resume. */
  record Finished() implements JournalEntry {}

  /**
   * All that is kept of a run which has ended, when what it held of customers is forgotten.
   *
   * @param lastActive when it wrote last
   * @param inDoubt the sizes of jobs of its that may not have ended
   */
  record Forgotten(Began began, Instant lastActive, List<Integer> inDoubt)
      implements JournalEntry {}

  /** What a run exports, to be told from another by. None of it is personal or secret. */
  record Setup(String segment, String list, String server, String mapping, SyncMode mode) {
    /** Returns in what another run is set up otherwise, in words; empty when in nothing. */
    public String differenceTo(Setup now) {
      List<String> differences = new ArrayList<>();
      compare("segment", segment, now.segment, differences);
      compare("list", list, now.list, differences);
      compare("server", server, now.server, differences);
      compare("mapping", mapping, now.mapping, differences);
      compare("mode", mode.name(), now.mode.name(), differences);
      return String.join("; ", differences);
    }

    private static void compare(String what, String before, String now, List<String> differences) {
      if (!before.equals(now)) {
        differences.add("the " + what + " was " + before + " and is now " + now);
      }
    }
  }

  /**
   * What had become of the source's profiles when a batch was full.
   *
   * @param position where the source can be opened again; {@code null} if it cannot
   * @param rejections those found since the batch before
   * @param byField the counts of all of them by field; empty in journals of versions that did not
   *     count so
   * @param fields what is known of the mapped fields; {@code null} if nothing is
   * @param emailIds whether customers had ids that are email addresses
   * @param unchanged how many were not sent, because they had not changed
   */
  record Checkpoint(
      @Nullable String position,
      long read,
      long duplicates,
      long rejected,
      long rejectedFields,
      Map<Rejection.Reason, Long> reasons,
      List<Rejection> rejections,
      List<FieldCount> byField,
      @Nullable Map<String, FieldUse.Figures> fields,
      boolean emailIds,
      long unchanged) {
    /** Creates what versions wrote that did not count by field. */
    public Checkpoint(
        @Nullable String position,
        long read,
        long duplicates,
        long rejected,
        long rejectedFields,
        Map<Rejection.Reason, Long> reasons,
        List<Rejection> rejections) {
      this(
          position,
          read,
          duplicates,
          rejected,
          rejectedFields,
          reasons,
          rejections,
          List.of(),
          null,
          false,
          0);
    }
  }
}
