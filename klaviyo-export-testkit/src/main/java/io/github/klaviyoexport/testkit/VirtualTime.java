package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.testkit.internal.server.ExchangeClock;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A clock that moves only when a thread waits for it, and then at once.
 *
 * <p>Shared by a {@link FakeKlaviyo} and an exporter it makes minutes of quota, back-off and import
 * take no time, and {@link #waited()} an exact figure:
 *
 * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="time"}
 *
 * <p>Both need it. To a caller that lives by another clock the account says to wait, for its quotas
 * and jobs, and its time never passes. The account finds that out after 10 seconds of real time,
 * says so in the log and in its {@linkplain FakeKlaviyo#timeline() timeline}, and answers with 401.
 * An account that lives by the machine's clock turns an exporter with virtual time away again and
 * again.
 *
 * <p>A wait ends in this order: by a permit that is there; by a permit that an {@linkplain
 * #schedule event} due before the deadline releases; by its deadline. While requests are under way
 * over real sockets the clock stands still for their responses, in real time, for 5 seconds by
 * default ({@link #patience}); after that it moves on, so that a server that stays silent cannot
 * hang a test.
 *
 * <p>It is safe for use by many threads. Left alone, each thread that waits moves the clock for
 * all; threads that are to be simulated side by side take {@linkplain #join() seats}.
 */
public final class VirtualTime implements TimeSource {
  private static final Instant START = Instant.parse("2026-09-01T08:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long NOT_STANDING = Long.MIN_VALUE;

  private final Object lock = new Object();
  private final PriorityQueue<Event> events = new PriorityQueue<>(Event.ORDER);
  private final List<Wait> waits = new ArrayList<>();
  private volatile long nanos;
  private long advanced;
  private long eventCount;
  private int seats;
  private int virtualExchanges;
  private boolean eventRuns;
  private Duration patience = PATIENCE;
  private long standingSince = NOT_STANDING;

  private record Event(long due, long number, Runnable action) {
    static final Comparator<Event> ORDER =
        Comparator.comparingLong(Event::due).thenComparingLong(Event::number);
  }

  // Not a record: waits are told apart by identity.
  private static final class Wait {
    final Semaphore signal;
    final long deadline;
    final boolean exchanging;

    Wait(Semaphore signal, long deadline, boolean exchanging) {
      this.signal = signal;
      this.deadline = deadline;
      this.exchanging = exchanging;
    }
  }

  /** A seat at a {@link VirtualTime}: time waits for its holder until it is closed. */
  public final class Seat implements AutoCloseable {
    private boolean taken = true;

    private Seat() {}

    /** Gives the seat up; closing it again does nothing. */
    @Override
    public void close() {
      synchronized (lock) {
        if (taken) {
          taken = false;
          seats--;
        }
      }
    }
  }

  private VirtualTime() {}

  /** Creates a clock that stands at 08:00 UTC on 1 September 2026. */
  public static VirtualTime create() {
    return new VirtualTime();
  }

  /**
   * Sets how long, in real time, the clock stands still for responses over real sockets before it
   * moves on. By default it is 5 seconds; a test of a silent server sets it short.
   */
  public VirtualTime patience(Duration realTime) {
    synchronized (lock) {
      patience = Objects.requireNonNull(realTime, "realTime");
    }
    return this;
  }

  @Override
  public Instant now() {
    return START.plusNanos(nanos);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  /**
   * Returns how far the clock has moved because a thread waited; {@link #advance} is not counted.
   */
  public Duration waited() {
    synchronized (lock) {
      return Duration.ofNanos(nanos - advanced);
    }
  }

  /**
   * Moves the clock on by hand, running the events that fall due, in order.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("Time moves forward only: advance by zero or more.");
    }
    long target = nanos + duration.toNanos();
    while (true) {
      Event event;
      synchronized (lock) {
        event = events.peek();
        long to = event == null || event.due > target ? target : event.due;
        if (to > nanos) {
          advanced += to - nanos;
          nanos = to;
        }
        if (event == null || event.due > target) {
          return;
        }
        events.remove();
      }
      event.action.run();
    }
  }

  /**
   * Has something happen after a while of virtual time, on the thread that then moves the clock.
   * Events that fall due at the same time run in the order they were scheduled.
   */
  public void schedule(Duration delay, Runnable action) {
    Objects.requireNonNull(action, "action");
    synchronized (lock) {
      events.add(new Event(nanos + Math.max(0, delay.toNanos()), eventCount++, action));
    }
  }

  /**
   * Takes a seat: from now on, time moves only while at least as many threads wait as seats are
   * taken. Take all seats before the first thread starts, and close each when its thread is done:
   *
   * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="seats"}
   */
  public Seat join() {
    synchronized (lock) {
      seats++;
    }
    return new Seat();
  }

  @Override
  public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
      throws InterruptedException {
    Wait wait = new Wait(signal, deadline(atMost), exchanging);
    synchronized (lock) {
      waits.add(wait);
    }
    try {
      while (true) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (signal.tryAcquire()) {
          return answered();
        }
        if (move()) {
          continue;
        }
        if (nanos >= wait.deadline) {
          return false;
        }
        // Another thread has to do something first; look at the clock again in a moment.
        if (signal.tryAcquire(1, TimeUnit.MILLISECONDS)) {
          return answered();
        }
      }
    } finally {
      synchronized (lock) {
        waits.remove(wait);
      }
    }
  }

  private long deadline(Duration atMost) {
    long now = nanos;
    return atMost.compareTo(Duration.ofNanos(Long.MAX_VALUE - now)) > 0
        ? Long.MAX_VALUE
        : now + atMost.toNanos();
  }

  private boolean answered() {
    synchronized (lock) {
      standingSince = NOT_STANDING;
    }
    return true;
  }

  /** Runs the next event or moves to the next deadline; {@code false} when time has to stand. */
  private boolean move() {
    Event event;
    synchronized (lock) {
      if (eventRuns || waits.size() < seats || anyIsWoken()) {
        return false;
      }
      long next = waits.stream().mapToLong(wait -> wait.deadline).min().orElse(nanos);
      event = events.peek();
      boolean eventFirst = event != null && event.due <= next;
      long to = eventFirst ? event.due : next;
      if (!eventFirst && (to <= nanos || standsStill())) {
        return false;
      }
      nanos = Math.max(nanos, to);
      if (!eventFirst) {
        return true;
      }
      events.remove();
      eventRuns = true;
    }
    try {
      event.action.run();
    } finally {
      synchronized (lock) {
        eventRuns = false;
      }
    }
    return true;
  }

  /** Returns whether a thread has been woken, and only has to notice it. */
  private boolean anyIsWoken() {
    for (Wait wait : waits) {
      if (wait.signal.availablePermits() > 0) {
        return true;
      }
    }
    return false;
  }

  private boolean standsStill() {
    if (virtualExchanges > 0 || waits.stream().noneMatch(wait -> wait.exchanging)) {
      return false;
    }
    long realNow = System.nanoTime();
    if (standingSince == NOT_STANDING) {
      standingSince = realNow;
    }
    return realNow - standingSince < patience.toNanos();
  }

  /** Returns the clock for exchanges that live in virtual time. */
  ExchangeClock exchangeClock() {
    return new ExchangeClock() {
      @Override
      public void begins(CompletableFuture<?> exchange) {
        exchanging(exchange);
      }

      @Override
      public void later(Duration delay, Runnable action) {
        schedule(delay, action);
      }
    };
  }

  /**
   * Notes an exchange that lives in virtual time, so that the clock does not stand still for it.
   */
  private void exchanging(CompletableFuture<?> exchange) {
    synchronized (lock) {
      virtualExchanges++;
    }
    var unused =
        exchange.whenComplete(
            (done, failure) -> {
              synchronized (lock) {
                virtualExchanges--;
              }
            });
  }

  /** Returns where the clock stands. */
  @Override
  public String toString() {
    return "VirtualTime[" + now() + ", waited " + waited() + "]";
  }
}
