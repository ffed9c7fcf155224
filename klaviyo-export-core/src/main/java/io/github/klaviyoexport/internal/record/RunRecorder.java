package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.flight.Flight;
import io.github.klaviyoexport.internal.flight.Flight.Kind;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.record.JournalEntry.Ended;
import io.github.klaviyoexport.internal.record.JournalEntry.Filled;
import io.github.klaviyoexport.internal.record.JournalEntry.InDoubt;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversFound;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversRemoved;
import io.github.klaviyoexport.internal.record.JournalEntry.Refused;
import io.github.klaviyoexport.internal.record.JournalEntry.Taken;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import java.io.IOException;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The recorder of what happens to the profiles of a run, as it happens: it is counted, told to the
 * listeners, and written in the journal.
 */
public final class RunRecorder {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final RunCounts counts;
  private final RunJournal journal;
  private final RowKeySpill spill;
  private final Listeners listeners;
  private final Outcomes outcomes;
  private final Supplier<Instant> clock;
  private final Consumer<IOException> journalFailed;
  private final Map<Integer, Flight.Span> batches = new HashMap<>();
  private final Map<String, Flight.Span> jobs = new HashMap<>();

  /**
   * Creates the recorder of a run.
   *
   * @param list the list to which profiles go
   * @param clock tells the time
   * @param journalFailed hears of it, once, when the journal fails
   */
  public RunRecorder(
      RunCounts counts,
      RunJournal journal,
      RowKeySpill spill,
      Listeners listeners,
      ListId list,
      Supplier<Instant> clock,
      Consumer<IOException> journalFailed) {
    this.counts = counts;
    this.journal = journal;
    this.spill = spill;
    this.listeners = listeners;
    this.outcomes = listeners.outcomes(list);
    this.clock = clock;
    this.journalFailed = journalFailed;
  }

  /** Returns what tells the outcomes of profiles. */
  public Outcomes outcomes() {
    return outcomes;
  }

  /** Writes an entry that concerns no count; what was told of profiles counts as told before. */
  public void write(JournalEntry entry) {
    if (journal.isKept()) {
      outcomes.told();
    }
    try {
      journal.write(entry);
    } catch (IOException failure) {
      journalFailed.accept(failure);
    }
  }

  /** Returns whether what is recorded is kept in a journal. */
  public boolean keepsJournal() {
    return journal.isKept();
  }

  /**
   * Records that a batch is full and will now be sent.
   *
   * @param found what reading had found by its last row
   */
  public void filled(int batch, Instant at, RowKeys keys, Checkpoint found) {
    if (journal.isKept()) {
      write(new Filled(batch, at, keys.pack(), found));
    }
  }

  /** Tells of a profile, or a field of one, that was set aside before sending, and is counted. */
  public void setAside(Rejection rejection) {
    listeners.tell(listener -> listener.rejected(rejection));
  }

  /** Tells listeners and the log of something that stops nothing and should be looked at. */
  public void warned(String what) {
    listeners.tell(listener -> listener.warned(what));
    LOG.log(System.Logger.Level.WARNING, what);
  }

  /** Tells the journal that the run is alive. */
  public void keepAlive() {
    try {
      journal.keepAlive();
    } catch (IOException failure) {
      journalFailed.accept(failure);
    }
  }

  /**
   * Records that Klaviyo may have, or come to have, a job of so many profiles that no answer tells
   * of.
   */
  public void inDoubt(int profiles) {
    write(new InDoubt(profiles));
  }

  /** Records that a batch of so many profiles is full and will be handed over. */
  public void batchBegun(int number, int profiles) {
    batches.put(number, Flight.recorder().begin(Kind.BATCH, "", number, profiles));
    listeners.tell(listener -> listener.batchBegun(number, profiles));
  }

  /** Records that a batch needs no more care. */
  public void batchEnded(int number) {
    end(batches.remove(number), "");
    listeners.tell(listener -> listener.batchEnded(number));
  }

  private static void end(Flight.@Nullable Span span, String outcome) {
    if (span != null) {
      span.end(outcome);
    }
  }

