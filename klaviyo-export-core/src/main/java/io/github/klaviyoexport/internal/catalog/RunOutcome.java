package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.catalog.host.AccessFailedException;
import io.github.klaviyoexport.internal.catalog.host.PlainWords;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.internal.report.UnconfirmedReasons;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.source.Readiness;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an attempt, as people read it.
 *
 * @param again after how long to look again, where it was no attempt but a wait; {@code null} where
 *     it was one
 */
record RunOutcome(
    RunStatus status,
    @Nullable String message,
    @Nullable String details,
    @Nullable ExportReport report,
    @Nullable Duration again) {
  /** How long to wait for a holder of which the journal does not say when its hold ends. */
  private static final Duration UNKNOWN_WAIT = Duration.ofSeconds(10);

  /** How long to wait for a segment that is being refreshed. */
  private static final Duration READINESS_WAIT = Duration.ofMinutes(1);

  /** So that a hold has ended when it is looked at again. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /** Puts what people read in their words. */
  RunOutcome {
    message = PlainWords.of(message);
    details = PlainWords.of(details);
  }

  RunOutcome(RunStatus status, @Nullable String message, @Nullable ExportReport report) {
    this(status, message, null, report, null);
  }

  /** Returns the outcome of meeting another process that has the export's log in the journal. */
  static RunOutcome waiting(LogHeldException held) {
    Duration left = held.left().orElse(null);
    String message =
        "It waits for the journal, where this export is held by "
            + held.holder()
            + (left == null
                ? ": it goes on when that lets go of it."
                : ": it goes on when that lets go of it, or in "
                    + left.toSeconds()
                    + " s if nothing more is heard from there.")
            + " This is no attempt, and there is nothing to do.";
    return new RunOutcome(
        RunStatus.QUEUED, message, null, null, left == null ? UNKNOWN_WAIT : left.plus(MARGIN));
  }

  /**
   * Returns the outcome of meeting a source that has a segment not ready to be read.
   *
   * @param readiness anything but ready
   */
  static RunOutcome notReady(Segment segment, Readiness readiness) {
    String about = about(segment, readiness);
    return readiness.state() == Readiness.State.REFRESHING
        ? new RunOutcome(
            RunStatus.QUEUED,
            "It waits for the source"
                + about
                + " It looks again each minute. This is no attempt, and there is nothing to do.",
            null,
            null,
            READINESS_WAIT)
        : new RunOutcome(
            RunStatus.SKIPPED,
            "It is skipped because of the source"
                + about
                + " It runs when it is due again; see to the source, or run it by hand then.",
            null);
  }

  /** Returns what a source says of a segment that is not to be read, to stand behind words. */
  static String about(Segment segment, Readiness readiness) {
    String reason = readiness.reason();
    return ": segment " + segment + (reason.isBlank() ? "" : ", " + reason) + ".";
  }

  static RunOutcome of(ExportReport report) {
    List<String> empty = report.notices().emptySegments();
    return ofProfiles(report).and(empty.isEmpty() ? null : ReportText.emptySegments(empty));
  }

  private static RunOutcome ofProfiles(ExportReport report) {
    Kept kept = report.leavers().kept();
    if (report.profiles().rejected() == 0 && report.profiles().unconfirmed() == 0 && kept == null) {
      return new RunOutcome(RunStatus.SUCCESSFUL, null, report);
    }
    boolean nothingConfirmed =
        report.profiles().unconfirmed() > 0
            && report.profiles().accepted() + report.profiles().unchanged() == 0;
    String message =
        InWords.count(report.profiles().rejected(), "profile was", "profiles were")
            + " rejected and "
            + InWords.number(report.profiles().unconfirmed())
            + (report.profiles().unconfirmed() == 1 ? " remains" : " remain")
            + " unconfirmed: the report says which and why."
            + (report.profiles().unconfirmed() == 0
                ? ""
                : " Of those unconfirmed, " + UnconfirmedReasons.inWords(report) + ".")
            + (kept == null
                ? ""
                : " Leavers are still in the list, because " + kept.advice() + ".");
    return nothingConfirmed
        ? failed("No profile was confirmed: " + message, null, true, report)
        : new RunOutcome(RunStatus.PARTLY_SUCCESSFUL, message, report);
  }

  /** Returns this with one more sentence in its message, if there is one. */
  RunOutcome and(@Nullable String sentence) {
    return sentence == null
        ? this
        : new RunOutcome(
            status, message == null ? sentence : message + " " + sentence, details, report, again);
  }

  static RunOutcome failed(
      String message, @Nullable String details, boolean again, @Nullable ExportReport report) {
    return new RunOutcome(
        again ? RunStatus.FAILED : RunStatus.FAILED_PERMANENTLY, message, details, report, null);
  }

  static RunOutcome failed(CatalogException failure) {
    return failed(String.valueOf(failure.getMessage()), null, mayPass(failure.reason()), null);
  }

  static RunOutcome failed(AccessFailedException failure, @Nullable ExportReport report) {
    return failed(
        String.valueOf(failure.getMessage()), failure.details(), mayPass(failure.reason()), report);
  }

  static RunOutcome failed(ExportException failure, @Nullable String details) {
    return failed(failure, details, mayPass(failure.reason()));
  }

  static RunOutcome failed(ExportException failure, @Nullable String details, boolean again) {
    String more = details;
    String message = String.valueOf(failure.getMessage());
    if (failure.getCause() instanceof KlaviyoException said
        && !message.contains(Advice.clause(said))) {
      String answer = "In short: " + Advice.clause(said) + ".";
      more = details == null ? answer : details + " " + answer;
    }
    return failed(message, more, again, failure.report());
  }

  private static boolean mayPass(CatalogException.Reason reason) {
    return switch (reason) {
      // What cannot be read here is run by another process, which takes the next attempt.
      case CREDENTIALS_UNREADABLE, KLAVIYO_UNAVAILABLE, STORE_FAILED, NEWER_FORMAT, INTERRUPTED ->
          true;
      default -> false;
    };
  }

  private static boolean mayPass(ExportException.Reason reason) {
    return switch (reason) {
      case SOURCE_FAILED,
          EDGE_CHALLENGE,
          UNAVAILABLE,
          ALREADY_RUNNING,
          PRIOR_JOBS,
          JOURNAL_FAILED,
          MEMORY_FAILED,
          NOT_RESUMABLE,
          DEADLINE,
          INTERRUPTED ->
          true;
      default -> false;
    };
  }
}
