package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.internal.account.AccountImportJob.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job that suppresses profiles, or takes suppressions back. */
public final class SuppressionJob {
  private final String id;
  private final Instant created;
  private final @Nullable String list;
  private final int total;
  private int completed;
  private int skipped;
  private @Nullable Instant ended;

  public SuppressionJob(String id, Instant created, @Nullable String list, int total) {
    this.id = id;
    this.created = created;
    this.list = list;
    this.total = total;
  }

  public String id() {
    return id;
  }

  public Instant created() {
    return created;
  }

  /** Where it is, once it has begun. */
  public Status status() {
    return ended == null ? Status.PROCESSING : Status.COMPLETE;
  }

  /** When it came to its end; null before. */
  public @Nullable Instant ended() {
    return ended;
  }

  /** The id of the list whose members it is about; null when it is about profiles by address. */
  public @Nullable String list() {
    return list;
  }

  public int total() {
    return total;
  }

  /** How many profiles it has changed; those that needed no change it has skipped. */
  public int completed() {
    return completed;
  }

  public int skipped() {
    return skipped;
  }

  public void end(int changed, Instant now) {
    ended = now;
    completed = changed;
    skipped = total - changed;
  }
}
