package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The event loop of one export: what has come back, what is due, and the one place that waits.
 *
 * <p>Everything an export decides, it decides on the thread that runs its loop; only exchanges
 * happen elsewhere. So there are no locks, and under a clock that a test owns the same run can be
 * played again step by step.
 *
 * <p>Used by one thread, except for {@link #wake()}.
 */
public final class EventLoop {
  private static final Duration LONG = Duration.ofDays(1);

  /** As good as never, and far from where a count of nanoseconds runs over. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final GuardedTime time;
  private final Queue<Runnable> arrived = new ConcurrentLinkedQueue<>();
  private final Semaphore signal = new Semaphore(0);
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private long timersMade;
  private int exchanging;

  /** Creates a loop that lives by the given clock. */
  public EventLoop(TimeSource time) {
    this.time = new GuardedTime(time);
  }

  /** The failure of a loop whose clock has failed. */
  public static final class ClockFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ClockFailedException(Throwable failure) {
      super("the clock failed", failure);
    }
  }

  /** Something that is due at a moment, unless it is cancelled before. */
  public static final class Timer implements Comparable<Timer> {
    private final long dueNanos;
    private final long order;
    private @Nullable Runnable action;

    private Timer(long dueNanos, long order, Runnable action) {
      this.dueNanos = dueNanos;
      this.order = order;
      this.action = action;
    }

    /** Cancels it; does nothing when it has happened. */
    public void cancel() {
      action = null;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(dueNanos - other.dueNanos, 0);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /** Returns the clock, which stands still once it has failed. */
  public TimeSource time() {
    return time;
  }

  /** Runs the action on this loop after a delay. */
  public Timer after(Duration delay, Runnable action) {
    Duration atMost = delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
    Timer timer = new Timer(time.nanoTime() + atMost.toNanos(), timersMade++, action);
    timers.add(timer);
    return timer;
  }

  /** Hands what an exchange brings to the handler, on this loop. */
  @SuppressWarnings("FutureReturnValueIgnored") // What comes back is handled inside.
  public <T> void when(
      CompletableFuture<T> exchange, BiConsumer<@Nullable T, @Nullable Throwable> handler) {
    exchanging++;
    exchange.whenComplete(
        (value, failure) -> {
          arrived.add(
              () -> {
                exchanging--;
                handler.accept(value, failure);
              });
          signal.release();
        });
  }

  /** Ends a wait, from any thread. */
  public void wake() {
    arrived.add(() -> {});
    signal.release();
  }

  /**
   * Handles all that has come back or is due, without waiting.
   *
   * @throws ClockFailedException if the clock has failed
   */
  public void runReady() {
    while (true) {
      requireClock();
      Runnable next = arrived.poll();
      if (next == null) {
        next = due();
      }
      if (next == null) {
        return;
      }
      next.run();
    }
  }

  /**
   * Handles all that has come back or is due, after waiting for the first such thing.
   *
   * @throws InterruptedException if the thread is interrupted; nothing is lost by it, and the loop
   *     can be run on
   * @throws IllegalStateException if nothing is under way that could end the wait
   * @throws ClockFailedException if the clock has failed
   */
  public void run() throws InterruptedException {
    while (arrived.isEmpty()) {
      Duration wait = untilDue();
      if (wait.isZero()) {
        break;
      }
      if (exchanging == 0 && timers.isEmpty()) {
        throw new IllegalStateException("An export waits, and nothing is under way.");
      }
      if (time.await(signal, wait, exchanging > 0)) {
        signal.drainPermits();
      }
      requireClock();
    }
    runReady();
  }

  private void requireClock() {
    Throwable failure = time.failure();
    if (failure != null) {
      throw new ClockFailedException(failure);
    }
  }

  private Duration untilDue() {
    while (!timers.isEmpty() && timers.peek().action == null) {
      timers.poll();
    }
    Timer first = timers.peek();
    return first == null ? LONG : Duration.ofNanos(Math.max(0, first.dueNanos - time.nanoTime()));
  }

  private @Nullable Runnable due() {
    while (!timers.isEmpty()) {
      Timer first = timers.peek();
      if (first.action != null && first.dueNanos - time.nanoTime() > 0) {
        return null;
      }
      timers.poll();
      if (first.action != null) {
        return first.action;
      }
    }
    return null;
  }
}
