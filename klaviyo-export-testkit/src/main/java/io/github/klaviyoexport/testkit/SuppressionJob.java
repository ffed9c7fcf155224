package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.testkit.ImportJob.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job that suppresses profiles, or takes suppressions back. */
final class SuppressionJob {
  private final String id;
  private final Instant created;
  private final @Nullable String list;
  private final int total;
  private int completed;
  private int skipped;
  private @Nullable Instant ended;

  SuppressionJob(String id, Instant created, @Nullable String list, int total) {
    this.id = id;
    this.created = created;
    this.list = list;
    this.total = total;
  }

  String id() {
    return id;
  }

  Instant created() {
    return created;
  }

  /** Where it is, once it has begun. */
  Status status() {
    return ended == null ? Status.PROCESSING : Status.COMPLETE;
  }

  /** When it came to its end; null before. */
  @Nullable Instant ended() {
    return ended;
  }

  /** The id of the list whose members it is about; null when it is about profiles by address. */
  @Nullable String list() {
    return list;
  }

  int total() {
    return total;
  }

  /** How many profiles it has changed; those that needed no change it has skipped. */
  int completed() {
    return completed;
  }

  int skipped() {
    return skipped;
  }

  void end(int changed, Instant now) {
    ended = now;
    completed = changed;
    skipped = total - changed;
  }
}
