package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.record.JournalEntry.Ended;
import io.github.klaviyoexport.internal.record.JournalEntry.InDoubt;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversFound;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversRemoved;
import io.github.klaviyoexport.internal.record.JournalEntry.Refused;
import io.github.klaviyoexport.internal.record.JournalEntry.Taken;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.Rejection;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What happens to the profiles of a run, booked as it happens: counted, told to the listeners, and
 * written in the journal.
 */
public final class RunRecorder {
  private final RunCounts tally;
  private final RunJournal log;
  private final RowKeySpill keyStore;
  private final Listeners listeners;
  private final Consumer<StopCause> stop;

  /**
   * A ledger.
   *
   * @param stop hears of it when the journal fails; an export does not go on without its journal
   */
  public RunRecorder(
      RunCounts tally,
      RunJournal log,
      RowKeySpill keyStore,
      Listeners listeners,
      Consumer<StopCause> stop) {
    this.tally = tally;
    this.log = log;
    this.keyStore = keyStore;
    this.listeners = listeners;
    this.stop = stop;
  }

  /** Writes something down that concerns no count. */
  public void write(JournalEntry entry) {
    try {
      log.write(entry);
    } catch (IOException failure) {
      stop.accept(StopCause.journalFailed(failure));
    }
  }

  /** The run is alive. */
  public void keepAlive() {
    try {
      log.keepAlive();
    } catch (IOException failure) {
      stop.accept(StopCause.journalFailed(failure));
    }
  }

  /** Klaviyo may have, or come to have, a job of so many profiles that no answer tells of. */
  public void inDoubt(int profiles) {
    write(new InDoubt(profiles));
  }

  /** A job was made of rows of a batch; it is to be watched. */
  public PreviousRun.OpenJob started(ImportJob job, int[] rows, RowKeys keys) {
    tally.jobStarted(job.id(), rows.length);
    return new PreviousRun.OpenJob(
        job.id(), rows.length, job.createdAt(), keyStore.keep(keys.pack(rows)));
  }

  /** The job is watched. */
  public void taken(int batch, int[] rows, ImportJob job, long bytes) {
    listeners.tell(listener -> listener.batchSent(job.id(), rows.length, bytes));
    write(new Taken(batch, rows, job.id(), job.createdAt()));
  }

  /** Klaviyo refused a row of a batch, or a field of it. */
  public void refused(int batch, int row, Rejection rejection) {
    tally.rejectedByKlaviyo(rejection);
    listeners.tell(listener -> listener.rejected(rejection));
    write(new Refused(batch, row, rejection));
  }

  /** A job has ended. */
  public void jobEnded(String id, JobStatus status, int accepted, List<Rejection> rejections) {
    ExportReport.Job job = tally.jobEnded(id, status, accepted, rejections.size());
    rejections.forEach(tally::rejectedByKlaviyo);
    for (Rejection rejection : rejections) {
      listeners.tell(listener -> listener.rejected(rejection));
    }
    listeners.tell(listener -> listener.jobFinished(job));
    write(new Ended(id, status, accepted, rejections.size(), rejections));
  }

  /** The list was read. What a run that was cut off has removed unwritten is missing from it. */
  public void listRead(long members, long undecided, long found) {
    LeaverCounts leavers = tally.leavers();
    long unrecorded = leavers.unrecorded(found);
    if (unrecorded > 0) {
      removed(unrecorded);
    }
    leavers.read(members, undecided);
    leavers.found(found);
    listeners.tell(listener -> listener.listRead(members, found));
  }

  /** No leaver is removed. */
  public void leaversKept(Kept why) {
    tally.leavers().kept(why);
  }

  /** The leavers are about to be removed. */
  public void removalBegins() {
    write(new LeaversFound(tally.leavers().outstanding()));
  }

  /** So many leavers were removed from the list. */
  public void removed(long leavers) {
    tally.leavers().removed(leavers);
    listeners.tell(listener -> listener.leaversRemoved(leavers));
    write(new LeaversRemoved(leavers));
  }

  /** So many are no leavers after all, or have left by themselves. */
  public void leaversStay(long members) {
    if (members > 0) {
      tally.leavers().stay(members);
      // Else a resumed run, which does not find them, would take them for removed.
      write(new LeaversFound(tally.leavers().outstanding()));
    }
  }
}
