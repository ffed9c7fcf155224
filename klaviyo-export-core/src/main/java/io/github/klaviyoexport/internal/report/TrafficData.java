package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.Traffic;
import io.github.klaviyoexport.ExportReport.Wait;
import java.time.Duration;
import java.util.List;

/** What an export took of network and quota, as a value. */
public record TrafficData(
    long calls,
    long bytesSent,
    long rateLimited,
    Duration paced,
    Duration longestRetryAfter,
    List<Wait> waits)
    implements Traffic {
  /** The traffic of an export that made no call. */
  public static final TrafficData NONE = new TrafficData(0, 0, 0, Duration.ZERO, Duration.ZERO);

  /** Creates the traffic of an export of which it is not known when it waited. */
  public TrafficData(
      long calls, long bytesSent, long rateLimited, Duration paced, Duration longestRetryAfter) {
    this(calls, bytesSent, rateLimited, paced, longestRetryAfter, List.of());
  }

  /** Copies what it is given. */
  public TrafficData {
    waits = List.copyOf(waits);
  }
}
