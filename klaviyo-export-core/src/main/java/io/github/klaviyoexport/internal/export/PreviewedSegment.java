package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.internal.keys.SegmentSketch;

/**
 * A segment as a preview has shown it.
 *
 * @param maxDrift the largest share of its customers that may have changed since
 */
public record PreviewedSegment(SegmentSketch sketch, double maxDrift) {}
