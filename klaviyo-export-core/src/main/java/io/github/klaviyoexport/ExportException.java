package io.github.klaviyoexport;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The exception of an export that stopped before its end.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="exception"}
 *
 * <p>It carries the report so far: what had been handed over was confirmed where that was still
 * possible. The message says what happened, how far the export got and what to do now; like the
 * report, it holds no personal data. The report is not serialised with the exception.
 */
public final class ExportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final transient ExportReport report;

  /** Why an export stopped. */
  public enum Reason {
    /** The source could not be opened or read on. */
    SOURCE_FAILED,
    /** The mapping does not fit the source. */
    MAPPING_UNFIT,
    /** The segment has more profiles than the export's limit. */
    LIMIT_EXCEEDED,
    /** The segment is many times larger or smaller than last time. */
    SIZE_CHANGED,
    /** More profiles, or more values of a field, were rejected than the export may reject. */
    TOO_MANY_REJECTED,
    /** A mirror would remove more of the list's members than it may. */
    TOO_MANY_LEAVERS,
    /** A mirror would empty the list, since the segment is empty. */
    EMPTY_SEGMENT,
    /** The segment has changed by more than it may since the preview that was to be run. */
    SEGMENT_CHANGED,
    /** Klaviyo does not know the list. */
    LIST_NOT_FOUND,
    /** Klaviyo has several lists of the name. */
    LIST_AMBIGUOUS,
    /** Klaviyo does not know the key or token, or what the token supplier gave is no token. */
    UNAUTHORIZED,
    /** The key lacks a scope. */
    FORBIDDEN,
    /** Klaviyo's network edge took this machine for a robot. */
    EDGE_CHALLENGE,
    /** Klaviyo refused a request for a reason that concerns no single profile. */
    REFUSED,
    /** Klaviyo gave no usable answer, however often it was asked. */
    UNAVAILABLE,
    /** The same export runs already, in this process or in another. */
    ALREADY_RUNNING,
    /** The list is a mirror of another segment already. */
    OTHER_MIRROR,
    /** Klaviyo has not ended the jobs of an earlier run in the time that is waited for them. */
    PRIOR_JOBS,
    /** The journal could not be read or written. */
    JOURNAL_FAILED,
    /** The memory of what was confirmed could not be read or written. */
    MEMORY_FAILED,
    /** The unfinished run cannot be resumed as the export is set up now. */
    NOT_RESUMABLE,
    /** The deadline passed. */
    DEADLINE,
    /** The export was cancelled, or its exporter closed. */
    CANCELLED,
    /** The export's thread was interrupted; its interrupt flag is set again. */
    INTERRUPTED,
    /**
     * What the exporter runs on does not fit: a library is missing or too old, memory is too small,
     * or the clock that it was given fails.
     */
    RUNTIME_UNFIT,
    /** The exporter failed in a way that it should not: a fault of this library. */
    FAULT
  }

  /**
   * Creates the exception of an export that stopped. Exporters do; it is public for tests of code
   * that handles such exceptions, which get a report from the testkit's {@code SampleExport}.
   *
   * @param message what happened and what to do now, without personal data
   * @param report what had become of every profile by then
   * @param cause what made the export stop; {@code null} if no exception did
   */
  public ExportException(
      Reason reason, String message, ExportReport report, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.report = Objects.requireNonNull(report, "report");
  }

  /** Returns why the export stopped. */
  public Reason reason() {
    return reason;
  }

  /** Returns what had become of every profile by then. */
  public ExportReport report() {
    return report;
  }
}
