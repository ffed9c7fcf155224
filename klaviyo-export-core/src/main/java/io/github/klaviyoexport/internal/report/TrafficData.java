package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.Traffic;
import java.time.Duration;

/** What an export took of network and quota, as a value. */
public record TrafficData(
    long calls, long bytesSent, long rateLimited, Duration paced, Duration longestRetryAfter)
    implements Traffic {
  /** The traffic of an export that made no call. */
  public static final TrafficData NONE = new TrafficData(0, 0, 0, Duration.ZERO, Duration.ZERO);
}
