package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.report.FieldCountData;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.row.FieldUse;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The count of what has become of every profile so far.
 *
 * <p>What is found on reading the source is counted apart from what Klaviyo says later: the first
 * can be taken up again at a checkpoint of the journal.
 */
public final class RunCounts {
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final List<Rejection> kept = new ArrayList<>();
  private final List<Rejection> sinceCheckpoint = new ArrayList<>();
  private final Rejections byUs = new Rejections();
  private final Rejections byKlaviyo = new Rejections();
  private final LeaverCounts leavers = new LeaverCounts();
  private final FieldUse fieldUse = new FieldUse();
  private boolean emailIds;
  private List<String> emptySegments = List.of();
  private final SegmentCounts bySegment = new SegmentCounts();
  private long read;
  private long duplicates;
  private long unchanged;
  private long sent;
  private long accepted;

  private static final class Rejections {
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private final FieldCountData.Counter byField = new FieldCountData.Counter();
    private long profiles;
    private long fields;

    void add(Rejection rejection) {
      if (rejection.scope() == Scope.PROFILE) {
        profiles++;
      } else {
        fields++;
      }
      reasons.merge(rejection.reason(), 1L, Long::sum);
      byField.add(rejection);
    }
  }

  /** Returns what reading found in each segment of several. */
  public SegmentCounts bySegment() {
    return bySegment;
  }

  /** Returns how many profiles were set aside before they were sent. */
  public long profilesRejectedByUs() {
    return byUs.profiles;
  }

  /** Counts a profile that was read from the source. */
  public void read() {
    read++;
  }

  /** Counts it as one that the segment had before. */
  public void duplicate() {
    duplicates++;
  }

  /** Counts it as one that is not sent, because it has not changed. */
  public void unchanged() {
    unchanged++;
  }

  /** Counts it, or a field of it, as set aside before sending. */
  public void rejectedByUs(Rejection rejection) {
    byUs.add(rejection);
    if (keep(rejection)) {
      sinceCheckpoint.add(rejection);
    }
  }

  /** Counts a profile, or a field of one, that Klaviyo has set aside. */
  void rejectedByKlaviyo(Rejection rejection) {
    byKlaviyo.add(rejection);
    keep(rejection);
  }

  private boolean keep(Rejection rejection) {
    boolean room = kept.size() < ExportReport.MAX_REJECTIONS;
    if (room) {
      kept.add(rejection);
    }
    return room;
  }

  /** Returns what reading has found so far, to be taken up again at a position of the source. */
  public Checkpoint checkpoint(@Nullable String position) {
    Checkpoint checkpoint =
        new Checkpoint(
            position,
            read,
            duplicates,
            byUs.profiles,
            byUs.fields,
            Map.copyOf(byUs.reasons),
            List.copyOf(sinceCheckpoint),
            byUs.byField.counts(),
            fieldUse.figures(),
            emailIds,
            unchanged);
    sinceCheckpoint.clear();
    return checkpoint;
  }

  /** Takes up what reading had found. */
  void restore(Checkpoint checkpoint, List<Rejection> rejections) {
    read = checkpoint.read();
    duplicates = checkpoint.duplicates();
    unchanged = checkpoint.unchanged();
    byUs.profiles = checkpoint.rejected();
    byUs.fields = checkpoint.rejectedFields();
    byUs.reasons.putAll(checkpoint.reasons());
    byUs.byField.add(checkpoint.byField());
    fieldUse.restore(checkpoint.fields());
    emailIds = checkpoint.emailIds();
    rejections.forEach(this::keep);
  }

  /** Returns what is known of the mapped fields; the writer of rows adds to it. */
  public FieldUse fieldUse() {
    return fieldUse;
  }

  /** Returns the mapped fields that no profile has; none as long as no profile was read. */
  public List<String> missingFields() {
    return read == 0 ? List.of() : fieldUse.missing();
  }

  /** Returns the mapped fields that profiles have, always without a value. */
  public List<String> emptyFields() {
    return fieldUse.empty();
  }

  /** Takes down which segments were empty. */
  public void emptySegments(List<String> names) {
    emptySegments = List.copyOf(names);
  }

  /** Returns the segments that were empty, as far as that is known. */
  public List<String> emptySegments() {
    return emptySegments;
  }

