package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.Wait;
import java.time.Duration;
import java.time.Instant;

/** A stretch of time in which calls waited for the quota, as a value. */
public record WaitData(Instant from, Instant until, Duration waited) implements Wait {}
