package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of every profile of an export.
 *
 * <p>It adds up: {@code read = accepted + rejected + duplicates + unconfirmed}. A profile is
 * <em>accepted</em> when Klaviyo's job is complete and does not name it among its errors; that a
 * request was answered 202 is not enough.
 *
 * <p>Immutable. It holds ids, counts and reasons, and no personal data.
 *
 * @param run the run's id, by which it can be {@linkplain SegmentExporter#resume resumed} when
 *     there is a journal; empty if the run never began
 * @param segment what was exported
 * @param list where to
 * @param mode what it did with the list's members
 * @param startedAt when the export started
 * @param took how long it ran
 * @param read profiles read from the source
 * @param accepted profiles that Klaviyo confirmed
 * @param rejected profiles that were set aside, here or by Klaviyo
 * @param duplicates profiles left out because their identifier stood in the segment before
 * @param unconfirmed profiles of which it is not known that Klaviyo has imported them: zero unless
 *     the export stopped or a job ended without an answer
 * @param unsent those of the unconfirmed that were never handed over
 * @param rejectedFields fields that were left out of profiles which were delivered otherwise
 * @param reasons how many profiles and fields were set aside for each reason
 * @param rejections the first {@value #MAX_REJECTIONS} of them; all go to {@link
 *     ExportListener#rejected}
 * @param unconfirmedCustomers the ids of the customers whose profiles are unconfirmed, as many; all
 *     go to {@link ExportListener#unconfirmed}
 * @param jobs Klaviyo's import jobs, in the order they were made
 * @param leavers the list's members who are not in the segment; all zero unless the mode is {@link
 *     SyncMode#MIRROR}
 * @param traffic what it took; of a resumed run, since it was resumed
 */
public record ExportReport(
    String run,
    Segment segment,
    ListId list,
    SyncMode mode,
    Instant startedAt,
    Duration took,
    long read,
    long accepted,
    long rejected,
    long duplicates,
    long unconfirmed,
    long unsent,
    long rejectedFields,
    Map<Reason, Long> reasons,
    List<Rejection> rejections,
    List<String> unconfirmedCustomers,
    List<Job> jobs,
    Leavers leavers,
    Traffic traffic) {
  /** How many rejections a report keeps, and how many unconfirmed customers. */
  public static final int MAX_REJECTIONS = 1_000;

  /**
   * Checks that it adds up.
   *
   * @throws IllegalArgumentException if it does not
   */
  public ExportReport {
    reasons = Map.copyOf(reasons);
    rejections = List.copyOf(rejections);
    unconfirmedCustomers = List.copyOf(unconfirmedCustomers);
    jobs = List.copyOf(jobs);
    if (read != accepted + rejected + duplicates + unconfirmed || unsent > unconfirmed) {
      throw new IllegalArgumentException(
          "The report does not add up: read "
              + read
              + ", accepted "
              + accepted
              + ", rejected "
              + rejected
              + ", duplicates "
              + duplicates
              + ", unconfirmed "
              + unconfirmed
              + ", of these unsent "
              + unsent
              + ".");
    }
  }

  /**
   * One of Klaviyo's import jobs.
   *
   * @param id Klaviyo's id; Klaviyo forgets it after seven days
   * @param status where it stood when last seen
   * @param profiles how many profiles were handed over
   * @param accepted how many were imported
   * @param rejected how many were not
   */
  public record Job(String id, JobStatus status, int profiles, int accepted, int rejected) {}

  /** Where a job stood when it was last seen. */
  public enum JobStatus {
    /** It had not ended. */
    RUNNING,
    /** It had ended, and its errors are read. */
    COMPLETE,
    /** It had ended, but its errors could not be read. */
    UNREAD,
    /** Klaviyo ended it before it was done. */
    CANCELLED,
    /** Klaviyo no longer knew it. */
    LOST
  }

  /**
   * The leavers of a mirror: members of its list who are not in its segment.
   *
   * @param members how many members the list had before anything was sent
   * @param found how many of them are leavers; of a resumed run, with those it had removed before
   * @param removed how many of the leavers were removed from the list
   * @param undecided how many members stay because they may be one of the segment's customers whose
   *     email address or phone number cannot be read
   * @param kept why no leaver was removed, or by a resumed run no more of them; {@code null} when
   *     they were, or the export stopped
   */
  public record Leavers(
      long members, long found, long removed, long undecided, @Nullable Kept kept) {
    /** Those of an export that is no mirror. */
    public static final Leavers NONE = new Leavers(0, 0, 0, 0, null);

    /**
     * Checks that no more were removed than there are.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public Leavers {
      if (removed < 0 || removed > found) {
        throw new IllegalArgumentException(
            "Of " + found + " leavers " + removed + " cannot have been removed.");
      }
    }

    /** Why an export that did not stop has removed nobody, or nobody else since it was resumed. */
    public enum Kept {
      /** Some profiles are unconfirmed. */
      UNCONFIRMED("profiles are unconfirmed: run the export again"),
      /** Customers of the segment cannot be recognised among the list's members. */
      UNREADABLE(
          "customers of the segment have an email address or phone number that cannot be read and"
              + " may be any member: mend those, or map your own id with externalId(...)");

      private final String advice;

      Kept(String advice) {
        this.advice = advice;
      }

      /** Why, and what to do about it, in a clause. */
      public String advice() {
        return advice;
      }
    }
  }

  /**
   * What an export took of network and quota.
   *
   * @param calls HTTP exchanges, every attempt counted
   * @param bytesSent bytes of request bodies, every attempt counted
   * @param rateLimited how often Klaviyo said 429
   * @param paced how long calls waited for the quota
   * @param longestRetryAfter the longest wait that Klaviyo asked for with a 429
   */
  public record Traffic(
      long calls, long bytesSent, long rateLimited, Duration paced, Duration longestRetryAfter) {}

  /** Whether Klaviyo has confirmed every profile that was not rejected here or there. */
  public boolean isConfirmed() {
    return unconfirmed == 0;
  }

  /** The report as one JSON object, for machines. */
  public String toJson() {
    return ReportText.json(this);
  }

  /** The figures as CSV: a header line and one line, for spreadsheets. */
  public String toCsv() {
    return ReportText.csv(this);
  }

  /** The kept rejections as CSV, header first. */
  public String rejectionsToCsv() {
    return ReportText.rejectionsCsv(rejections);
  }

  /** The report in a few lines, for people. */
  @Override
  public String toString() {
    return ReportText.summary(this);
  }
}
