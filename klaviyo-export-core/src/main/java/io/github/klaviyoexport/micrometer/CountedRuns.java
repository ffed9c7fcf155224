package io.github.klaviyoexport.micrometer;

import io.github.klaviyoexport.ExportReport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was counted of runs that have stopped: the report of a run that goes on with one has the
 * figures of both.
 */
final class CountedRuns {
  /** No more are remembered; most stopped runs are never resumed. */
  private static final int MOST = 1000;

  private final Map<String, Figures> stopped = new LinkedHashMap<>();

  /** Figures of profiles. */
  record Figures(long rejected, long duplicates, long unchanged, long unconfirmed) {
    Figures most(Figures other) {
      return new Figures(
          Math.max(rejected, other.rejected),
          Math.max(duplicates, other.duplicates),
          Math.max(unchanged, other.unchanged),
          Math.max(unconfirmed, other.unconfirmed));
    }

    Figures minus(Figures other) {
      return new Figures(
          rejected - other.rejected,
          duplicates - other.duplicates,
          unchanged - other.unchanged,
          unconfirmed - other.unconfirmed);
    }
  }

  /** Returns what a report has more than was counted of its run before. */
  synchronized Figures more(ExportReport report) {
    ExportReport.Profiles profiles = report.profiles();
    Figures now =
        new Figures(
            profiles.rejected(),
            profiles.duplicates(),
            profiles.unchanged(),
            profiles.unconfirmed());
    @Nullable Figures before = stopped.remove(report.run());
    Figures all = before == null ? now : now.most(before);
    if (report.stopReason() != null) {
      stopped.put(report.run(), all);
      if (stopped.size() > MOST) {
        stopped.remove(stopped.keySet().iterator().next());
      }
    }
    return before == null ? all : all.minus(before);
  }
}
