package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One of Klaviyo's import jobs, as a value. */
public record JobData(
    String id,
    JobStatus status,
    int profiles,
    int accepted,
    int rejected,
    @Nullable Instant madeAt,
    @Nullable Instant endedAt)
    implements Job {
  /** Creates a job of which it is not known when it was made, nor when it ended. */
  public JobData(String id, JobStatus status, int profiles, int accepted, int rejected) {
    this(id, status, profiles, accepted, rejected, null, null);
  }
}
