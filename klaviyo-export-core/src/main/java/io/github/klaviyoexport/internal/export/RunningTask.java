package io.github.klaviyoexport.internal.export;

import java.time.Duration;

/** What an exporter runs, and cancels when it is closed. */
interface RunningTask {
  /** Returns whether that thread runs the task, or reads its source. */
  boolean isRunBy(Thread thread);

  /**
   * Asks the task to stop, from any thread; does nothing when it has ended.
   *
   * @param grace how long Klaviyo is waited for, to confirm what it has
   */
  void cancel(String advice, Duration grace);
}
