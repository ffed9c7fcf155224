package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.report.FieldCountData;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.SegmentCountData;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.internal.report.WaitData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A report on what became of every profile of an export.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="report"}
 *
 * <p>It adds up: {@code read = accepted + unchanged + rejected + duplicates + unconfirmed}. A
 * profile is <em>accepted</em> when Klaviyo's job is complete and does not name it among its
 * errors; that a request was answered 202 is not enough. It is <em>unchanged</em> when it was not
 * sent, because Klaviyo has confirmed the same in an earlier run.
 *
 * <p>A report is immutable and safe for use by many threads. It holds ids, counts and reasons, and
 * no personal data. Two reports are equal when all their figures are.
 *
 * <p>Reports are made by exports only, so that later versions can tell more. Tests of code that
 * reads reports get them from the testkit's {@code SampleExport}.
 */
public sealed interface ExportReport permits ReportData {
  /** How many rejections a report keeps, and how many unconfirmed customers. */
  int MAX_REJECTIONS = 1_000;

  /**
   * Returns the run's id, by which it can be {@linkplain SegmentExporter#resume resumed} when there
   * is a journal; it is empty if the run never began.
   */
  String run();

  /** Returns what was exported. */
  Segment segment();

  /**
   * Returns the list it was exported to; {@code null} if that was given by its name, and the export
   * stopped before it was found.
   */
  @Nullable ListId list();

  /** Returns what the export did with the list's members. */
  SyncMode mode();

  /** Returns when the export started, by the exporter's clock. */
  Instant startedAt();

  /** Returns how long the export ran; for a resumed run, the time since it first began. */
  Duration took();

  /** Returns how many profiles were read, and what became of them. */
  Profiles profiles();

  /** Returns what was set aside, and why. */
  Rejections rejections();

  /**
   * Returns the ids of the customers whose profiles are unconfirmed, the first {@value
   * #MAX_REJECTIONS} of them; all go to {@link ExportListener#unconfirmed}.
   *
   * <p>They can be more than {@link Profiles#unconfirmed()} counts: where a complete job counts
   * fewer profiles than it was given, Klaviyo does not say which are missing, so all of its
   * customers are here whom it did not name as failed.
   */
  List<String> unconfirmedCustomers();

  /** Returns Klaviyo's import jobs, in the order they were made. */
  List<Job> jobs();

  /**
   * Returns what became of the list's members who are not in the segment; all figures are zero if
   * the mode is {@link SyncMode#UPSERT}.
   */
  Leavers leavers();

  /** Returns what the export took of network and quota; for a resumed run, since it was resumed. */
  Traffic traffic();

  /** Returns what the export has noticed in its profiles and let pass. */
  Notices notices();

  /**
   * Returns the comparison of the list with the segment that was made when all was sent, if that
   * was {@linkplain SegmentExport#reconcile() asked for} and came to its end; else {@code null}.
   */
  @Nullable ListVerification verification();

  /**
   * Returns why the export stopped before its end, as its {@link ExportException} says; {@code
   * null} if it came to its end.
   */
  ExportException.@Nullable Reason stopReason();

  /**
   * Returns whether nothing is left open: of every profile that was read it is known what became of
   * it, so that {@code unconfirmed} is 0. How many were rejected is another question, and {@link
   * #isClean()} answers it: an export that rejects every profile is confirmed.
   */
  boolean isConfirmed();

  /**
   * Returns whether all is well and nothing needs a look: the export came to its end, every profile
   * is confirmed, by this run or an earlier one, or a duplicate, no profile and no field was
   * rejected, no mapped field is missing, every leaver of a mirror has left, and where the list was
   * {@linkplain #verification() read back}, it misses no customer and in a mirror has no other
   * member. A field that is {@linkplain Notices#emptyFields() always empty} does not count against
   * it.
   */
  boolean isClean();

  /**
   * Returns the report as one JSON object, for machines. Ids that are email addresses are not shown
   * in it; {@link Rejections#first()} has them.
   */
  String toJson();

  /**
   * Returns the report as a page for people: one HTML document that needs nothing from outside and
   * runs no code, so that it can be kept, mailed, printed, and served under a content security
   * policy of {@code default-src 'none'; style-src 'unsafe-inline'}.
   *
   * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="page"}
   *
   * <p>It says how the export went and what to do next, and shows the figures that add up, when
   * batches went out, jobs were under way and calls waited, what was rejected and why. Of long
   * lists it shows the first 25, so that it stays small however large the export was. Ids that are
   * email addresses are not shown in it. Its layout may change with any version: programs read
   * {@link #toJson()}.
   */
  String toHtml();

  /** Returns the figures as CSV, for spreadsheets: a header line and one line. */
  String toCsv();

