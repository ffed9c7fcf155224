package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** How far an export has got, as a value. */
public record ProgressData(
    OptionalLong size,
    long read,
    long sent,
    long accepted,
    long unchanged,
    long rejected,
    long duplicates,
    long compared,
    long members,
    long leavers,
    long removed,
    Optional<String> waitingFor,
    Duration elapsed)
    implements ExportProgress {
  /** The progress of an export that has yet to begin. */
  public static final ProgressData NONE =
      new ProgressData(OptionalLong.empty(), 0, 0, 0, 0, 0, Duration.ZERO);

  /** Creates the progress of an export that has looked at no member and waits for nothing. */
  public ProgressData(
      OptionalLong size,
      long read,
      long sent,
      long accepted,
      long rejected,
      long duplicates,
      Duration elapsed) {
    this(size, read, sent, accepted, rejected, duplicates, 0, 0, 0, 0, Optional.empty(), elapsed);
  }

  /** Creates the progress of an export that sends everything. */
  public ProgressData(
      OptionalLong size,
      long read,
      long sent,
      long accepted,
      long rejected,
      long duplicates,
      long compared,
      long members,
      long leavers,
      long removed,
      Optional<String> waitingFor,
      Duration elapsed) {
    this(
        size,
        read,
        sent,
        accepted,
        0,
        rejected,
        duplicates,
        compared,
        members,
        leavers,
        removed,
        waitingFor,
        elapsed);
  }
}
