package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import org.jspecify.annotations.Nullable;

/** How an attempt ended. */
record RunEnding(
    RunStatus status,
    @Nullable String message,
    @Nullable String details,
    @Nullable ExportReport report) {
  RunEnding(RunStatus status, @Nullable String message, @Nullable ExportReport report) {
    this(status, message, null, report);
  }

  static RunEnding of(ExportReport report) {
    Kept kept = report.leavers().kept();
    if (report.profiles().rejected() == 0 && report.profiles().unconfirmed() == 0 && kept == null) {
      return new RunEnding(RunStatus.SUCCESSFUL, null, report);
    }
    String message =
        report.profiles().rejected()
            + " profiles were rejected and "
            + report.profiles().unconfirmed()
            + " remain unconfirmed: the report says which and why."
            + (kept == null
                ? ""
                : " Leavers are still in the list, because " + kept.advice() + ".");
    return new RunEnding(RunStatus.PARTLY_SUCCESSFUL, message, report);
  }

  static RunEnding failed(
      String message, @Nullable String details, boolean again, @Nullable ExportReport report) {
    return new RunEnding(
        again ? RunStatus.FAILED : RunStatus.FAILED_PERMANENTLY, message, details, report);
  }

  static RunEnding failed(CatalogException failure) {
    return failed(String.valueOf(failure.getMessage()), failure.details(), mayPass(failure), null);
  }

  static RunEnding failed(ExportException failure, @Nullable String details) {
    return failed(
        String.valueOf(failure.getMessage()), details, mayPass(failure), failure.report());
  }

  private static boolean mayPass(CatalogException failure) {
    return switch (failure.reason()) {
      case CREDENTIALS_UNREADABLE, KLAVIYO_UNAVAILABLE, STORE_FAILED -> true;
      default -> false;
    };
  }

  private static boolean mayPass(ExportException failure) {
    return switch (failure.reason()) {
      case SOURCE_FAILED,
          EDGE_CHALLENGE,
          UNAVAILABLE,
          ALREADY_RUNNING,
          JOURNAL_FAILED,
          NOT_RESUMABLE,
          DEADLINE,
          INTERRUPTED ->
          true;
      default -> false;
    };
  }
}
