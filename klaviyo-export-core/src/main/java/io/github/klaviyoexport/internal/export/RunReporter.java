package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.call.CallTraffic;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.PendingWork;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The account that a run gives of itself: how far it is while it goes on, a report at its end. */
final class RunReporter {
  private final ExportPlan plan;
  private final Began began;
  private final boolean resumed;
  private final RunCounts tally;
  private final PendingWork remaining;
  private final CallTraffic traffic;
  private final TimeSource time;
  private final long startedNanos;

  /**
   * An account that begins now.
   *
   * @param resumed whether the run goes on with one that began earlier
   */
  RunReporter(
      ExportPlan plan,
      Began began,
      boolean resumed,
      RunCounts tally,
      PendingWork remaining,
      CallTraffic traffic,
      TimeSource time) {
    this.plan = plan;
    this.began = began;
    this.resumed = resumed;
    this.tally = tally;
    this.remaining = remaining;
    this.traffic = traffic;
    this.time = time;
    this.startedNanos = time.nanoTime();
  }

  /**
   * How far the run is.
   *
   * @param size how many profiles the segment has, if its source knows
   */
  ExportProgress progress(OptionalLong size) {
    return new ExportProgress(
        size,
        profilesRead(),
        tally.profilesSent(),
        tally.profilesAccepted(),
        tally.profilesRejected(),
        tally.profilesDuplicate(),
        elapsed());
  }

  /** What this run has read and, of what an earlier one has settled, what it has not met again. */
  private long profilesRead() {
    return tally.profilesRead() + remaining.notMet();
  }

  private Duration elapsed() {
    return Duration.ofNanos(time.nanoTime() - startedNanos);
  }

  /**
   * What has become of every profile by now.
   *
   * @param stop why the run stopped, if it did
   */
  ExportReport report(@Nullable StopCause stop, Unconfirmed unconfirmed) {
    long unsent = unconfirmed.unsent();
    long unsettled = tally.profilesInUnconfirmedJobs() + unconfirmed.unanswered() + unsent;
    if (stop != null && stop.reason() == Reason.FAULT) {
      // It may have struck between two counts: what is not known to be settled is unconfirmed.
      unsettled =
          profilesRead()
              - tally.profilesAccepted()
              - tally.profilesRejected()
              - tally.profilesDuplicate();
      unsent = Math.min(unsent, unsettled);
    }
    return new ExportReport(
        began.run(),
        plan.segment(),
        plan.list(),
        plan.mode(),
        began.at(),
        took(),
        profilesRead(),
        tally.profilesAccepted(),
        tally.profilesRejected(),
        tally.profilesDuplicate(),
        unsettled,
        unsent,
        tally.fieldsRejected(),
        tally.reasons(),
        tally.rejections(),
        unconfirmed.customers(),
        tally.jobs(),
        tally.leavers().counts(),
        new ExportReport.Traffic(
            traffic.exchanges(),
            traffic.bytesSent(),
            traffic.rateLimited(),
            traffic.paced(),
            traffic.longestRetryAfter()));
  }

  /** A resumed run took the time since it first began, unless the wall clock has been put back. */
  private Duration took() {
    Duration sinceResumed = elapsed();
    Duration sinceBegun = Duration.between(began.at(), time.now());
    return !resumed || sinceBegun.compareTo(sinceResumed) < 0 ? sinceResumed : sinceBegun;
  }
}
