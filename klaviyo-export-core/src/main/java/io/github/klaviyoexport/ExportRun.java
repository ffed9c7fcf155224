package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.export.ExportTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * An export that runs, in the background mostly.
 *
 * <pre>{@code
 * ExportRun run = exporter.prepare(segment, list).start();
 * run.report().thenAccept(report -> audit.save(report.toJson()));
 * }</pre>
 *
 * <p>Safe for use by many threads.
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
    } catch (RuntimeException | Error failure) {
      report.completeExceptionally(failure);
      throw failure;
    }
  }

  /** Runs the export where nobody waits for its end but through the report. */
  void complete(Supplier<ExportReport> export) {
    try {
      perform(export);
    } catch (RuntimeException | Error failure) {
      // The report has ended with it.
    }
  }

  /** Returns how far the export has got. */
  public ExportProgress progress() {
    return task.progress();
  }

  /**
   * Stops the export: it hands over nothing more, waits up to 30 seconds for Klaviyo to confirm
   * what it has, and ends with {@link ExportException.Reason#CANCELLED}. Returns at once; does
   * nothing when the export has ended.
   */
  public void cancel() {
    task.cancel("it was cancelled; run it again to export the rest");
  }

  /**
   * Returns the report, which comes when the export has ended. It fails with the {@link
   * ExportException} of an export that stopped.
   */
  public CompletionStage<ExportReport> report() {
    return report.minimalCompletionStage();
  }
}