  /**
   * Counts a job that was made of rows of a batch; returns it, to be watched.
   *
   * @param changed rows of the batch that were sent otherwise than they were written
   */
  public PreviousRun.OpenJob started(
      ImportJob job, int batch, int[] rows, RowKeys keys, BitSet changed, LeftOutFields leftOut) {
    counts.jobStarted(job.id(), rows.length, clock.get());
    jobs.put(job.id(), Flight.recorder().begin(Kind.JOB, job.id(), 0, rows.length));
    byte[] fields = leftOut.pack(rows);
    return new PreviousRun.OpenJob(
        job.id(),
        rows.length,
        job.createdAt(),
        spill.keep(keys.pack(rows)),
        BatchRows.of(batch, keys.rows(), rows, changed),
        fields == null ? null : spill.keep(fields));
  }

  /** Records that Klaviyo has taken over rows of a batch; to be called once the job is watched. */
  public void taken(int batch, int[] rows, ImportJob job, long bytes) {
    listeners.tell(listener -> listener.batchSent(job.id(), rows.length, bytes));
    write(new Taken(batch, rows, job.id(), job.createdAt(), clock.get()));
  }

  /**
   * Records that Klaviyo refused a row of a batch, or a field of it.
   *
   * @param leftOut the fields that were left out of the row before
   */
  public void refused(
      int batch, int row, String customer, Rejection rejection, List<Rejection> leftOut) {
    counts.rejectedByKlaviyo(rejection);
    listeners.tell(listener -> listener.rejected(rejection));
    if (outcomes.areAsked() && rejection.scope() == Rejection.Scope.PROFILE) {
      outcomes.refused(customer, rejection, leftOut);
    }
    write(new Refused(batch, row, rejection));
  }

  /** Records the end of a job. */
  public void jobEnded(String id, JobStatus status, int accepted, List<Rejection> rejections) {
    end(jobs.remove(id), status.name());
    Instant now = clock.get();
    ExportReport.Job job = counts.jobEnded(id, status, accepted, rejections.size(), now);
    rejections.forEach(counts::rejectedByKlaviyo);
    for (Rejection rejection : rejections) {
      listeners.tell(listener -> listener.rejected(rejection));
    }
    listeners.tell(listener -> listener.jobFinished(job));
    write(new Ended(id, status, accepted, rejections.size(), rejections, now));
  }

  /** Counts how far the search for leavers is: customers and members read, and leavers by now. */
  public void searching(long customersRead, long membersRead, long leaversByNow) {
    counts.leavers().searching(customersRead, membersRead, leaversByNow);
  }

  /**
   * Records that the list was read. If the run was cut off before, it may have removed leavers and
   * not come to write it down: those are missing from the list now, and are counted here.
   */
  public void listRead(long members, long undecided, long found) {
    LeaverCounts leavers = counts.leavers();
    long unrecorded = leavers.unrecorded(found);
    if (unrecorded > 0) {
      removed(unrecorded);
    }
    leavers.read(members, undecided);
    leavers.found(found);
    listeners.tell(listener -> listener.listRead(members, found));
  }

  /** Records how many customers may be members that cannot be told from them. */
  public void unreadable(long customers) {
    counts.leavers().unreadable(customers);
  }

  /** Records how many members this export has not added. */
  public void notOurs(long members) {
    counts.leavers().notOurs(members);
  }

  /** Records that no leaver is removed. */
  public void leaversKept(Kept why) {
    counts.leavers().kept(why);
  }

  /** Records that the leavers are about to be removed. */
  public void removalBegins() {
    write(new LeaversFound(counts.leavers().outstanding()));
  }

  /** Records that so many leavers were removed from the list. */
  public void removed(long leavers) {
    counts.leavers().removed(leavers);
    listeners.tell(listener -> listener.leaversRemoved(leavers));
    write(new LeaversRemoved(leavers));
  }

  /** Records that so many are no leavers after all, or have left by themselves. */
  public void leaversStay(long members) {
    if (members > 0) {
      counts.leavers().stay(members);
      // Else a resumed run, which does not find them, would take them for removed.
      write(new LeaversFound(counts.leavers().outstanding()));
    }
  }
}
