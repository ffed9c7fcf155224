package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.call.CallTraffic;
import io.github.klaviyoexport.internal.call.Revision;
import io.github.klaviyoexport.internal.record.LeaverCounts;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.record.RunStart;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.ProgressData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.internal.report.WaitData;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The reporter of a run: it tells how far the run is while it goes on, and reports at its end. */
final class RunReporter {
  private final ExportPlan plan;
  private final RunStart start;
  private final RunCounts counts;
  private final @Nullable OptInProcess newList;
  private final CallTraffic traffic;
  private final TimeSource time;
  private final long startedNanos;

  /**
   * Creates the reporter of a run that begins now.
   *
   * @param start where it sets out from
   * @param newList the opt-in process of the list, if it was made for this run
   * @param traffic what its calls amount to
   */
  RunReporter(
      ExportPlan plan,
      RunStart start,
      @Nullable OptInProcess newList,
      CallTraffic traffic,
      TimeSource time) {
    this.plan = plan;
    this.start = start;
    this.counts = start.counts();
    this.newList = newList;
    this.traffic = traffic;
    this.time = time;
    this.startedNanos = time.nanoTime();
  }

  /**
   * Returns how far the run is.
   *
   * @param size how many profiles the segment has, if its source knows
   * @param waitingFor what it waits for that others are to do, if anything
   */
  ExportProgress progress(OptionalLong size, @Nullable String waitingFor) {
    LeaverCounts leavers = counts.leavers();
    return new ProgressData(
        size,
        profilesRead(),
        counts.profilesSent(),
        counts.profilesAccepted(),
        counts.profilesUnchanged(),
        counts.profilesRejected(),
        counts.profilesDuplicate(),
        leavers.customersCompared(),
        leavers.membersRead(),
        leavers.leaversFound(),
        leavers.leaversRemoved(),
        Optional.ofNullable(waitingFor),
        elapsed());
  }

  /** Returns what was read and, of what a previous run has settled, what was not met again. */
  private long profilesRead() {
    return counts.profilesRead() + start.pending().notMet();
  }

  private Duration elapsed() {
    return Duration.ofNanos(time.nanoTime() - startedNanos);
  }

  /**
   * Returns what has become of every profile by now.
   *
   * @param stop why the run stopped, if it did
   */
  ReportData report(@Nullable StopCause stop, Unconfirmed unconfirmed) {
    long unsent = unconfirmed.unsent();
    long unsettled = counts.profilesInUnconfirmedJobs() + unconfirmed.unanswered() + unsent;
    if (stop != null && (stop.reason() == Reason.FAULT || stop.reason() == Reason.RUNTIME_UNFIT)) {
      // It may have struck between two counts: what is not known to be settled is unconfirmed.
      unsettled =
          profilesRead()
              - counts.profilesAccepted()
              - counts.profilesUnchanged()
              - counts.profilesRejected()
              - counts.profilesDuplicate();
      unsent = Math.min(unsent, unsettled);
    }
    return new ReportData(
        start.began().run(),
        plan.segment(),
        plan.list(),
        plan.settings().mode(),
        start.began().at(),
        took(),
        new ProfilesData(
            profilesRead(),
            counts.profilesAccepted(),
            counts.profilesUnchanged(),
            counts.profilesRejected(),
            counts.profilesDuplicate(),
            unsettled,
            unsent,
            counts.bySegment().counts()),
        new RejectionsData(
            counts.fieldsRejected(), counts.reasons(), counts.byField(), counts.rejections()),
        unconfirmed.customers(),
        counts.jobs(),
        counts.leavers().counts(),
        traffic(),
        new NoticesData(
            counts.missingFields(),
            counts.emptyFields(),
            counts.hasEmailIds(),
            counts.emptySegments(),
            Revision.supportEndsSoon(time.now()),
            newList),
        stop == null ? null : stop.reason());
  }

  /** Returns what the run has taken of network and quota by now. */
  TrafficData traffic() {
    return dataOf(traffic);
  }

  /** Returns what calls amount to, as a report tells it. */
  static TrafficData dataOf(CallTraffic traffic) {
    return new TrafficData(
        traffic.exchanges(),
        traffic.bytesSent(),
        traffic.rateLimited(),
        traffic.paced(),
        traffic.longestRetryAfter(),
        waits(traffic));
  }

  private static List<ExportReport.Wait> waits(CallTraffic traffic) {
    return traffic.waits().stream()
        .<ExportReport.Wait>map(wait -> new WaitData(wait.from(), wait.until(), wait.waited()))
        .toList();
  }

  /** Returns the time since the run first began, or since now if the wall clock was put back. */
  private Duration took() {
    Duration sinceResumed = elapsed();
    Duration sinceBegun = Duration.between(start.began().at(), time.now());
    return start.resumed() == null || sinceBegun.compareTo(sinceResumed) < 0
        ? sinceResumed
        : sinceBegun;
  }
}
