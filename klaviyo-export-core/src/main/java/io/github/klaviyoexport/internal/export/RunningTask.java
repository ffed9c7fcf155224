package io.github.klaviyoexport.internal.export;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an exporter runs, and cancels when it is closed. */
abstract class RunningTask {
  private volatile @Nullable Thread runner;

  /** Returns what the task is, to begin a sentence with. */
  abstract String what();

  /** Notes that the current thread runs the task from now on. */
  final void begins() {
    runner = Thread.currentThread();
  }

  /** Returns the thread that runs the task; {@code null} if none does yet. */
  final @Nullable Thread runner() {
    return runner;
  }

  /** Returns whether that thread runs the task, or reads its source. */
  final boolean isRunBy(Thread thread) {
    return runner == thread || isReadBy(thread);
  }

  /** Returns whether that thread reads the task's source. */
  abstract boolean isReadBy(Thread thread);

  /**
   * Asks the task to stop, from any thread; does nothing when it has ended.
   *
   * @param grace how long Klaviyo is waited for, to confirm what it has
   */
  abstract void cancel(String advice, Duration grace);
}
