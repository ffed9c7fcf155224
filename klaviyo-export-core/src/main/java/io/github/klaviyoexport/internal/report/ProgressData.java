package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportProgress;
import java.time.Duration;
import java.util.OptionalLong;

/** How far an export has got, as a value. */
public record ProgressData(
    OptionalLong size,
    long read,
    long sent,
    long accepted,
    long rejected,
    long duplicates,
    Duration elapsed)
    implements ExportProgress {
  /** The progress of an export that has yet to begin. */
  public static final ProgressData NONE =
      new ProgressData(OptionalLong.empty(), 0, 0, 0, 0, 0, Duration.ZERO);
}
