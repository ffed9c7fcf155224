package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.export.ExportTask;
import io.github.klaviyoexport.internal.run.ExportRules;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * An export that runs, to be watched and cancelled.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="run"}
 *
 * <p>{@link SegmentExport#start} starts it in the background, {@link
 * SegmentExport#run(java.util.function.Consumer)} on the caller's thread. Safe for use by many
 * threads.
 */
public final class ExportRun {
  private final ExportTask task;
  private final CompletableFuture<ExportReport> report = new CompletableFuture<>();

  ExportRun(ExportTask task) {
    this.task = task;
  }

  /** Runs the export, and ends as it ends; so does the report. */
  ExportReport perform(Supplier<ExportReport> export) {
    try {
      ExportReport made = export.get();
      report.complete(made);
      return made;
    } catch (Throwable failure) {
      report.completeExceptionally(failure);
      throw failure;
    }
  }

  /** Runs the export where no caller waits for its end but through the report. */
  void complete(Supplier<ExportReport> export) {
    try {
      perform(export);
    } catch (Throwable failure) {
      // The report has ended with it.
    }
  }

  /** Ends the report of an export that was never run. */
  void unrun(ExportException stopped) {
    report.completeExceptionally(stopped);
  }

  /** Returns how far the export has got by now, or had got when it ended. */
  public ExportProgress progress() {
    return task.progress();
  }

  /**
   * Stops the export: it hands over nothing more, waits up to 30 seconds for Klaviyo to confirm
   * what it has, and ends with {@link ExportException.Reason#CANCELLED}. This method returns at
   * once, and does nothing when the export has ended. An export that waits for its executor ends
   * without being run.
   */
  public void cancel() {
    task.cancel("it was cancelled; run it again to export the rest");
  }

  /**
   * Stops the export as {@link #cancel()} does, with another wait for Klaviyo to confirm what it
   * has. An export that is being cancelled already waits no longer than that from now on.
   *
   * @param confirmation how long to wait at most; zero to wait for nothing
   * @throws IllegalArgumentException if it is negative
   */
  public void cancel(Duration confirmation) {
    task.cancel(
        "it was cancelled; run it again to export the rest",
        ExportRules.checkedConfirmation(confirmation));
  }

  /**
   * Returns a stage that is completed with the report when the export has ended, or fails with the
   * {@link ExportException} of an export that stopped. What follows it runs on the export's thread,
   * or at once if the export has ended, unless an {@code Async} method is used.
   */
  public CompletionStage<ExportReport> report() {
    return report.minimalCompletionStage();
  }
}
