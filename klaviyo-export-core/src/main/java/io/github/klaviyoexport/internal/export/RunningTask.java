package io.github.klaviyoexport.internal.export;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an exporter runs, and cancels when it is closed. */
interface RunningTask {
  /** Returns what the task is, to begin a sentence with. */
  String what();

  /** Notes that the current thread runs the task from now on. */
  void begins();

  /** Returns the thread that runs the task; {@code null} if none does yet. */
  @Nullable Thread runner();

  /** Returns whether that thread runs the task, or reads its source. */
  boolean isRunBy(Thread thread);

  /**
   * Asks the task to stop, from any thread; does nothing when it has ended.
   *
   * @param grace how long Klaviyo is waited for, to confirm what it has
   */
  void cancel(String advice, Duration grace);
}
