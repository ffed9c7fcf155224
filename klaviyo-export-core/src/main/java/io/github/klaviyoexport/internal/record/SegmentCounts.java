package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportReport.SegmentCount;
import io.github.klaviyoexport.internal.report.SegmentCountData;
import io.github.klaviyoexport.source.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * The count of what reading found in each of several segments. A run that goes on reads them again
 * from the start, so nothing of it needs to survive.
 */
public final class SegmentCounts {
  private List<Segment> segments = List.of();
  private long[] read = {};
  private long[] duplicates = {};
  private long[] rejected = {};

  /** Begins to count, from zero. */
  public void begin(List<Segment> several) {
    segments = several;
    read = new long[several.size()];
    duplicates = new long[several.size()];
    rejected = new long[several.size()];
  }

  /** Returns whether there are several segments to count for. */
  public boolean isCounting() {
    return segments.size() > 1;
  }

  /**
   * Counts a profile.
   *
   * @param segment the index of its segment
   */
  public void add(int segment, boolean duplicate, boolean setAside) {
    read[segment]++;
    duplicates[segment] += duplicate ? 1 : 0;
    rejected[segment] += setAside ? 1 : 0;
  }

  /** Returns the counts of each segment; none if there is only one. */
  public List<SegmentCount> counts() {
    List<SegmentCount> counts = new ArrayList<>();
    for (int i = 0; isCounting() && i < segments.size(); i++) {
      counts.add(new SegmentCountData(segments.get(i), read[i], duplicates[i], rejected[i]));
    }
    return counts;
  }
}
