package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of an export have cost: exchanges, bytes, 429s, and time spent waiting.
 *
 * <p>Belongs to the export's thread.
 */
public final class CallTraffic {
  private static final String RATE_LIMITED = "answered 429";

  private final TimeSource time;
  private final Map<Endpoint, Long> byEndpoint = new EnumMap<>(Endpoint.class);
  private long exchanges;
  private long bytesSent;
  private long rateLimited;
  private Duration longestRetryAfter = Duration.ZERO;
  private int waiting;
  private long waitingSince;
  private final long startedNanos;
  private final Waits waits;
  private long pacedNanos;
  private @Nullable Instant silentSince;
  private long silentSinceNanos;
  private @Nullable String failure;

  /**
   * A time in which Klaviyo was asked and gave no usable answer.
   *
   * @param since when it was first asked
   * @param what what the last attempt came to, in a clause that goes on from "it"; {@code null} if
   *     none has ended
   * @param rateLimited whether that was a 429
   */
  public record Trouble(Instant since, @Nullable String what, boolean rateLimited) {}

  CallTraffic(TimeSource time) {
    this.time = time;
    this.startedNanos = time.nanoTime();
    this.waits = new Waits(time.now());
  }

  /** Returns how many exchanges have been started. */
  public long exchanges() {
    return exchanges;
  }

  /** Returns how many exchanges have been started with an endpoint. */
  public long exchanges(Endpoint endpoint) {
    return byEndpoint.getOrDefault(endpoint, 0L);
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

  /**
   * Returns when at least one call has waited for the quota, in the order of time; a wait that goes
   * on is in it once it has ended.
   */
  public List<Waits.Wait> waits() {
    return waits.list();
  }

  /** Returns the trouble with Klaviyo, if it has lasted that long; {@code null} if it has not. */
  public @Nullable Trouble trouble(Duration atLeast) {
    Instant since = silentSince;
    return since == null || time.nanoTime() - silentSinceNanos < nanos(atLeast)
        ? null
        : new Trouble(since, failure, RATE_LIMITED.equals(failure));
  }

  /**
   * Returns what the last attempt came to, in a clause that goes on from "it"; {@code null} if none
   * has ended since Klaviyo last gave a usable answer.
   */
  public @Nullable String lastFailure() {
    return failure;
  }

  private static long nanos(Duration duration) {
    return duration.toSeconds() < Long.MAX_VALUE / 1_000_000_000
        ? duration.toNanos()
        : Long.MAX_VALUE;
  }

  /** Counts an exchange. */
  void exchange(Endpoint endpoint) {
    exchanges++;
    byEndpoint.merge(endpoint, 1L, Long::sum);
    if (silentSince == null) {
      silentSince = time.now();
      silentSinceNanos = time.nanoTime();
      failure = null;
    }
  }

  /** Notes that Klaviyo has answered, and not that it is in trouble. */
  void answered() {
    silentSince = null;
    failure = null;
  }

  /** Notes what an attempt came to that had no usable answer. */
  void failed(String what) {
    failure = what;
  }

  /** Counts bytes of a body. */
  void sent(long bytes) {
    bytesSent += bytes;
  }

  /** Counts a 429 that asked for a wait. */
  void rateLimited(Duration retryAfter) {
    rateLimited++;
    failure = RATE_LIMITED;
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
      long now = time.nanoTime();
      pacedNanos += now - waitingSince;
      waits.add(waitingSince - startedNanos, now - startedNanos);
    }
  }
}
