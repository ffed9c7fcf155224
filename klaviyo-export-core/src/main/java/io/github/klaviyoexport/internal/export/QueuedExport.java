package io.github.klaviyoexport.internal.export;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * An export that waits for its executor.
 *
 * <p>An executor that drops it says so to no one, but then nothing holds it any more, and what
 * nothing holds can never run: that is when the garbage collector tells.
 */
final class QueuedExport implements Runnable {
  /** A clause of an export that was dropped. */
  static final String DROPPED =
      "its executor dropped it before it began, because it discards what it cannot take, was shut"
          + " down, or cancelled it; nothing was sent. Run it again with an executor that runs what"
          + " it is given";

  private static final Cleaner CLEANER = Cleaner.create();

  private final ExportTask task;
  private final Runnable work;

  QueuedExport(ExportTask task, Runnable work) {
    this.task = task;
    this.work = work;
  }

  /** Ends the task when the export is dropped. */
  static void watch(QueuedExport queued, ExportTask task) {
    var unused = CLEANER.register(queued, () -> drop(task));
  }

  /** Ends a task that will not be run, if it has not ended. */
  private static void drop(ExportTask task) {
    if (task.isWaiting()) {
      // What hears of it may take its time, and others that were dropped are not to wait for it.
      Thread thread = new Thread(() -> task.drop(DROPPED), "klaviyo-export-dropped");
      thread.setDaemon(true);
      thread.start();
    }
  }

  @Override
  public void run() {
    try {
      if (task.begin()) {
        work.run();
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
