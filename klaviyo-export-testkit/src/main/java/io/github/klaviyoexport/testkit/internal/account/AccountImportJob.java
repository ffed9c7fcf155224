package io.github.klaviyoexport.testkit.internal.account;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A bulk import on its way from queued to its end. */
public final class AccountImportJob {
  static final Duration LIFETIME = Duration.ofDays(7);

  private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE / 2);

  private final String id;
  private final int number;
  private final Instant created;
  private final long createdNanos;
  private final List<String> lists;
  private final int total;
  private final Duration start;
  private final Duration end;
  private final Status outcome;
  private final int miscount;
  private @Nullable ImportRequest request;
  private int[] profiles = {};
  private List<ImportError> errors = List.of();

  /** Klaviyo's states of a job; there is none for failure. */
  public enum Status {
    QUEUED,
    PROCESSING,
    COMPLETE,
    CANCELLED;

    /** Returns Klaviyo's word for it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A profile that the job failed to import.
   *
   * @param payload JSON; {@code null} when the account does not tell
   */
  public record ImportError(
      String id, String code, String title, String detail, byte @Nullable [] payload) {}

  /**
   * Creates a job that begins now.
   *
   * @param number its place in the order of creation, counted from 1
   * @param plan how it is to fare if not as usual
   */
  AccountImportJob(
      String id,
      int number,
      Instant created,
      long createdNanos,
      ImportRequest request,
      Duration usualDuration,
      @Nullable ScriptedFault plan) {
    this.id = id;
    this.number = number;
    this.created = created;
    this.createdNanos = createdNanos;
    this.request = request;
    this.lists = List.copyOf(request.lists());
    this.total = request.size();
    Duration duration =
        plan instanceof ScriptedFault.JobTakes takes ? takes.duration() : usualDuration;
    boolean cancelled = plan instanceof ScriptedFault.JobCancelled;
    this.start = duration.dividedBy(4);
    this.end =
        plan instanceof ScriptedFault.JobEndless
            ? NEVER
            : cancelled ? duration.dividedBy(2) : duration;
    this.outcome = cancelled ? Status.CANCELLED : Status.COMPLETE;
    this.miscount = plan instanceof ScriptedFault.JobMiscounts wrong ? wrong.missing() : 0;
  }

  public String id() {
    return id;
  }

  /** Returns its place in the order of creation, counted from 1. */
  public int number() {
    return number;
  }

  public List<String> lists() {
    return lists;
  }

  /** Returns how many profiles it was given. */
  public int total() {
    return total;
  }

  public Instant created() {
    return created;
  }

  public Instant started() {
    return created.plus(start);
  }

  public Instant ended() {
    return created.plus(end);
  }

  /** Returns when the account forgets it. */
  public Instant expires() {
    return created.plus(LIFETIME);
  }

  /** Returns whether it comes to an end at all. */
  boolean hasEnd() {
    return !end.equals(NEVER);
  }

  /** Returns how long it takes, if it has an end. */
  Duration duration() {
    return end;
  }

  boolean isExpired(long now) {
    return now - createdNanos >= LIFETIME.toNanos();
  }

  /** Returns where the job is at that time. */
  public Status status(long now) {
    long elapsed = now - createdNanos;
    if (elapsed < start.toNanos()) {
      return Status.QUEUED;
    }
    return elapsed < end.toNanos() ? Status.PROCESSING : outcome;
  }

  /** Returns how many profiles have been worked on. */
  public int completed(long now) {
    return switch (status(now)) {
      case QUEUED, CANCELLED -> 0;
      case PROCESSING -> {
        double elapsed = now - createdNanos - start.toNanos();
        yield (int) (total * (elapsed / (end.toNanos() - start.toNanos())));
      }
      case COMPLETE -> Math.max(0, total - errors.size() - miscount);
    };
  }

  /** Returns whether it tells how many profiles it has worked on. */
  public boolean counts() {
    return miscount >= 0;
  }

  boolean isCancelled() {
    return outcome == Status.CANCELLED;
  }

  /** Returns what is to be imported; {@code null} once that is done. */
  @Nullable ImportRequest request() {
    return request;
  }

  /** Ends the job and lets go of its body. */
  void end(int[] touched, List<ImportError> failures) {
    profiles = touched;
    errors = List.copyOf(failures);
    request = null;
  }

  /** Returns the numbers of the profiles it made or changed. */
  public int[] profiles() {
    return profiles;
  }

  /** Returns the profiles that it failed to import; none before its end. */
  public List<ImportError> errors() {
    return errors;
  }
}
