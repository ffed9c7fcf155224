package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The count of what has become of every profile so far. */
final class Tally {
  private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
  private final List<Rejection> rejections = new ArrayList<>();
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private long read;
  private long sent;
  private long accepted;
  private long rejected;
  private long rejectedFields;
  private long duplicates;

  void read() {
    read++;
  }

  void duplicate() {
    duplicates++;
  }

  void rejected(Rejection rejection) {
    if (rejection.scope() == Scope.PROFILE) {
      rejected++;
    } else {
      rejectedFields++;
    }
    reasons.merge(rejection.reason(), 1L, Long::sum);
    if (rejections.size() < ExportReport.MAX_REJECTIONS) {
      rejections.add(rejection);
    }
  }

  void jobStarted(String id, int profiles) {
    sent += profiles;
    jobs.put(id, new Job(id, JobStatus.RUNNING, profiles, 0, 0));
  }

  Job jobEnded(String id, JobStatus status, int accepted, int rejected) {
    this.accepted += accepted;
    Job started = jobs.get(id);
    Job ended = new Job(id, status, started == null ? 0 : started.profiles(), accepted, rejected);
    jobs.put(id, ended);
    return ended;
  }

  long profilesRead() {
    return read;
  }

  long profilesSent() {
    return sent;
  }

  long profilesAccepted() {
    return accepted;
  }

  long profilesRejected() {
    return rejected;
  }

  long fieldsRejected() {
    return rejectedFields;
  }

  long profilesDuplicate() {
    return duplicates;
  }

  /** Profiles in jobs that have not ended, or ended without saying what became of them. */
  long profilesInUnconfirmedJobs() {
    return jobs.values().stream()
        .mapToLong(job -> job.profiles() - job.accepted() - job.rejected())
        .sum();
  }

  Map<Reason, Long> reasons() {
    return reasons;
  }

  List<Rejection> rejections() {
    return rejections;
  }

  List<Job> jobs() {
    return List.copyOf(jobs.values());
  }
}
