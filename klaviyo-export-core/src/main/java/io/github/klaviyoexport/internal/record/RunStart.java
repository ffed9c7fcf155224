package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import org.jspecify.annotations.Nullable;

/**
 * The point from which a run sets out: the start of everything, or where an unfinished run has
 * stopped.
 *
 * @param began the entry that begins the run in the journal
 * @param counts what has become of the profiles so far
 * @param pending what there is still to do
 * @param resumed the run that it goes on with; {@code null} if it starts over
 */
public record RunStart(
    Began began, RunCounts counts, PendingWork pending, @Nullable PreviousRun resumed) {

  /** Returns how many batches have a number already. */
  public int batches() {
    return resumed == null ? 0 : resumed.batches();
  }
}
