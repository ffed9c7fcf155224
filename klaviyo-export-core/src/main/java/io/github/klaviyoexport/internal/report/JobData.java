package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;

/** One of Klaviyo's import jobs, as a value. */
public record JobData(String id, JobStatus status, int profiles, int accepted, int rejected)
    implements Job {}
