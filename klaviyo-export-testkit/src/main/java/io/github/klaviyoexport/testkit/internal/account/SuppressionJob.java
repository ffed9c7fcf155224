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

  /** Creates a job that begins now. */
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

  /** Returns where the job is, once it has begun. */
  public Status status() {
    return ended == null ? Status.PROCESSING : Status.COMPLETE;
  }

  /** Returns when it came to its end; null before. */
  public @Nullable Instant ended() {
    return ended;
  }

  /**
   * Returns the id of the list with the members that it is about; null when it is about profiles by
   * address.
   */
  public @Nullable String list() {
    return list;
  }

  public int total() {
    return total;
  }

  /** Returns how many profiles it has changed; those that needed no change it has skipped. */
  public int completed() {
    return completed;
  }

  /** Returns how many profiles needed no change. */
  public int skipped() {
    return skipped;
  }

  /** Ends the job. */
  public void end(int changed, Instant now) {
    ended = now;
    completed = changed;
    skipped = total - changed;
  }
}
