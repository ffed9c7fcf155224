package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.report.UnconfirmedReasons;
import org.jspecify.annotations.Nullable;

/**
 * Rows that Klaviyo has taken over without saying what became of them.
 *
 * @param keys their keys, put away
 * @param job the job that they are in; {@code null} if that is not known
 */
public record UnconfirmedRows(RowKeySpill.Kept keys, @Nullable String job, Why why) {

  /** Returns the rows of a job that had not ended, or has without telling. */
  public static UnconfirmedRows of(PreviousRun.OpenJob job, JobStatus status) {
    return new UnconfirmedRows(job.keys(), job.id(), UnconfirmedReasons.of(status));
  }
}
