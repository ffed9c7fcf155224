package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
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
  private long read;
  private long duplicates;
  private long sent;
  private long accepted;

  private static final class Rejections {
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private long profiles;
    private long fields;

    void add(Rejection rejection) {
      if (rejection.scope() == Scope.PROFILE) {
        profiles++;
      } else {
        fields++;
      }
      reasons.merge(rejection.reason(), 1L, Long::sum);
    }
  }

  /** Counts a profile that was read from the source. */
  public void read() {
    read++;
  }

  /** Counts it as one that the segment had before. */
  public void duplicate() {
    duplicates++;
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
            List.copyOf(sinceCheckpoint));
    sinceCheckpoint.clear();
    return checkpoint;
  }

  /** Takes up what reading had found. */
  void restore(Checkpoint checkpoint, List<Rejection> rejections) {
    read = checkpoint.read();
    duplicates = checkpoint.duplicates();
    byUs.profiles = checkpoint.rejected();
    byUs.fields = checkpoint.rejectedFields();
    byUs.reasons.putAll(checkpoint.reasons());
    rejections.forEach(this::keep);
  }

  /** Returns the count of the list's members, and of the leavers among them. */
  public LeaverCounts leavers() {
    return leavers;
  }

  void jobStarted(String id, int profiles) {
    sent += profiles;
    Job job = jobs.getOrDefault(id, new JobData(id, JobStatus.RUNNING, 0, 0, 0));
    // An id that comes twice is a server's fault, and no reason to lose count.
    jobs.put(
        id,
        new JobData(
            id, JobStatus.RUNNING, job.profiles() + profiles, job.accepted(), job.rejected()));
  }

  Job jobEnded(String id, JobStatus status, int accepted, int rejected) {
    this.accepted += accepted;
    Job started = jobs.get(id);
    Job ended =
        new JobData(id, status, started == null ? 0 : started.profiles(), accepted, rejected);
    jobs.put(id, ended);
    return ended;
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
    return jobs.values().stream()
        .mapToLong(job -> job.profiles() - job.accepted() - job.rejected())
        .sum();
  }

  public Map<Reason, Long> reasons() {
    Map<Reason, Long> all = new EnumMap<>(Reason.class);
    all.putAll(byUs.reasons);
    byKlaviyo.reasons.forEach((reason, count) -> all.merge(reason, count, Long::sum));
    return all;
  }

  public List<Rejection> rejections() {
    return kept;
  }

  public List<Job> jobs() {
    return List.copyOf(jobs.values());
  }
}
