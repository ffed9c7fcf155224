package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.SegmentCount;
import io.github.klaviyoexport.source.Segment;

/** What reading found in one segment of several, as a value. */
public record SegmentCountData(Segment segment, long read, long duplicates, long rejected)
    implements SegmentCount {}
