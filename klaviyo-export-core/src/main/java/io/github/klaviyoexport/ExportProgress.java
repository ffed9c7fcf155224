package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.report.ProgressData;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far an export has got: a snapshot, counted in profiles.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="progress"}
 *
 * <p>A snapshot is immutable and safe for use by many threads. Only exports make them, so that
 * later versions can tell more. Tests of code that reads them get them from the testkit's {@code
 * SampleExport}.
 */
public sealed interface ExportProgress permits ProgressData {
  /** Returns how many profiles the segment has; empty when its source does not know. */
  OptionalLong size();

  /** Returns how many profiles have been read from the source. */
  long read();

  /** Returns how many profiles Klaviyo has taken over for import. */
  long sent();

  /** Returns how many profiles Klaviyo has confirmed. */
  long accepted();

  /** Returns how many profiles were not sent, because they have not changed. */
  long unchanged();

  /** Returns how many profiles were set aside, here or by Klaviyo. */
  long rejected();

  /**
   * Returns how many profiles were left out because their identifier stood in the segment before.
   */
  long duplicates();

  /**
   * Returns how many customers of the segment a {@linkplain SyncMode#MIRROR mirror} has read to
   * compare the list with them, before it reads them again to send them; 0 for other exports.
   */
  long compared();

  /**
   * Returns how many members of the list a {@linkplain SyncMode#MIRROR mirror} has read; 0 for
   * other exports.
   */
  long members();

  /** Returns how many of those members are leavers, as far as is known by now. */
  long leavers();

  /** Returns how many leavers have been removed from the list. */
  long removed();

  /**
   * Returns what the export waits for that others are to do, in a clause for people such as {@code
   * job 01J9 of an earlier run} or {@code the source of segment vip to return from next()}; empty
   * while it waits for its quota, or for its own jobs, unless one takes half an hour or has a
   * status that is not known.
   */
  Optional<String> waitingFor();

  /** Returns the time since the export started, or since it was resumed. */
  Duration elapsed();

  /** Returns it as one JSON object, for machines; what is empty is left out. */
  String toJson();
}