  /**
   * Returns the {@linkplain Rejections#first() kept} rejections as CSV for programs, header first.
   *
   * <p>A customer's id is there byte for byte, to be found again where it came from. A spreadsheet
   * may run an id that begins like a formula, with {@code =}, {@code +}, {@code -} or {@code @},
   * where the text is opened in one: {@link #rejectionsToSpreadsheetCsv()} is for that.
   */
  String rejectionsToCsv();

  /**
   * Returns what {@link #rejectionsToCsv()} does for spreadsheets: an apostrophe stands before what
   * one would run as a formula, so that an id may differ from the source's by it.
   */
  String rejectionsToSpreadsheetCsv();

  /** Returns the report in a few lines, for people and logs; it holds no personal data. */
  @Override
  String toString();

  /**
   * How many profiles an export has read, and what became of them: {@code read = accepted +
   * unchanged + rejected + duplicates + unconfirmed}.
   */
  sealed interface Profiles permits ProfilesData {
    /** Returns how many profiles were read from the source. */
    long read();

    /** Returns how many profiles Klaviyo has confirmed. */
    long accepted();

    /**
     * Returns how many profiles were not sent, because they are what Klaviyo has confirmed in an
     * earlier run; zero unless {@linkplain Sending#CHANGED_ONLY only what has changed} is sent.
     */
    long unchanged();

    /** Returns how many profiles were set aside, here or by Klaviyo. */
    long rejected();

    /**
     * Returns how many profiles were left out because their identifier stood in the segment before.
     */
    long duplicates();

    /**
     * Returns of how many profiles it is not known that Klaviyo has imported them; zero unless the
     * export stopped or a job ended without an answer.
     */
    long unconfirmed();

    /** Returns how many of the unconfirmed profiles were never handed over. */
    long unsent();

    /**
     * Returns what was found in each segment of an export of several, in their order; empty for an
     * export of one. A customer of two segments counts in the first, and in the second as a
     * duplicate.
     */
    List<SegmentCount> bySegment();
  }

  /**
   * What reading found in one segment of several. Of what was not a duplicate and not rejected, the
   * report says what became of it for all segments together.
   */
  sealed interface SegmentCount permits SegmentCountData {
    /** Returns the segment. */
    Segment segment();

    /** Returns how many profiles were read from it. */
    long read();

    /** Returns how many of them stood in it, or in a segment before it, already. */
    long duplicates();

    /** Returns how many of them were set aside before they were sent. */
    long rejected();
  }

  /** What an export has set aside: whole profiles, and fields of profiles that were delivered. */
  sealed interface Rejections permits RejectionsData {
    /** Returns how many fields were left out of profiles that were delivered otherwise. */
    long fields();

    /**
     * Returns how many profiles and fields were set aside for each reason; a reason that did not
     * occur is missing.
     */
    Map<Reason, Long> reasons();

    /**
     * Returns how many there were of each field for each reason, the most first. Together they are
     * {@link #reasons()}, unless the run was resumed from the journal of a version that did not
     * count by field.
     */
    List<FieldCount> byField();

    /**
     * Returns the first {@value #MAX_REJECTIONS} rejections, of profiles and of fields; all go to
     * {@link ExportListener#rejected}, which {@link RejectionFile} writes to a file.
     */
    List<Rejection> first();
  }

  /** How many rejections one field has had for one reason. */
  sealed interface FieldCount permits FieldCountData {
    /**
     * Returns the field at fault; {@code null} when no single field was, or when there would be
     * more than 1,000 counts.
     */
    @Nullable String field();

    /** Returns whether it cost profiles, or only this field of them. */
    Scope scope();

    /** Returns the reason. */
    Reason reason();

    /** Returns the name of the values' Java type when that was the reason, else {@code null}. */
    @Nullable String type();

    /** Returns how many rejections there were. */
    long count();
  }

  /** What an export has noticed in its profiles and let pass: mostly a mapping to look at. */
  sealed interface Notices permits NoticesData {
    /** Returns the mapped fields that no profile had, by the source's names. */
    List<String> missingFields();

    /** Returns the mapped fields that profiles had, but never with a value. */
    List<String> emptyFields();

    /**
     * Returns the segments from which no profile came, by name, of the several that a saved export
     * brings together. A mirror stops instead.
     */
    List<String> emptySegments();

    /**
     * Returns the opt-in process of the list, if this export has made it, see {@link
     * io.github.klaviyoexport.klaviyo.ListRef#namedOrCreate}; {@code null} if not, or if Klaviyo
     * has not said it.
     */
    @Nullable OptInProcess newList();

    /**
     * Returns whether customers have ids that are email addresses. Those are personal data: logs,
     * messages, {@link ExportReport#toString()} and {@link ExportReport#toJson()} do not show them,
     * but rejections, journals and {@linkplain RejectionFile files} need and hold them.
     */
    boolean emailIds();

