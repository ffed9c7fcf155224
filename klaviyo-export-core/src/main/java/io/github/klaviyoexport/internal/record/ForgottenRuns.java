package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.record.JournalEntry.Forgotten;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The forgetting of runs that are over in a journal. What their logs hold of customers, their ids
 * and keyed fingerprints, is of no more use; a log of an unfinished run is what resumes it.
 *
 * <p>Of jobs in doubt, which the next run has to wait for, sizes and times stay until they are a
 * day old.
 */
public final class ForgottenRuns {
  private final List<String> deleted = new ArrayList<>();
  private final List<String> unfinished = new ArrayList<>();
  private final List<String> inUse = new ArrayList<>();
  private final Map<String, Instant> inDoubt = new LinkedHashMap<>();
  private final List<IOException> failures = new ArrayList<>();

  private ForgottenRuns() {}

  /**
   * Deletes the logs of all runs that are over, as far as they can be read.
   *
   * @throws UnsupportedOperationException if the journal cannot list or delete logs
   * @throws IOException if its logs cannot be listed
   */
  public static ForgottenRuns in(ExportJournal journal, Instant now) throws IOException {
    ForgottenRuns runs = new ForgottenRuns();
    for (String key : journal.list()) {
      try {
        runs.look(journal, key, now);
      } catch (LogHeldException held) {
        runs.inUse.add(key);
      } catch (IOException failure) {
        runs.failures.add(failure);
      }
    }
    return runs;
  }

  private void look(ExportJournal journal, String key, Instant now) throws IOException {
    try (RowKeySpill spill = new RowKeySpill();
        JournalLog log = journal.open(key)) {
      PreviousRun run = PreviousRun.read(log, spill, new RunCounts(), false);
      if (run == null) {
        return;
      }
      if (!run.isFinished()) {
        unfinished.add(key);
        return;
      }
      Instant ended = run.lastActive().plus(PreviousRun.JOB_NEVER_ENDS_AFTER);
      if (run.leavesJobs() && now.isBefore(ended)) {
        keepDoubt(run, log);
        inDoubt.put(key, ended);
        return;
      }
    }
    if (journal.delete(key)) {
      deleted.add(key);
    }
  }

  /** Writes a log anew, with what says which jobs are in doubt and nothing of a customer. */
  private static void keepDoubt(PreviousRun run, JournalLog log) throws IOException {
    List<Integer> sizes = new ArrayList<>(run.sizesInDoubt());
    for (PreviousRun.OpenJob job : run.openJobs()) {
      sizes.add(job.profiles());
    }
    log.restart(JournalLines.write(new Forgotten(run.began(), run.lastActive(), sizes)));
  }

  /** Returns the keys of the logs that were deleted. */
  public List<String> deleted() {
    return deleted;
  }

  /** Returns the keys of the logs of unfinished runs, which stay. */
  public List<String> unfinished() {
    return unfinished;
  }

  /** Returns the keys of the logs that others have open. */
  public List<String> inUse() {
    return inUse;
  }

  /** Returns the keys of the logs that keep jobs in doubt, and until when those may end. */
  public Map<String, Instant> inDoubt() {
    return inDoubt;
  }

  /** Returns why logs could not be read or deleted, one for each. */
  public List<IOException> failures() {
    return failures;
  }
}
