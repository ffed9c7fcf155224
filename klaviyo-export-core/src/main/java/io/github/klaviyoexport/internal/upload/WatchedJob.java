package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A job that has not ended, or whose errors are not read: what is known of it, and since when. */
final class WatchedJob {
  /** After how long it is worth a word that a job has not ended: most take minutes. */
  private static final Duration SLOW_AFTER = Duration.ofMinutes(30);

  /** How long counts that do not add up may take to do so. */
  private static final Duration COUNTED_AFTER = Duration.ofMinutes(1);

  /** How long Klaviyo may answer for the job what cannot be used, while it answers for others. */
  private static final Duration USABLE_AFTER = Duration.ofMinutes(15);

  /** How long its errors may fail to come, as long as all else is answered. */
  private static final Duration READABLE_AFTER = Duration.ofHours(1);

  /** The job, of rows that cannot be told once Klaviyo has named it for others too. */
  PreviousRun.OpenJob job;

  private final TimeSource time;
  private final long sinceNanos;
  private @Nullable Instant createdAt;
  private @Nullable Instant completedAt;
  private OptionalLong completed = OptionalLong.empty();
  private OptionalLong failed = OptionalLong.empty();
  private @Nullable Long completeSinceNanos;
  private int failures;
  private long failingSinceNanos;
  private @Nullable Long aloneSinceNanos;
  private boolean reading;

  /** What Klaviyo has told of it last; {@code null} before it has. */
  @Nullable ImportJob seen;

  WatchedJob(PreviousRun.OpenJob job, TimeSource time) {
    this.job = job;
    this.createdAt = job.createdAt();
    this.time = time;
    this.sinceNanos = time.nanoTime();
  }

  String id() {
    return job.id();
  }

  /** Returns for how long it is watched. */
  Duration age() {
    return since(sinceNanos);
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(time.nanoTime() - nanos);
  }

  /** Returns whether Klaviyo has ended it, so that only its errors are not read. */
  boolean hasEnded() {
    return seen != null && !seen.isOpen();
  }

  /** Returns whether it takes longer than most jobs do. */
  boolean isSlow() {
    return age().compareTo(SLOW_AFTER) >= 0;
  }

  /** Takes up Klaviyo's counts; returns whether they account for every profile. */
  boolean counts(ImportJob seen) {
    createdAt = createdAt == null ? seen.createdAt() : createdAt;
    completedAt = seen.completedAt();
    completed = seen.completed();
    failed = seen.failed();
    return completed.isPresent()
        && completed.getAsLong() >= job.profiles() - Math.max(0, failed.orElse(0));
  }

  /** Returns when it was made, by Klaviyo's clock; {@code null} if Klaviyo does not say. */
  @Nullable Instant createdAt() {
    return createdAt;
  }

  /** Returns when it was done, by Klaviyo's clock; {@code null} if Klaviyo does not say. */
  @Nullable Instant completedAt() {
    return completedAt;
  }

  /** Returns how many profiles failed by Klaviyo's count; empty when it does not say. */
  OptionalLong failedProfiles() {
    return failed;
  }

  /** Returns how many profiles were imported by Klaviyo's count, so many of them not. */
  int accepted(int rejected) {
    int most = job.profiles() - rejected;
    return (int) Math.max(0, Math.min(completed.orElse(0), most));
  }

  /** Returns whether Klaviyo may come to count what it has done, of a job that is complete. */
  boolean mayCountYet() {
    return completeFor().compareTo(COUNTED_AFTER) < 0;
  }

  private Duration completeFor() {
    if (completeSinceNanos == null) {
      completeSinceNanos = time.nanoTime();
    }
    return since(completeSinceNanos);
  }

  /** Returns whether its errors, which could not be had, may be had later. */
  boolean mayBeReadYet() {
    return completeFor().compareTo(READABLE_AFTER) < 0;
  }

  /** Notes that Klaviyo has told of it in a way that can be used. */
  void usable() {
    failures = 0;
    aloneSinceNanos = null;
  }

  /**
   * Notes that it was asked for and nothing came of it that can be used.
   *
   * @param answered whether an answer came
   * @param answeredAtNanos when anything was answered last
   * @return whether it has been so for long, though Klaviyo answers
   */
  boolean failsAlone(boolean answered, long answeredAtNanos) {
    if (failures++ == 0) {
      failingSinceNanos = time.nanoTime();
    }
    if (aloneSinceNanos == null && (answered || answeredAtNanos - failingSinceNanos > 0)) {
      aloneSinceNanos = time.nanoTime();
    }
    return aloneSinceNanos != null && since(aloneSinceNanos).compareTo(USABLE_AFTER) >= 0;
  }

  /** Returns how often in a row that has been so. */
  int failures() {
    return failures;
  }

  /** Returns whether its errors are being read, or wait for that. */
  boolean isReading() {
    return reading;
  }

  void reading(boolean reading) {
    this.reading = reading;
  }
}