  /** Takes down that a customer has an email address for an id. */
  public void emailId() {
    emailIds = true;
  }

  /** Returns whether a customer was met that has an email address for an id. */
  public boolean hasEmailIds() {
    return emailIds;
  }

  /** Returns the count of the list's members, and of the leavers among them. */
  public LeaverCounts leavers() {
    return leavers;
  }

  void jobStarted(String id, int profiles, @Nullable Instant at) {
    sent += profiles;
    Job job = jobs.getOrDefault(id, new JobData(id, JobStatus.RUNNING, 0, 0, 0));
    // An id that comes twice is a server's fault, and no reason to lose count.
    jobs.put(
        id,
        new JobData(
            id,
            job.status(),
            job.profiles() + profiles,
            job.accepted(),
            job.rejected(),
            job.madeAt() == null ? at : job.madeAt(),
            job.endedAt()));
  }

  Job jobEnded(String id, JobStatus status, int accepted, int rejected, @Nullable Instant at) {
    this.accepted += accepted;
    Job started = jobs.getOrDefault(id, new JobData(id, JobStatus.RUNNING, 0, 0, 0));
    Job ended =
        new JobData(
            id,
            status,
            started.profiles(),
            started.accepted() + accepted,
            started.rejected() + rejected,
            started.madeAt(),
            at);
    jobs.put(id, ended);
    return ended;
  }

  /** Takes down that a job has ended whose errors are not read, so that it is open still. */
  public void jobUnread(String id) {
    Job job = jobs.get(id);
    if (job != null && job.status() == JobStatus.RUNNING) {
      jobs.put(
          id,
          new JobData(
              id,
              JobStatus.UNREAD,
              job.profiles(),
              job.accepted(),
              job.rejected(),
              job.madeAt(),
              job.endedAt()));
    }
  }

  /** Returns how many jobs have not ended. */
  public long jobsUnderWay() {
    long underWay = 0;
    for (Job job : jobs.values()) {
      underWay += job.status() == JobStatus.RUNNING ? 1 : 0;
    }
    return underWay;
  }

  public long profilesRead() {
    return read;
  }

  public long profilesSent() {
    return sent;
  }

  public long profilesAccepted() {
    return accepted;
  }

  public long profilesUnchanged() {
    return unchanged;
  }

  public long profilesRejected() {
    return byUs.profiles + byKlaviyo.profiles;
  }

  public long fieldsRejected() {
    return byUs.fields + byKlaviyo.fields;
  }

  public long profilesDuplicate() {
    return duplicates;
  }

  /**
   * Returns how many profiles are in jobs that have not ended, or ended without saying what became
   * of them.
   */
  public long profilesInUnconfirmedJobs() {
    long unconfirmed = 0;
    for (Job job : jobs.values()) {
      unconfirmed += job.profiles() - job.accepted() - job.rejected();
    }
    return unconfirmed;
  }

  public Map<Reason, Long> reasons() {
    Map<Reason, Long> all = new EnumMap<>(Reason.class);
    all.putAll(byUs.reasons);
    for (Map.Entry<Reason, Long> more : byKlaviyo.reasons.entrySet()) {
      all.merge(more.getKey(), more.getValue(), Long::sum);
    }
    return all;
  }

  /** Returns how many rejections there are by field and reason, the most first. */
  public List<FieldCount> byField() {
    FieldCountData.Counter all = new FieldCountData.Counter();
    all.add(byUs.byField.counts());
    all.add(byKlaviyo.byField.counts());
    return all.counts();
  }

  /** Returns the words that say most often why values could not be read, if that is the reason. */
  public @Nullable String words(FieldCount count) {
    return FieldCountData.words(count, kept);
  }

  /** Returns how many values of a field Klaviyo has refused of profiles that it took otherwise. */
  public long refusedOf(String field) {
    return byKlaviyo.byField.counts().stream()
        .filter(count -> count.scope() == Scope.FIELD && field.equals(count.field()))
        .mapToLong(FieldCount::count)
        .sum();
  }

  public List<Rejection> rejections() {
    return kept;
  }

  public List<Job> jobs() {
    return List.copyOf(jobs.values());
  }
}
