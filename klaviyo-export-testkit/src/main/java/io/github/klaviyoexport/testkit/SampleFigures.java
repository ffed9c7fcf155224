package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportPreview.CallCount;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.SegmentCount;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.preview.PreviewData;
import io.github.klaviyoexport.internal.preview.PreviewMembersData;
import io.github.klaviyoexport.internal.preview.PreviewProfilesData;
import io.github.klaviyoexport.internal.preview.PreviewWorkData;
import io.github.klaviyoexport.internal.report.CallCountData;
import io.github.klaviyoexport.internal.report.FieldCountData;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.ProgressData;
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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The figures of one export that was never run, while they are put together. */
final class SampleFigures {
  static final int PROFILES_IN_A_JOB = 10_000;
  static final long BYTES_OF_A_PROFILE = 400;

  ListId list = ListId.of("Y6nRLr");
  boolean listFound = true;
  SyncMode mode = SyncMode.UPSERT;
  String run = "5f3a9c0d7e21b4860f9d3c57-1a2b3c4d5e6f";
  Instant startedAt = Instant.parse("2026-09-01T08:00:00Z");
  Duration took = Duration.ofSeconds(10);
  @Nullable OptionalLong size;
  @Nullable String waitingFor;
  List<Segment> segments = List.of();
  long accepted;
  long unchanged;
  long rejected;
  long duplicates;
  long unconfirmed;
  long unsent;

  /** All of them, also beyond those that a report keeps. */
  final List<Rejection> rejections = new ArrayList<>();

  /** The outcomes of profiles of which it is not known what became of them; all of them. */
  final List<Outcome> open = new ArrayList<>();

  final List<Job> jobs = new ArrayList<>();
  LeaversData leavers = LeaversData.NONE;
  final List<String> missingFields = new ArrayList<>();
  final List<String> emptyFields = new ArrayList<>();
  boolean emailIds;
  @Nullable LocalDate revisionSupportEnds;
  @Nullable OptInProcess newList;
  final List<String> emptySegments = new ArrayList<>();
  long rateLimited;
  Duration paced = Duration.ZERO;
  Duration longestRetryAfter = Duration.ZERO;
  @Nullable ListVerification verification;

  void reject(Rejection rejection) {
    rejected += rejection.scope() == Scope.PROFILE ? 1 : 0;
    rejections.add(rejection);
  }

  /** Leaves profiles open in the jobs that come next. */
  void leaveOpen(List<String> customers, JobStatus status) {
    unconfirmed += customers.size();
    for (int i = 0; i < customers.size(); i++) {
      String job = "job-" + (jobs.size() + 1 + i / PROFILES_IN_A_JOB);
      open.add(SampleOutcome.unconfirmed(customers.get(i), job, why(status)));
    }
  }

  void leaveUnsent(List<String> customers) {
    unconfirmed += customers.size();
    unsent += customers.size();
    customers.forEach(id -> open.add(SampleOutcome.unconfirmed(id, null, Why.UNSENT)));
  }

