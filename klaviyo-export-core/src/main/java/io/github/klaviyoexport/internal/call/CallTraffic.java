package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;

/**
 * What the calls of an export have cost: exchanges, bytes, refusals to hurry, and time spent
 * waiting.
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

  /** How many exchanges have been started. */
  public long exchanges() {
    return exchanges;
  }

  /** How many bytes of bodies have been sent, every attempt counted. */
  public long bytesSent() {
    return bytesSent;
  }

  /** How often Klaviyo said 429. */
  public long rateLimited() {
    return rateLimited;
  }

  /** The longest wait that Klaviyo has asked for with a 429. */
  public Duration longestRetryAfter() {
    return longestRetryAfter;
  }

  /** How long some call or other has waited for the quota. */
  public Duration paced() {
    long now = waiting > 0 ? time.nanoTime() - waitingSince : 0;
    return Duration.ofNanos(pacedNanos + now);
  }

  void exchange() {
    exchanges++;
  }

  void sent(long bytes) {
    bytesSent += bytes;
  }

  void rateLimited(Duration retryAfter) {
    rateLimited++;
    longestRetryAfter =
        retryAfter.compareTo(longestRetryAfter) > 0 ? retryAfter : longestRetryAfter;
  }

  /** A call begins to wait for the quota. */
  void waitBegins() {
    if (waiting++ == 0) {
      waitingSince = time.nanoTime();
    }
  }

  /** A call waits no more. */
  void waitEnds() {
    if (--waiting == 0) {
      pacedNanos += time.nanoTime() - waitingSince;
    }
  }
}
