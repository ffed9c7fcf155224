package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.Wait;
import io.github.klaviyoexport.internal.page.Markup;
import io.github.klaviyoexport.internal.page.TimeChart;
import io.github.klaviyoexport.internal.page.Tone;
import io.github.klaviyoexport.internal.text.InWords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a report's page says of times: when profiles went out, and jobs were made and ended. */
final class ReportTimeline {
  private final ExportReport report;
  private final List<Made> made;

  /** A job of which it is known when it was made. */
  private record Made(Job job, Instant at) {}

  ReportTimeline(ExportReport report) {
    this.report = report;
    this.made = new ArrayList<>();
    for (Job job : report.jobs()) {
      Instant at = job.madeAt();
      if (at != null) {
        made.add(new Made(job, at));
      }
    }
  }

  /** Returns whether nothing is known of any time. */
  boolean isEmpty() {
    return made.isEmpty() && report.traffic().waits().isEmpty();
  }

  void writeTo(Markup to) {
    Duration length = length();
    TimeChart chart = new TimeChart(length);
    if (!made.isEmpty()) {
      handedOver(chart);
      underWay(chart, length);
      confirmed(chart);
    }
    waiting(chart);
    chart.writeTo(to);
    int unknown = report.jobs().size() - made.size();
    if (unknown > 0) {
      to.element(
          "p",
          "Of "
              + InWords.count(unknown, "job")
              + " it is not known when: an earlier version of the library began the run.",
          "class",
          "note");
    }
  }

  /** Returns how long the export took, or longer if the clock has it that a job ended later. */
  private Duration length() {
    Duration length = report.took();
    for (Made one : made) {
      Duration end = since(end(one.job(), one.at()));
      length = end.compareTo(length) > 0 ? end : length;
    }
    return length;
  }

  private Duration since(Instant moment) {
    return Duration.between(report.startedAt(), moment);
  }

  private static Instant end(Job job, Instant otherwise) {
    return job.endedAt() == null ? otherwise : job.endedAt();
  }

  private void handedOver(TimeChart chart) {
    TimeChart.Lane lane = chart.lane("Profiles handed over", Tone.CALM);
    made.forEach(one -> lane.at(since(one.at()), one.job().profiles()));
    long profiles = made.stream().mapToLong(one -> one.job().profiles()).sum();
    lane.said(
        InWords.count(profiles, "profile")
            + " in "
            + InWords.count(made.size(), "batch", "batches")
            + ", at most "
            + InWords.number(Math.round(lane.highest()))
            + step(chart));
  }

  private void underWay(TimeChart chart, Duration length) {
    TimeChart.Lane lane = chart.lane("Jobs under way", Tone.QUIET);
    Map<Instant, Integer> changes = new TreeMap<>();
    Instant over = report.startedAt().plus(length);
    for (Made one : made) {
      Instant end = end(one.job(), over);
      lane.during(since(one.at()), since(end));
      changes.merge(one.at(), 1, Integer::sum);
      changes.merge(end, -1, Integer::sum);
    }
    int now = 0;
    int most = 0;
    for (int change : changes.values()) {
      now += change;
      most = Math.max(most, now);
    }
    lane.full(most).said("at most " + InWords.number(most) + " at a time");
  }

  private void confirmed(TimeChart chart) {
    TimeChart.Lane lane = chart.lane("Profiles confirmed", Tone.GOOD);
    long accepted = 0;
    Instant last = null;
    for (Made one : made) {
      Instant end = one.job().endedAt();
      if (end != null && one.job().accepted() > 0) {
        lane.at(since(end), one.job().accepted());
        accepted += one.job().accepted();
        last = last == null || end.isAfter(last) ? end : last;
      }
    }
    lane.said(
        InWords.count(accepted, "profile")
            + (last == null ? "" : ", the last after " + TimeChart.clock(positive(since(last)))));
  }

  private void waiting(TimeChart chart) {
    TimeChart.Lane lane = chart.lane("Waiting for the quota", Tone.OPEN);
    Duration waited = Duration.ZERO;
    for (Wait wait : report.traffic().waits()) {
      lane.over(since(wait.from()), since(wait.until()), (double) wait.waited().toNanos());
      waited = waited.plus(wait.waited());
    }
    lane.full((double) chart.step().toNanos());
    lane.said(waited.isZero() ? "none" : InWords.duration(waited) + ", all together");
  }

  private static String step(TimeChart chart) {
    return " in " + InWords.duration(chart.step());
  }

  private static Duration positive(Duration time) {
    return time.isNegative() ? Duration.ZERO : time;
  }

  /** Returns how long after the beginning a job was made. */
  static String madeAfter(ExportReport report, Job job) {
    return job.madeAt() == null
        ? "–"
        : "after " + TimeChart.clock(positive(Duration.between(report.startedAt(), job.madeAt())));
  }

  /** Returns how long a job took. */
  static String took(Job job) {
    return job.madeAt() == null || job.endedAt() == null
        ? "–"
        : TimeChart.clock(positive(Duration.between(job.madeAt(), job.endedAt())));
  }
}