  private static Why why(JobStatus status) {
    return switch (status) {
      case RUNNING -> Why.JOB_RUNNING;
      case CANCELLED -> Why.JOB_CANCELLED;
      case LOST -> Why.JOB_LOST;
      default -> Why.JOB_UNREAD;
    };
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
  private List<Job> timedJobs() {
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

  long read() {
    return accepted + unchanged + rejected + duplicates + unconfirmed;
  }

  ProfilesData profiles() {
    return new ProfilesData(
        read(),
        accepted,
        unchanged,
        rejected,
        duplicates,
        unconfirmed,
        unsent,
        bySegment(rejected));
  }

  /** Returns what came from which segment, as evenly as it goes. */
  List<SegmentCount> bySegment(long rejectedOfThem) {
    List<SegmentCount> counts = new ArrayList<>();
    for (Segment segment : segments) {
      int place = counts.size();
      counts.add(
          new SegmentCountData(
              segment, part(read(), place), part(duplicates, place), part(rejectedOfThem, place)));
    }
    return counts;
  }

  private long part(long all, int place) {
    return all / segments.size() + (place < all % segments.size() ? 1 : 0);
  }

  private static RejectionsData told(List<Rejection> rejections) {
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    FieldCountData.Counter byField = new FieldCountData.Counter();
    long fields = 0;
    for (Rejection rejection : rejections) {
      fields += rejection.scope() == Scope.FIELD ? 1 : 0;
      reasons.merge(rejection.reason(), 1L, Long::sum);
      byField.add(rejection);
    }
    return new RejectionsData(fields, reasons, byField.counts(), named(rejections));
  }

  NoticesData notices() {
    return new NoticesData(
        missingFields, emptyFields, emailIds, emptySegments, revisionSupportEnds, newList);
  }

  /** Returns the traffic of one call for the list and two for each job, to make and to watch it. */
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

  ExportReport report(Segment segment, ExportException.@Nullable Reason stopReason) {
    return new ReportData(
        run,
        segment,
        listFound ? list : null,
        mode,
        startedAt,
        took,
        profiles(),
        told(rejections),
        named(open.stream().map(Outcome::id).toList()),
        timedJobs(),
        leavers,
        traffic(),
        notices(),
        stopReason,
        verification);
  }

  ProgressData progress() {
    return new ProgressData(
        size == null ? OptionalLong.of(read()) : size,
        read(),
        sent(),
        accepted,
        unchanged,
        rejected,
        duplicates,
        mode == SyncMode.UPSERT ? 0 : read(),
        leavers.members(),
        leavers.found(),
        leavers.removed(),
        Optional.ofNullable(waitingFor),
        took);
  }

  /** Returns a preview of an export with these figures; running it gives the report. */
  ExportPreview preview(Segment segment, ExportException.@Nullable Reason stopReason) {
    ExportReport run = report(segment, null);
    // What Klaviyo refuses is not known before: it is to be sent.
    long refused = sent() - accepted - (unconfirmed - unsent);
    long toSend = accepted + unconfirmed + refused;
    long setAside = rejected - refused;
    return new PreviewData(
        segment,
        list,
        mode,
        startedAt,
        took,
        new PreviewProfilesData(
            read(), toSend, unchanged, setAside, duplicates, bySegment(setAside)),
        told(rejections.stream().filter(it -> it.reason() != Reason.FAILED_IN_KLAVIYO).toList()),
        notices(),
        members(toSend),
        before(),
        work(toSend),
        traffic(),
        stopReason,
        stopReason == null ? null : "it is a sample of one that would end with " + stopReason,
        PreviewData.MAX_DRIFT,
        maxDrift -> run);
  }

  private PreviewMembersData members(long toSend) {
    if (leavers.equals(LeaversData.NONE)) {
      return new PreviewMembersData(
          false,
          true,
          0,
          OptionalLong.empty(),
          OptionalLong.empty(),
          0,
          OptionalLong.empty(),
          toSend);
    }
    long others = leavers.found() + leavers.undecided() + leavers.notOurs();
    long updates = Math.max(0, Math.min(toSend, leavers.members() - others));
    long additions = toSend - updates;
    return new PreviewMembersData(
        true,
        true,
        leavers.members(),
        OptionalLong.of(additions),
        OptionalLong.of(updates),
        others,
        OptionalLong.empty(),
        additions);
  }

  private LeaversData before() {
    return new LeaversData(
        leavers.members(),
        leavers.found(),
        0,
        leavers.undecided(),
        leavers.unreadable(),
        leavers.notOurs(),
        leavers.kept());
  }

  /** Returns the work of a call for the list, and two for each batch, a second each. */
  private static PreviewWorkData work(long toSend) {
    int batches = (int) ((toSend + PROFILES_IN_A_JOB - 1) / PROFILES_IN_A_JOB);
    List<CallCount> calls =
        List.of(
            new CallCountData("get list", 1, Duration.ZERO, false),
            new CallCountData("import profiles", batches, Duration.ofSeconds(batches), false),
            new CallCountData("list import jobs", batches, Duration.ofSeconds(batches), true));
    return new PreviewWorkData(batches, toSend * BYTES_OF_A_PROFILE, calls);
  }

  /** Returns as many as a report names. */
  private static <T> List<T> named(List<T> all) {
    return all.subList(0, Math.min(ExportReport.MAX_REJECTIONS, all.size()));
  }

  static void notNegative(String what, long figure) {
    if (figure < 0) {
      throw new IllegalArgumentException(
          "An export cannot have " + figure + " " + what + ": pass 0 or more.");
    }
  }

  static void notNegative(String what, Duration time) {
    Objects.requireNonNull(time, what + ": pass a duration, zero or more.");
    if (time.isNegative()) {
      throw new IllegalArgumentException(
          "The " + what + " cannot be " + time + ": pass zero or more.");
    }
  }

  static List<String> customers(String... customerIds) {
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

  static List<String> fields(String... fields) {
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
}
