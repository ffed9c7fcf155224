package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.report.FieldCountData;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.ProgressData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.ReportText;
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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An export that was never run, to test code that reads reports.
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
  private static final int PROFILES_IN_A_JOB = 10_000;
  private static final long BYTES_OF_A_PROFILE = 400;

  private final Segment segment;
  private final List<Consumer<Figures>> said;

  /** The figures of one report, while they are put together. */
  private static final class Figures {
    private ListId list = ListId.of("Y6nRLr");
    private SyncMode mode = SyncMode.UPSERT;
    private String run = "5f3a9c0d7e21b4860f9d3c57-1a2b3c4d5e6f";
    private Instant startedAt = Instant.parse("2026-09-01T08:00:00Z");
    private Duration took = Duration.ofSeconds(10);
    private @Nullable OptionalLong size;
    private long accepted;
    private long unchanged;
    private long rejected;
    private long duplicates;
    private long unconfirmed;
    private long unsent;
    private long fields;
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private final FieldCountData.Counter byField = new FieldCountData.Counter();
    private final List<Rejection> rejections = new ArrayList<>();
    private final List<String> unconfirmedCustomers = new ArrayList<>();
    private final List<Job> jobs = new ArrayList<>();
    private LeaversData leavers = LeaversData.NONE;
    private final List<String> missingFields = new ArrayList<>();
    private final List<String> emptyFields = new ArrayList<>();
    private boolean emailIds;
    private @Nullable LocalDate revisionSupportEnds;
    private @Nullable OptInProcess newList;
    private final List<String> emptySegments = new ArrayList<>();
    private long rateLimited;
    private Duration paced = Duration.ZERO;
    private Duration longestRetryAfter = Duration.ZERO;

    void reject(Rejection rejection) {
      if (rejection.scope() == Scope.FIELD) {
        fields++;
      } else {
        rejected++;
      }
      reasons.merge(rejection.reason(), 1L, Long::sum);
      byField.add(rejection);
      if (rejections.size() < ExportReport.MAX_REJECTIONS) {
        rejections.add(rejection);
      }
    }

    void leaveOpen(List<String> customers) {
      unconfirmed += customers.size();
      int room = ExportReport.MAX_REJECTIONS - unconfirmedCustomers.size();
      unconfirmedCustomers.addAll(customers.subList(0, Math.min(room, customers.size())));
    }

    /** Puts so many profiles into jobs that accept, reject or leave open all of theirs. */
    void handOver(int profiles, JobStatus status, boolean accepted) {
      for (int left = profiles; left > 0; left -= PROFILES_IN_A_JOB) {
        int inJob = Math.min(left, PROFILES_IN_A_JOB);
        int rejected = status == JobStatus.COMPLETE && !accepted ? inJob : 0;
        jobs.add(
            new JobData("job-" + (jobs.size() + 1), status, inJob, accepted ? inJob : 0, rejected));
      }
    }

    /** Returns the jobs, made one after the other; those that ended took a tenth of the time. */
    List<Job> timedJobs() {
      Duration part = took.dividedBy(10);
      List<Job> timed = new ArrayList<>();
      for (Job job : jobs) {
        Instant made =
            startedAt.plus(part.multipliedBy(8).dividedBy(jobs.size()).multipliedBy(timed.size()));
        timed.add(
            new JobData(
                job.id(),
                job.status(),
                job.profiles(),
                job.accepted(),
                job.rejected(),
                made,
                job.status() == JobStatus.RUNNING ? null : made.plus(part)));
      }
      return timed;
    }

    long sent() {
      return jobs.stream().mapToLong(Job::profiles).sum();
    }

    ProfilesData profiles() {
      long read = accepted + unchanged + rejected + duplicates + unconfirmed;
      return new ProfilesData(
          read, accepted, unchanged, rejected, duplicates, unconfirmed, unsent, List.of());
    }

    /**
     * Returns the traffic of one call for the list and two for each job, to make and to watch it.
     */
    TrafficData traffic() {
      return new TrafficData(
          1 + 2L * jobs.size() + rateLimited,
          sent() * BYTES_OF_A_PROFILE,
          rateLimited,
          paced,
          longestRetryAfter,
          paced.isZero()
              ? List.of()
              : List.of(new WaitData(startedAt, startedAt.plus(paced), paced)));
    }
  }

  private SampleExport(Segment segment, List<Consumer<Figures>> said) {
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

  private SampleExport with(Consumer<Figures> more) {
    List<Consumer<Figures>> all = new ArrayList<>(said);
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
    notNegative("time", time);
    return with(figures -> figures.took = time);
  }

  /** Adds so many profiles that Klaviyo has confirmed, in jobs that are complete. */
  public SampleExport accepted(int profiles) {
    notNegative("accepted profiles", profiles);
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
    notNegative("rejected profiles", profiles);
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
    notNegative("unchanged profiles", profiles);
    return with(figures -> figures.unchanged += profiles);
  }

  /** Adds so many profiles that were left out because their identifier stood there before. */
  public SampleExport duplicates(int profiles) {
    notNegative("duplicates", profiles);
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
    List<String> customers = named(customerIds);
    return with(
        figures -> {
          figures.leaveOpen(customers);
          figures.handOver(customers.size(), status, false);
        });
  }

  /**
   * Adds the profiles of these customers, which were never handed over and so are unconfirmed.
   *
   * @throws IllegalArgumentException if no customer is named
   */
  public SampleExport unsent(String... customerIds) {
    List<String> customers = named(customerIds);
    return with(
        figures -> {
          figures.leaveOpen(customers);
          figures.unsent += customers.size();
        });
  }

  private static List<String> named(String... customerIds) {
    String advice = "customerIds: pass the ids of customers, as the source gives them.";
    Objects.requireNonNull(customerIds, advice);
    for (String id : customerIds) {
      Objects.requireNonNull(id, advice);
    }
    if (customerIds.length == 0) {
      throw new IllegalArgumentException("No customer is named: pass at least one id.");
    }
    return List.of(customerIds);
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
    notNegative("members", members);
    notNegative("leavers", found);
    notNegative("removed leavers", removed);
    notNegative("undecided members", undecided);
    if (removed > found) {
      throw new IllegalArgumentException(
          "Of "
              + found
              + " leavers "
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
                  why);
        });
  }

  /**
   * Makes the export a mirror with so many customers that cannot be told from members, because
   * their email address or phone number cannot be read.
   */
  public SampleExport unreadable(int customers) {
    notNegative("unreadable customers", customers);
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
                  leavers.kept());
        });
  }

  /** Has calls wait so long for the quota, all together. */
  public SampleExport paced(Duration wait) {
    notNegative("wait", wait);
    return with(figures -> figures.paced = wait);
  }

  /**
   * Has Klaviyo say 429 so often.
   *
   * @param longest the longest wait that it asked for
   */
  public SampleExport rateLimited(int times, Duration longest) {
    notNegative("calls that were rate-limited", times);
    notNegative("longest wait", longest);
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
    notNegative("profiles", profiles.orElse(0));
    return with(figures -> figures.size = profiles);
  }

  /**
   * Adds mapped fields that no profile had.
   *
   * @throws IllegalArgumentException if no field is named
   */
  public SampleExport missingFields(String... fields) {
    List<String> names = namedFields(fields);
    return with(figures -> figures.missingFields.addAll(names));
  }

  /**
   * Adds mapped fields that profiles had, but never with a value.
   *
   * @throws IllegalArgumentException if no field is named
   */
  public SampleExport emptyFields(String... fields) {
    List<String> names = namedFields(fields);
    return with(figures -> figures.emptyFields.addAll(names));
  }

  /** Adds segments from which no profile came, by name. */
  public SampleExport emptySegments(Segment... segments) {
    Objects.requireNonNull(segments, "segments: pass the segments that were empty.");
    List<Segment> empty = List.of(segments);
    return with(figures -> empty.forEach(segment -> figures.emptySegments.add(segment.name())));
  }

  private static List<String> namedFields(String... fields) {
    String advice = "fields: pass the names of the source's fields.";
    Objects.requireNonNull(fields, advice);
    for (String field : fields) {
      Objects.requireNonNull(field, advice);
    }
    if (fields.length == 0) {
      throw new IllegalArgumentException("No field is named: pass at least one name.");
    }
    return List.of(fields);
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

  /** Returns the export's report. */
  public ExportReport report() {
    return report(null);
  }

  private ExportReport report(ExportException.@Nullable Reason stopReason) {
    Figures figures = figures();
    return new ReportData(
        figures.run,
        segment,
        figures.list,
        figures.mode,
        figures.startedAt,
        figures.took,
        figures.profiles(),
        new RejectionsData(
            figures.fields, figures.reasons, figures.byField.counts(), figures.rejections),
        figures.unconfirmedCustomers,
        figures.timedJobs(),
        figures.leavers,
        figures.traffic(),
        new NoticesData(
            figures.missingFields,
            figures.emptyFields,
            figures.emailIds,
            figures.emptySegments,
            figures.revisionSupportEnds,
            figures.newList),
        stopReason);
  }

  /** Returns how far the export is when its figures are these; {@link #took} has elapsed. */
  public ExportProgress progress() {
    Figures figures = figures();
    ProfilesData profiles = figures.profiles();
    return new ProgressData(
        figures.size == null ? OptionalLong.of(profiles.read()) : figures.size,
        profiles.read(),
        figures.sent(),
        profiles.accepted(),
        profiles.unchanged(),
        profiles.rejected(),
        profiles.duplicates(),
        figures.mode == SyncMode.MIRROR ? profiles.read() : 0,
        figures.leavers.members(),
        figures.leavers.found(),
        figures.leavers.removed(),
        Optional.empty(),
        figures.took);
  }

  /**
   * Returns the exception of an export that stopped for that reason, with the report and a message
   * that says as much. It has no cause; an {@link ExportException} of your own can have one.
   */
  public ExportException stopped(ExportException.Reason reason) {
    Objects.requireNonNull(reason, "reason: pass why the export stopped.");
    ExportReport report = report(reason);
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

  private Figures figures() {
    Figures figures = new Figures();
    said.forEach(change -> change.accept(figures));
    return figures;
  }

  private static void notNegative(String what, long figure) {
    if (figure < 0) {
      throw new IllegalArgumentException(
          "An export cannot have " + figure + " " + what + ": pass 0 or more.");
    }
  }

  private static void notNegative(String what, Duration time) {
    Objects.requireNonNull(time, what + ": pass a duration, zero or more.");
    if (time.isNegative()) {
      throw new IllegalArgumentException(
          "The " + what + " cannot be " + time + ": pass zero or more.");
    }
  }

  /** Returns the segment and what became of how many profiles; no personal data. */
  @Override
  public String toString() {
    return "SampleExport[" + segment + ": " + ReportText.counts(report()) + "]";
  }
}
