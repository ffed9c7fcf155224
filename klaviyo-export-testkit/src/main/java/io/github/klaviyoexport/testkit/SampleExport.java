package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * An export that was never run, to test code that reads reports, shows previews or listens.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleExportTest" region="example"}
 *
 * <p>Its figures add up as those of a real export do: profiles are added one kind after the other,
 * and together they are what was read. Profiles that were handed over are in jobs of at most
 * 10,000, called {@code job-1}, {@code job-2} and so on, made one after the other in the time that
 * the export took. What is kept of rejections and of unconfirmed customers ends where a report's
 * does, at {@value ExportReport#MAX_REJECTIONS}.
 *
 * <p>By default it adds and updates ({@link SyncMode#UPSERT}), goes to the list {@code Y6nRLr},
 * started on 1 September 2026 at 8:00 UTC and took 10 seconds.
 *
 * <p>Instances are immutable and safe for use by many threads; every method returns a new one. A
 * figure that cannot be is refused with an {@link IllegalArgumentException}, a {@code null} with a
 * {@link NullPointerException}; both say what to pass.
 */
public final class SampleExport {
  private final Segment segment;
  private final List<Consumer<SampleFigures>> said;

  private SampleExport(Segment segment, List<Consumer<SampleFigures>> said) {
    this.segment = segment;
    this.said = said;
  }

  /**
   * Creates an export of the segment of that name, which read no profile.
   *
   * @throws IllegalArgumentException if the name cannot be a segment's
   */
  public static SampleExport of(String segment) {
    return new SampleExport(Segment.named(segment), List.of());
  }

  private SampleExport with(Consumer<SampleFigures> more) {
    List<Consumer<SampleFigures>> all = new ArrayList<>(said);
    all.add(more);
    return new SampleExport(segment, List.copyOf(all));
  }

  /** Has the export go to that list. */
  public SampleExport list(ListId list) {
    Objects.requireNonNull(list, "list: pass the id of a list, such as ListId.of(\"Y6nRLr\").");
    return with(figures -> figures.list = list);
  }

  /** Has the export do that with the list's members. */
  public SampleExport mode(SyncMode mode) {
    Objects.requireNonNull(mode, "mode: pass UPSERT or MIRROR.");
    return with(figures -> figures.mode = mode);
  }

  /** Gives the export's run this id; an empty one is that of a run that never began. */
  public SampleExport run(String id) {
    Objects.requireNonNull(id, "id: pass the id of a run, or an empty one if it never began.");
    return with(figures -> figures.run = id);
  }

  /** Has the export start at that time. */
  public SampleExport startedAt(Instant time) {
    Objects.requireNonNull(time, "time: pass when the export started.");
    return with(figures -> figures.startedAt = time);
  }

  /** Has the export take so long, zero or more. */
  public SampleExport took(Duration time) {
    SampleFigures.notNegative("time", time);
    return with(figures -> figures.took = time);
  }

  /** Adds so many profiles that Klaviyo has confirmed, in jobs that are complete. */
  public SampleExport accepted(int profiles) {
    SampleFigures.notNegative("accepted profiles", profiles);
    return with(
        figures -> {
          figures.accepted += profiles;
          figures.handOver(profiles, JobStatus.COMPLETE, true);
        });
  }

  /**
   * Adds a profile that was set aside, or with {@link Scope#FIELD} a field that was left out of one
   * of the other profiles. A profile that {@linkplain Reason#FAILED_IN_KLAVIYO failed in Klaviyo}
   * is in a job.
   */
  public SampleExport rejected(Rejection rejection) {
    Objects.requireNonNull(
        rejection, "rejection: pass one, such as Rejection.ofProfile(id, field, reason).");
    boolean inJob =
        rejection.scope() == Scope.PROFILE && rejection.reason() == Reason.FAILED_IN_KLAVIYO;
    return with(
        figures -> {
          figures.reject(rejection);
          figures.handOver(inJob ? 1 : 0, JobStatus.COMPLETE, false);
        });
  }

  /**
   * Adds so many profiles that were set aside for that reason, of customers called {@code
   * rejected-1}, {@code rejected-2} and so on.
   */
  public SampleExport rejected(int profiles, Reason reason) {
    SampleFigures.notNegative("rejected profiles", profiles);
    Objects.requireNonNull(reason, "reason: pass why the profiles were rejected.");
    return with(
        figures -> {
          for (int i = 0; i < profiles; i++) {
            String customer = "rejected-" + (figures.rejected + 1);
            figures.reject(Rejection.ofProfile(customer, null, reason));
          }
          boolean inJob = reason == Reason.FAILED_IN_KLAVIYO;
          figures.handOver(inJob ? profiles : 0, JobStatus.COMPLETE, false);
        });
  }

  /**
   * Adds so many profiles that were not sent, because they are what Klaviyo has confirmed before.
   */
  public SampleExport unchanged(int profiles) {
    SampleFigures.notNegative("unchanged profiles", profiles);
    return with(figures -> figures.unchanged += profiles);
  }

  /** Adds so many profiles that were left out because their identifier stood there before. */
  public SampleExport duplicates(int profiles) {
    SampleFigures.notNegative("duplicates", profiles);
    return with(figures -> figures.duplicates += profiles);
  }

  /**
   * Adds the profiles of these customers, in jobs that have not said what became of them.
   *
   * @param status where the jobs stand
   * @throws IllegalArgumentException if that is {@link JobStatus#COMPLETE}, or no customer is named
   */
  public SampleExport unconfirmed(JobStatus status, String... customerIds) {
    Objects.requireNonNull(status, "status: pass where the job stands, such as RUNNING.");
    if (status == JobStatus.COMPLETE) {
      throw new IllegalArgumentException(
          "A job that is complete leaves no profile unconfirmed: pass another status, or add"
              + " profiles with accepted(...) and rejected(...).");
    }
    List<String> customers = SampleFigures.customers(customerIds);
    return with(
        figures -> {
          figures.leaveOpen(customers, status);
          figures.handOver(customers.size(), status, false);
        });
  }

  /**
   * Adds the profiles of these customers, which were never handed over and so are unconfirmed.
   *
   * @throws IllegalArgumentException if no customer is named
   */
  public SampleExport unsent(String... customerIds) {
    List<String> customers = SampleFigures.customers(customerIds);
    return with(figures -> figures.leaveUnsent(customers));
  }

  /**
   * Makes the export a {@linkplain SyncMode#MIRROR mirror} and says what became of the list's
   * members.
   *
   * @param members how many the list had before
   * @param found how many of them are not in the segment
   * @param removed how many of those were removed from the list
   * @param undecided how many members stay because they may be customers
   * @throws IllegalArgumentException if more were removed than found
   */
  public SampleExport leavers(int members, int found, int removed, int undecided) {
    SampleFigures.notNegative("members", members);
    SampleFigures.notNegative("leavers", found);
    SampleFigures.notNegative("removed leavers", removed);
    SampleFigures.notNegative("undecided members", undecided);
    if (removed > found) {
      throw new IllegalArgumentException(
          "Of "
              + InWords.count(found, "leaver")
              + " "
              + removed
              + " cannot have been removed: pass "
              + found
              + " or less.");
    }
    return with(
        figures -> {
          figures.mode = SyncMode.MIRROR;
          figures.leavers =
              new LeaversData(
                  members,
                  found,
                  removed,
                  undecided,
                  figures.leavers.unreadable(),
                  figures.leavers.notOurs(),
                  figures.leavers.kept());
        });
  }

  /** Makes the export a mirror that has, for that reason, removed no leaver, or no more of them. */
  public SampleExport leaversKept(Kept why) {
    Objects.requireNonNull(why, "why: pass UNCONFIRMED or UNREADABLE.");
    return with(
        figures -> {
          LeaversData leavers = figures.leavers;
          figures.mode = SyncMode.MIRROR;
          figures.leavers =
              new LeaversData(
                  leavers.members(),
                  leavers.found(),
                  leavers.removed(),
                  leavers.undecided(),
                  leavers.unreadable(),
                  leavers.notOurs(),
                  why);
        });
  }

  /**
   * Makes the export a mirror with so many customers that cannot be told from members, because
   * their email address or phone number cannot be read.
   */
  public SampleExport unreadable(int customers) {
    SampleFigures.notNegative("unreadable customers", customers);
    return with(
        figures -> {
          LeaversData leavers = figures.leavers;
          figures.mode = SyncMode.MIRROR;
          figures.leavers =
              new LeaversData(
                  leavers.members(),
                  leavers.found(),
                  leavers.removed(),
                  leavers.undecided(),
                  customers,
                  leavers.notOurs(),
                  leavers.kept());
        });
  }

  /**
   * Makes the export one that removes {@linkplain SyncMode#TRACKED its own members only}, with so
   * many members that are others'.
   */
  public SampleExport notOurs(int members) {
    SampleFigures.notNegative("members of others", members);
    return with(
        figures -> {
          LeaversData leavers = figures.leavers;
          figures.mode = SyncMode.TRACKED;
          figures.leavers =
              new LeaversData(
                  leavers.members(),
                  leavers.found(),
                  leavers.removed(),
                  leavers.undecided(),
                  leavers.unreadable(),
                  members,
                  leavers.kept());
        });
  }

  /** Has calls wait so long for the quota, all together. */
  public SampleExport paced(Duration wait) {
    SampleFigures.notNegative("wait", wait);
    return with(figures -> figures.paced = wait);
  }

  /**
   * Has Klaviyo say 429 so often.
   *
   * @param longest the longest wait that it asked for
   */
  public SampleExport rateLimited(int times, Duration longest) {
    SampleFigures.notNegative("calls that were rate-limited", times);
    SampleFigures.notNegative("longest wait", longest);
    return with(
        figures -> {
          figures.rateLimited = times;
          figures.longestRetryAfter = longest;
        });
  }

  /**
   * Has the source know how many profiles the segment has; by default it is as many as were read.
   *
   * @param profiles how many; empty if the source does not know
   */
  public SampleExport size(OptionalLong profiles) {
    Objects.requireNonNull(
        profiles, "profiles: pass OptionalLong.empty() for a source that does not know.");
    SampleFigures.notNegative("profiles", profiles.orElse(0));
    return with(figures -> figures.size = profiles);
  }

  /**
   * Adds mapped fields that no profile had.
   *
   * @throws IllegalArgumentException if no field is named
   */
  public SampleExport missingFields(String... fields) {
    List<String> names = SampleFigures.fields(fields);
    return with(figures -> figures.missingFields.addAll(names));
  }

  /**
   * Adds mapped fields that profiles had, but never with a value.
   *
   * @throws IllegalArgumentException if no field is named
   */
  public SampleExport emptyFields(String... fields) {
    List<String> names = SampleFigures.fields(fields);
    return with(figures -> figures.emptyFields.addAll(names));
  }

  /** Adds segments from which no profile came, by name. */
  public SampleExport emptySegments(Segment... segments) {
    Objects.requireNonNull(segments, "segments: pass the segments that were empty.");
    List<Segment> empty = List.of(segments);
    return with(figures -> empty.forEach(segment -> figures.emptySegments.add(segment.name())));
  }

  /** Has customers with ids that are email addresses. */
  public SampleExport emailIds() {
    return with(figures -> figures.emailIds = true);
  }

  /** Has run when Klaviyo was about to end its support of the API revision on that day. */
  public SampleExport revisionSupportEnds(LocalDate day) {
    Objects.requireNonNull(day, "day: pass the day on which Klaviyo's support ends.");
    return with(figures -> figures.revisionSupportEnds = day);
  }

  /** Has made its list, with that opt-in process. */
  public SampleExport newList(OptInProcess process) {
    Objects.requireNonNull(process, "process: pass the list's opt-in process.");
    return with(figures -> figures.newList = process);
  }

  /**
   * Has the profiles come from these segments, as evenly as it goes; the export's own segment names
   * them all together.
   *
   * @throws IllegalArgumentException if no segment is named
   */
  public SampleExport readFrom(Segment... segments) {
    Objects.requireNonNull(segments, "segments: pass the segments that were read.");
    List<Segment> read = List.of(segments);
    if (read.isEmpty()) {
      throw new IllegalArgumentException("No segment is named: pass at least one.");
    }
    return with(figures -> figures.segments = read);
  }

  /** Has read the list back when all was done, and found that. */
  public SampleExport verified(ListVerification verification) {
    Objects.requireNonNull(
        verification, "verification: pass one, such as SampleVerification.of(...).verification().");
    return with(figures -> figures.verification = verification);
  }

  /** Has not found its list, so that the report has none. */
  public SampleExport listNotFound() {
    return with(figures -> figures.listFound = false);
  }

  /** Has progress say that the export waits for that, in a clause. */
  public SampleExport waitingFor(String what) {
    Objects.requireNonNull(what, "what: pass what the export waits for, in a clause.");
    return with(figures -> figures.waitingFor = what);
  }

  /** Returns the export's report. */
  public ExportReport report() {
    return figures().report(segment, null);
  }

  /** Returns how far the export is when its figures are these; {@link #took} has elapsed. */
  public ExportProgress progress() {
    return figures().progress();
  }

  /**
   * Returns a preview of the export: what it has handed over, or left open, is still to be sent.
   * The list was looked at if the export is a mirror. Running the preview gives {@link #report()}.
   */
  public ExportPreview preview() {
    return figures().preview(segment, null);
  }

  /**
   * Returns a preview of the export that says that it would stop for that reason.
   *
   * @throws NullPointerException if there is none
   */
  public ExportPreview preview(ExportException.Reason stopReason) {
    Objects.requireNonNull(stopReason, "stopReason: pass why the export would stop.");
    return figures().preview(segment, stopReason);
  }

  /**
   * Tells a listener all that an export with these figures tells: its start, batches and jobs, each
   * rejection and each customer left open, leavers, the outcome of every profile, progress and the
   * report. Customers that were not named are called {@code accepted-1}, {@code unchanged-1},
   * {@code duplicate-1} and so on, leavers {@code leaver-1}. The calls come on this thread, and
   * what the listener throws comes through.
   */
  public void tell(ExportListener listener) {
    Objects.requireNonNull(listener, "listener: pass the listener to be told.");
    SampleTelling.of(segment, figures(), report(), listener);
  }

  /**
   * Returns the exception of an export that stopped for that reason, with the report and a message
   * that says as much. It has no cause; an {@link ExportException} of your own can have one.
   */
  public ExportException stopped(ExportException.Reason reason) {
    Objects.requireNonNull(reason, "reason: pass why the export stopped.");
    ExportReport report = figures().report(segment, reason);
    String message =
        "The export of segment "
            + segment
            + " to list "
            + report.list()
            + " stopped: it is a sample of one that ended with "
            + reason
            + ". So far "
            + ReportText.counts(report)
            + ".";
    return new ExportException(reason, message, report, null);
  }

  private SampleFigures figures() {
    SampleFigures figures = new SampleFigures();
    said.forEach(change -> change.accept(figures));
    return figures;
  }

  /** Returns the segment and what became of how many profiles; no personal data. */
  @Override
  public String toString() {
    return "SampleExport[" + segment + ": " + ReportText.counts(report()) + "]";
  }
}