    /**
     * Returns the day on which Klaviyo ends its support of the revision of its API that this
     * version of the library speaks, from half a year before; {@code null} until then. A newer
     * version of the library is needed from that day on: Klaviyo refuses the revision with 410
     * then.
     */
    @Nullable LocalDate revisionSupportEnds();
  }

  /** One of Klaviyo's import jobs. */
  sealed interface Job permits JobData {
    /** Returns Klaviyo's id of the job; Klaviyo forgets it after seven days. */
    String id();

    /** Returns where the job stood when it was last seen. */
    JobStatus status();

    /** Returns how many profiles were handed over with the job. */
    int profiles();

    /** Returns how many of them Klaviyo has imported. */
    int accepted();

    /** Returns how many of them Klaviyo could not import. */
    int rejected();

    /**
     * Returns when Klaviyo had taken over its profiles, by the exporter's clock; {@code null} if
     * the run was resumed from the journal of a version that did not keep it.
     */
    @Nullable Instant madeAt();

    /**
     * Returns when its end was known and its errors read, by the exporter's clock; {@code null} as
     * long as it has not ended, or if the run was resumed from the journal of a version that did
     * not keep it.
     */
    @Nullable Instant endedAt();
  }

  /** Where a job stood when it was last seen. */
  enum JobStatus {
    /** It had not ended. */
    RUNNING,
    /** It had ended, and its errors are read. */
    COMPLETE,
    /**
     * It had ended, but its errors could not be read; a run that goes on with one that stopped
     * before it gave them up reads them still.
     */
    UNREAD,
    /** Klaviyo ended it before it was done. */
    CANCELLED,
    /** Klaviyo no longer knew it. */
    LOST
  }

  /** The leavers of a mirror: members of its list who are not in its segment. */
  sealed interface Leavers permits LeaversData {
    /** Returns how many members the list had before anything was sent. */
    long members();

    /**
     * Returns how many of the members are leavers; for a resumed run, with those that it had
     * removed before.
     */
    long found();

    /** Returns how many of the leavers were removed from the list. */
    long removed();

    /**
     * Returns how many members stay because they may be one of the segment's customers whose email
     * address or phone number cannot be read.
     */
    long undecided();

    /**
     * Returns how many customers of the segment may be members although nothing says so, because
     * their email address or phone number cannot be read. One of them is one member at most: of
     * those that stay {@linkplain #undecided undecided} and those that were removed, that many may
     * be customers. They are members again after the run that can read them.
     */
    long unreadable();

    /**
     * Returns how many members this export has not added, and leaves alone; 0 unless the mode is
     * {@link SyncMode#TRACKED}. It is what Klaviyo counts without those that are remembered, so a
     * member of ours that others have removed is missing in it until the list is read whole.
     */
    long notOurs();

    /**
     * Returns why no leaver was removed, or by a resumed run no more of them; {@code null} when
     * they were, or the export stopped.
     */
    @Nullable Kept kept();

    /** Why an export that did not stop has removed no leaver, or no more since it was resumed. */
    enum Kept {
      /** Some profiles are unconfirmed. */
      UNCONFIRMED("profiles are unconfirmed: run the export again"),
      /** Too many customers of the segment cannot be recognised among the list's members. */
      UNREADABLE(
          "customers of the segment have an email address or phone number that cannot be read and"
              + " may be any member: mend those, map your own id with externalId(...), or allow"
              + " more of them with maxUnreadable(...)");

      private final String advice;

      Kept(String advice) {
        this.advice = advice;
      }

      /** Returns why, and what to do about it, in a clause. */
      public String advice() {
        return advice;
      }
    }
  }

  /** What an export took of network and quota. */
  sealed interface Traffic permits TrafficData {
    /** Returns how many HTTP exchanges there were, every attempt counted. */
    long calls();

    /** Returns how many bytes of request bodies were sent, every attempt counted. */
    long bytesSent();

    /** Returns how often Klaviyo said 429. */
    long rateLimited();

    /** Returns how long calls waited for the quota, all together. */
    Duration paced();

    /** Returns the longest wait that Klaviyo asked for with a 429; zero if it asked for none. */
    Duration longestRetryAfter();

    /**
     * Returns when calls waited for the quota, in the order of time; together they are {@link
     * #paced()}, but for a wait that had not ended. There are at most 60: where there would be
     * more, the two that lie closest are told as one.
     */
    List<Wait> waits();
  }

  /** A stretch of time in which calls waited for the quota, the whole of it or not. */
  sealed interface Wait permits WaitData {
    /** Returns when it began, by the exporter's clock. */
    Instant from();

    /** Returns when it ended. */
    Instant until();

    /** Returns how much of it calls waited, which is all of it unless it joins several waits. */
    Duration waited();
  }
}
