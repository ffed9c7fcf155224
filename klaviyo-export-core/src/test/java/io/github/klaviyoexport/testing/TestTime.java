package io.github.klaviyoexport.testing;

import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;

/**
 * A clock that moves when somebody waits, and then at once to the next thing that happens.
 *
 * <p>One thread waits at it; any may read it.
 */
public final class TestTime implements TimeSource {
  private static final Instant START = Instant.parse("2026-09-01T08:00:00Z");

  /** An origin as arbitrary as any: the count wraps around while the first minute runs. */
  private static final long ORIGIN = Long.MAX_VALUE - Duration.ofSeconds(20).toNanos();

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private volatile long elapsed;
  private long eventsMade;

  private record Event(long due, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return due != other.due ? Long.compare(due, other.due) : Long.compare(order, other.order);
    }
  }

  @Override
  public Instant now() {
    return START.plusNanos(elapsed);
  }

  @Override
  public long nanoTime() {
    return ORIGIN + elapsed;
  }

  /** How far the clock has moved. */
  public Duration elapsed() {
    return Duration.ofNanos(elapsed);
  }

  /** Has something happen after a while, on the thread that then waits. */
  public void in(Duration delay, Runnable action) {
    events.add(new Event(elapsed + delay.toNanos(), eventsMade++, action));
  }

  /** Lets time go by, with all that happens in it. */
  public void pass(Duration duration) {
    try {
      await(new Semaphore(0), duration, false);
    } catch (InterruptedException interrupt) {
      throw new AssertionError(interrupt);
    }
  }

  @Override
  public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
      throws InterruptedException {
    long deadline = elapsed + atMost.toNanos();
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (signal.tryAcquire()) {
        return true;
      }
      Event next = events.peek();
      if (next == null || next.due > deadline) {
        elapsed = deadline;
        return false;
      }
      events.remove();
      elapsed = Math.max(elapsed, next.due);
      next.action.run();
    }
  }
}
