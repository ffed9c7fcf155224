package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;

/**
 * What the calls of an export have cost: exchanges, bytes, 429s, and time spent waiting.
 *
 * <p>Belongs to the export's thread.
 */
public final class CallTraffic {
  private final TimeSource time;
  private long exchanges;
  private long bytesSent;
  private long rateLimited;
  private Duration longestRetryAfter = Duration.ZERO;
  private int waiting;
  private long waitingSince;
  private long pacedNanos;

  CallTraffic(TimeSource time) {
    this.time = time;
  }

  /** Returns how many exchanges have been started. */
  public long exchanges() {
    return exchanges;
  }

  /** Returns how many bytes of bodies have been sent, every attempt counted. */
  public long bytesSent() {
    return bytesSent;
  }

  /** Returns how often Klaviyo said 429. */
  public long rateLimited() {
    return rateLimited;
  }

  /** Returns the longest wait that Klaviyo has asked for with a 429. */
  public Duration longestRetryAfter() {
    return longestRetryAfter;
  }

  /** Returns how long at least one call has waited for the quota. */
  public Duration paced() {
    long now = waiting > 0 ? time.nanoTime() - waitingSince : 0;
    return Duration.ofNanos(pacedNanos + now);
  }

  /** Counts an exchange. */
  void exchange() {
    exchanges++;
  }

  /** Counts bytes of a body. */
  void sent(long bytes) {
    bytesSent += bytes;
  }

  /** Counts a 429 that asked for a wait. */
  void rateLimited(Duration retryAfter) {
    rateLimited++;
    longestRetryAfter =
        retryAfter.compareTo(longestRetryAfter) > 0 ? retryAfter : longestRetryAfter;
  }

  /** Notes that a call begins to wait for the quota. */
  void waitBegins() {
    if (waiting++ == 0) {
      waitingSince = time.nanoTime();
    }
  }

  /** Notes that a call waits no more. */
  void waitEnds() {
    if (--waiting == 0) {
      pacedNanos += time.nanoTime() - waitingSince;
    }
  }
}
