package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.keys.IdentifierHolders;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.record.JournalEntry.Ended;
import io.github.klaviyoexport.internal.record.JournalEntry.Filled;
import io.github.klaviyoexport.internal.record.JournalEntry.Finished;
import io.github.klaviyoexport.internal.record.JournalEntry.Forgotten;
import io.github.klaviyoexport.internal.record.JournalEntry.InDoubt;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversFound;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversRemoved;
import io.github.klaviyoexport.internal.record.JournalEntry.Refused;
import io.github.klaviyoexport.internal.record.JournalEntry.Resumed;
import io.github.klaviyoexport.internal.record.JournalEntry.Taken;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The run that has written in the journal before, and what it has left there: read once, entry by
 * entry, so that what is settled shrinks to fingerprints at once.
 *
 * <p>A row is <em>settled</em> when Klaviyo has taken it over or refused it: it is not sent again.
 * The others are read from the source again; those of a batch that may or may not have arrived are
 * filled into one batch again, so that it is sent with the same bytes.
 *
 * <p>What is settled is held for a run that goes on with this one, and for no other. Of a
 * {@linkplain Began#sorted sorted} source that gives positions, the last batches before the
 * position are held alone. The position is that of a batch earlier than could be: the rows that are
 * met again show where in the order reading goes on, which no fingerprint tells.
 */
public final class PreviousRun {
  /** Klaviyo may take hours over a job, and not that long. */
  public static final Duration JOB_NEVER_ENDS_AFTER = Duration.ofDays(1);

  /** Memory for so many batches is spent on not reading the source from its start. */
  private static final int MAX_KEPT_OPEN = 32;

  /** Rows travel in batches of two kinds, so the last row is in one of the last two batches. */
  private static final int MAX_LAST_CLOSED = 2;

  private final RowKeySpill spill;
  private final RunCounts counts;
  private final boolean goesOn;
  private SeenIdentifiers settledBefore = new SeenIdentifiers();
  private final SeenIdentifiers settledAfter = new SeenIdentifiers();
  private final IdentifierHolders holdersBefore;
  private final TreeMap<Integer, PendingBatch> pending = new TreeMap<>();
  private final Map<String, OpenJob> jobs = new LinkedHashMap<>();
  private final Set<String> jobIds = new HashSet<>();
  private final Map<Long, Integer> unsettled = new HashMap<>();
  private final Set<Integer> sizesInDoubt = new HashSet<>();
  private final List<UnconfirmedRows> endedUnconfirmed = new ArrayList<>();
  private @Nullable Began began;
  private Instant lastActive = Instant.MIN;
  private @Nullable Checkpoint checkpoint;
  private final List<Rejection> foundBefore = new ArrayList<>();
  private final List<RowKeys> unplaced = new ArrayList<>();

  /** The batches that were closed last: the last row before the position is in one of them. */
  private final Deque<RowKeys> lastClosed = new ArrayDeque<>();

  private long rowsBefore;
  private long rowsAfter;
  private int batches;
  private boolean needsPosition;
  private boolean resumedBefore;
  private boolean finished;

  /**
   * A job that had not ended.
   *
   * @param rows which rows of which batch it has; {@code null} if that cannot be told
   * @param leftOut the {@link LeftOutFields} of its rows, packed; {@code null} if there are none
   */
  public record OpenJob(
      String id,
      int profiles,
      @Nullable Instant createdAt,
      RowKeySpill.Kept keys,
      @Nullable BatchRows rows,
      RowKeySpill.@Nullable Kept leftOut) {
    /** Returns the same job with rows that cannot be told. */
    public OpenJob ofUnknownRows() {
      return new OpenJob(id, profiles, createdAt, keys, null, leftOut);
    }
  }

  private PreviousRun(RowKeySpill spill, RunCounts counts, boolean goesOn) {
    this.spill = spill;
    this.counts = counts;
    this.goesOn = goesOn;
    this.holdersBefore = new IdentifierHolders(spill);
  }

  /**
   * Reads a log; returns {@code null} if it holds no run.
   *
   * @param spill takes the keys of jobs that had not ended
   * @param counts takes what jobs and refusals of that run amount to
   * @param goesOn whether it is to be gone on with, for which {@link #pendingWork} is asked
   * @throws IOException if it cannot be read
   */
  static @Nullable PreviousRun read(
      JournalLog log, RowKeySpill spill, RunCounts counts, boolean goesOn) throws IOException {
    PreviousRun previous = new PreviousRun(spill, counts, goesOn);
    IOException[] failure = new IOException[1];
    log.replay(
        line -> {
          try {
            if (failure[0] == null) {
              previous.take(JournalLines.read(line));
            }
          } catch (IOException unreadable) {
            failure[0] = unreadable;
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
    previous.dropPending();
    return previous.began == null ? null : previous;
  }

  private void take(JournalEntry entry) throws IOException {
    if (entry instanceof Began first) {
      began = first;
      activeAt(first.at());
    } else if (entry instanceof Resumed resumed) {
      activeAt(resumed.at());
      dropPending();
      sizesInDoubt.clear();
      resumedBefore = true;
    } else if (entry instanceof Filled filled) {
      activeAt(filled.at());
      batches = Math.max(batches, filled.batch() + 1);
      pending.put(filled.batch(), new PendingBatch(filled, unpacked(filled.keys())));
    } else if (entry instanceof InDoubt inDoubt) {
      sizesInDoubt.add(inDoubt.profiles());
    } else if (entry instanceof Taken taken) {
      taken(taken);
    } else if (entry instanceof Refused refused) {
      refused(refused);
    } else if (entry instanceof Ended ended) {
      counts.jobEnded(ended.job(), ended.status(), ended.accepted(), ended.rejected(), ended.at());
      ended.rejections().forEach(counts::rejectedByKlaviyo);
      OpenJob job = jobs.remove(ended.job());
      if (job != null && ended.status() != JobStatus.COMPLETE) {
        endedUnconfirmed.add(UnconfirmedRows.of(job, ended.status()));
      } else if (job != null && ended.accepted() + ended.rejected() < job.profiles()) {
        endedUnconfirmed.add(
            new UnconfirmedRows(notNamed(job, ended.rejections()), job.id(), Why.NOT_NAMED));
      } else if (job != null) {
        job.keys().drop();
      }
    } else if (entry instanceof LeaversFound found) {
      counts.leavers().found(found.leavers());
    } else if (entry instanceof LeaversRemoved removed) {
      counts.leavers().removed(removed.leavers());
    } else if (entry instanceof Finished) {
      finished = true;
      startOver();
    } else if (entry instanceof Forgotten forgotten) {
      take(forgotten.began());
      activeAt(forgotten.lastActive());
      sizesInDoubt.addAll(forgotten.inDoubt());
      take(new Finished());
    }
  }

  private void activeAt(Instant moment) {
    lastActive = moment.isAfter(lastActive) ? moment : lastActive;
  }

  /** Returns the keys of a job's rows but for those of which it is known that they failed. */
  private RowKeySpill.Kept notNamed(OpenJob job, List<Rejection> rejections) {
    Set<String> failed = new HashSet<>();
    for (Rejection rejection : rejections) {
      failed.add(String.valueOf(rejection.customerId()));
    }
    RowKeys keys = RowKeys.unpack(job.keys().read());
    int[] rest =
        IntStream.range(0, keys.rows())
            .filter(row -> !failed.contains(keys.customerId(row)))
            .toArray();
    job.keys().drop();
    return spill.keep(keys.pack(rest));
  }

  private static RowKeys unpacked(byte[] keys) throws IOException {
    try {
      return RowKeys.unpack(keys);
    } catch (IllegalArgumentException broken) {
      throw new IOException(
          "The journal holds rows that cannot be read, so it is not whole: start the export over.");
    }
  }

  private PendingBatch batch(int number, int row) throws IOException {
    PendingBatch batch = pending.get(number);
    if (batch == null || row < 0 || row >= batch.keys.rows()) {
      throw new IOException(
          "The journal speaks of a row that it does not hold, so it is not whole: start the export"
              + " over.");
    }
    return batch;
  }

  private void taken(Taken taken) throws IOException {
    for (int row : taken.rows()) {
      batch(taken.batch(), row).settled.set(row);
    }
    PendingBatch batch = batch(taken.batch(), 0);
    RowKeySpill.Kept keys = spill.keep(batch.keys.pack(taken.rows()));
    if (jobIds.add(taken.job())) {
      byte[] fields = batch.leftOut().pack(taken.rows());
      jobs.put(
          taken.job(),
          new OpenJob(
              taken.job(),
              taken.rows().length,
              taken.createdAt(),
              keys,
              BatchRows.of(taken.batch(), batch.keys.rows(), taken.rows(), batch.changed()),
              fields == null ? null : spill.keep(fields)));
    } else {
      jobs.computeIfPresent(taken.job(), (id, job) -> job.ofUnknownRows());
      // Klaviyo has named a job of other rows, and what became of these cannot be told.
      endedUnconfirmed.add(new UnconfirmedRows(keys, null, Why.UNANSWERED));
    }
    counts.jobStarted(taken.job(), taken.rows().length, taken.at());
    settleInOrder();
  }

  private void refused(Refused refused) throws IOException {
    PendingBatch batch = batch(refused.batch(), refused.row());
    if (refused.rejection().scope() == Scope.PROFILE) {
      batch.settled.set(refused.row());
      counts.rejectedByKlaviyo(refused.rejection());
    } else {
      // Counts only once the row is taken over; else it will be refused and repaired again.
      batch.droppedFields.add(refused);
    }
    settleInOrder();
  }

  /**
   * Closes the leading batches that are settled whole: the source need not be read up to there
   * again.
   *
   * <p>A batch without a position leaves rows of others waiting. Once a position is known, such
   * batches are kept open until the next that has one, or this one would be lost.
   */
  private void settleInOrder() {
    for (int settled = closable(); settled > 0; settled--) {
      PendingBatch first = pending.pollFirstEntry().getValue();
      boolean inOrder = !resumedBefore;
      settle(first, inOrder);
      if (inOrder) {
        foundBefore.addAll(first.filled.checkpoint().rejections());
        checkpoint = first.filled.checkpoint();
        heldBefore(first.keys, checkpoint.position() != null);
        lastClosed.add(first.keys);
        if (lastClosed.size() > MAX_LAST_CLOSED) {
          lastClosed.remove();
        }
        if (isSorted() && checkpoint.position() != null) {
          needsPosition = true;
          settledBefore = new SeenIdentifiers();
        }
      }
    }
  }

  private int closable() {
    if (isSorted() && !resumedBefore) {
      return closableButLast();
    }
    boolean keeps = !resumedBefore && checkpoint != null && checkpoint.position() != null;
    int settled = 0;
    int closable = 0;
    for (PendingBatch batch : pending.values()) {
      if (!batch.isSettled()) {
        break;
      }
      settled++;
      boolean placed = batch.filled.checkpoint().position() != null;
      if (!keeps || placed || settled - closable > MAX_KEPT_OPEN) {
        closable = settled;
      }
    }
    return closable;
  }

  private boolean isSorted() {
    return goesOn && began != null && began.sorted();
  }

  /** Returns how many can be closed up to the last but one that has a position, if any has one. */
  private int closableButLast() {
    int settled = 0;
    int closable = 0;
    int placed = 0;
    for (PendingBatch batch : pending.values()) {
      if (!batch.isSettled()) {
        break;
      }
      settled++;
      if (batch.filled.checkpoint().position() != null) {
        closable = Math.max(closable, placed);
        placed = settled;
      } else if (placed == 0 && !needsPosition) {
        closable = settled;
      }
    }
    return closable;
  }

  /**
   * Takes up what the rows of a batch have, if they will not be read again; whether they will is
   * known with the next batch that has a position.
   */
  private void heldBefore(RowKeys keys, boolean placed) {
    if (!goesOn) {
      return;
    }
    unplaced.add(keys);
    if (placed) {
      for (RowKeys batch : unplaced) {
        for (int row = 0; row < batch.rows(); row++) {
          if (batch.hasSecondary(row)) {
            holdersBefore.add(batch, row);
          }
        }
      }
    }
    if (placed || unplaced.size() > MAX_KEPT_OPEN) {
      unplaced.clear();
    }
  }

  private void settle(PendingBatch batch, boolean before) {
    for (int row = 0; row < batch.keys.rows(); row++) {
      if (batch.settled.get(row)) {
        unsettled.remove(batch.keys.lane1(row));
        boolean held = goesOn && !(before && needsPosition);
        if (held && batch.keys.addTo(before ? settledBefore : settledAfter, row)) {
          rowsBefore += before ? 1 : 0;
          rowsAfter += before ? 0 : 1;
        }
      }
    }
    for (Refused dropped : batch.droppedFields) {
      if (batch.settled.get(dropped.row())) {
        counts.rejectedByKlaviyo(dropped.rejection());
      }
    }
  }

  /** Gives up the batches that are not settled whole: what is left of them is filled anew. */
  private void dropPending() {
    for (PendingBatch batch : pending.values()) {
      settle(batch, false);
      int open = 0;
      for (int row = 0; row < batch.keys.rows(); row++) {
        if (!batch.settled.get(row)) {
          open++;
          unsettled.put(batch.keys.lane1(row), batch.filled.batch());
        }
      }
      if (open > 0) {
        sizesInDoubt.add(open);
      }
    }
    pending.clear();
  }

  /** Returns the entry that began the run. */
  public Began began() {
    return Objects.requireNonNull(began);
  }

  /** Returns whether there is nothing to resume. */
  boolean isFinished() {
    return finished;
  }

  /** Returns the jobs that had not ended. */
  public List<OpenJob> openJobs() {
    return List.copyOf(jobs.values());
  }

  /** Returns whether Klaviyo may have jobs of it of whose end nothing is known. */
  boolean leavesJobs() {
    return !jobs.isEmpty() || !sizesInDoubt.isEmpty();
  }

  /** Returns the rows of jobs that had ended without saying what became of their profiles. */
  public List<UnconfirmedRows> endedUnconfirmed() {
    return endedUnconfirmed;
  }

  /** Returns the rows of those, and of the jobs that had not ended. */
  public List<UnconfirmedRows> unconfirmed() {
    List<UnconfirmedRows> rows = new ArrayList<>(endedUnconfirmed);
    jobs.values().forEach(job -> rows.add(UnconfirmedRows.of(job, JobStatus.RUNNING)));
    return rows;
  }

  /** Returns how many profiles the jobs may have that Klaviyo may have and no answer told of. */
  public Set<Integer> sizesInDoubt() {
    return sizesInDoubt;
  }

  /** Returns when it had last filled a batch, or begun or been resumed without one. */
  public Instant lastActive() {
    return lastActive;
  }

  /** Returns the number of the next batch. */
  public int batches() {
    return batches;
  }

  /**
   * Returns whether it can be gone on with at its position in a sorted source only, since no more
   * is held of what came before than the last.
   */
  public boolean needsPosition() {
    return needsPosition;
  }

  /** Lets go of what is of use only to a run that goes on where this one has stopped. */
  void startOver() {
    holdersBefore.drop();
  }

  /**
   * Returns what is left to do, from the start of the source or from where it can be opened again;
   * in that case the counts take up what reading had found by there.
   */
  PendingWork pendingWork(boolean sourceCanBePositioned) {
    String position = checkpoint == null ? null : checkpoint.position();
    // Of those that had not changed the journal holds nothing, so they are to be met again.
    boolean knowsAll = needsPosition || checkpoint != null && checkpoint.unchanged() == 0;
    if (checkpoint != null && position != null && sourceCanBePositioned && knowsAll) {
      counts.restore(checkpoint, foundBefore);
      PendingWork rest =
          new PendingWork(
              needsPosition ? lastBefore() : settledBefore,
              holdersBefore,
              new SeenIdentifiers[] {settledAfter},
              rowsAfter,
              unsettled,
              position);
      return needsPosition ? rest.inOrder() : rest;
    }
    // All customers will be met again, and those who share with them after them, as the first time.
    startOver();
    return new PendingWork(
        new SeenIdentifiers(),
        holdersBefore,
        new SeenIdentifiers[] {settledBefore, settledAfter},
        rowsBefore + rowsAfter,
        unsettled,
        null);
  }

  private SeenIdentifiers lastBefore() {
    SeenIdentifiers last = new SeenIdentifiers();
    for (RowKeys batch : lastClosed) {
      for (int row = 0; row < batch.rows(); row++) {
        batch.addTo(last, row);
      }
    }
    return last;
  }
}
