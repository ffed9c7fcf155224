package io.github.klaviyoexport.testkit.internal.account;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * What is to be done later, in the order of its times.
 *
 * <p>It has no thread: what has fallen due is done when the account is next looked at.
 */
final class ScheduledTasks {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::nanos).thenComparingInt(Task::number));
  private int count;

  private record Task(long nanos, int number, Runnable action) {}

  /** Adds something to be done at a time; of several at one time the first added is the first. */
  void add(long nanos, Runnable action) {
    tasks.add(new Task(nanos, count++, action));
  }

  /** Does what has fallen due. */
  void settle(long now) {
    while (!tasks.isEmpty() && tasks.peek().nanos() <= now) {
      tasks.remove().action().run();
    }
  }
}
