package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;

/**
 * A thread that looks after a {@link Catalog}: it starts scheduled exports in time, tries failed
 * runs again, and takes over runs whose process has died.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="scheduler"}
 *
 * <p>It sleeps until something is due, at most a minute, and at most half the time after which runs
 * are {@linkplain Catalog.Builder#takeOverAfter taken over}. When the store fails it looks again
 * after a second, and after twice as long each time that it fails again, up to that long. Several
 * processes that share a store may each have one: nothing is run twice. If you have a cluster
 * scheduler, let that call {@link Catalog#runDue()} instead.
 */
public final class CatalogScheduler implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");
  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

  /** How long it pauses when something is due and could not be done, or could not be looked for. */
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_JOIN = Duration.ofSeconds(10);

  private final Catalog catalog;
  private final Semaphore signal = new Semaphore(0);
  private final Runnable waker = signal::release;
  private final Thread thread = new Thread(this::work, "klaviyo-catalog-scheduler");
  private final Duration longestSleep;
  private volatile boolean closed;

  private CatalogScheduler(Catalog catalog) {
    this.catalog = catalog;
    // A run that begins elsewhere must be seen while its first lease lasts, or it is taken over
    // late.
    this.longestSleep = shorter(catalog.lease().dividedBy(2), LONGEST_SLEEP);
    thread.setDaemon(true);
  }

  /** Starts looking after a catalog, on a daemon thread. */
  public static CatalogScheduler start(Catalog catalog) {
    CatalogScheduler scheduler = new CatalogScheduler(catalog);
    catalog.onChange(scheduler.waker);
    scheduler.thread.start();
    return scheduler;
  }

  private void work() {
    Duration pause = SHORTEST_PAUSE;
    while (!closed) {
      Duration sleep = pause;
      pause = shorter(pause.multipliedBy(2), longestSleep);
      try {
        sleep = look();
        pause = SHORTEST_PAUSE;
      } catch (CatalogException failure) {
        if (failure.reason() == CatalogException.Reason.CLOSED) {
          return;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "The scheduler could not look for what is due ({0}); it tries again in {1}.",
            failure.reason(),
            InWords.duration(sleep));
      } catch (Throwable fault) {
        LOG.log(
            System.Logger.Level.ERROR,
            "The scheduler failed where it should not; it tries again in "
                + InWords.duration(sleep)
                + ".",
            UnquotedFailure.of(fault));
      }
      try {
        if (waits(sleep)) {
          signal.drainPermits();
        }
      } catch (InterruptedException interrupt) {
        return;
      }
    }
  }

  /** Starts what is due; returns how long to sleep then. */
  private Duration look() {
    catalog.runDue();
    Instant now = catalog.time().now();
    Duration untilDue =
        catalog.nextDue().map(due -> Duration.between(now, due)).orElse(longestSleep);
    // What is due and could not be done is looked at again, but not without a pause.
    return untilDue.isNegative() ? SHORTEST_PAUSE : shorter(untilDue, longestSleep);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Waits by the catalog's clock, or by the machine's if that fails; returns whether woken. */
  private boolean waits(Duration atMost) throws InterruptedException {
    try {
      return catalog.time().await(signal, atMost, false);
    } catch (InterruptedException interrupt) {
      throw interrupt;
    } catch (Throwable fault) {
      return TimeSource.system().await(signal, atMost, false);
    }
  }

  /**
   * Stops looking, and waits until the thread has ended, up to ten seconds. Runs that are going on
   * go on. A listener may call it too: on the thread itself it waits for nothing.
   */
  @Override
  public void close() {
    closed = true;
    catalog.notOnChange(waker);
    signal.release();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      // Not for ever: it may be what waits for this, by System.exit() in a listener.
      thread.join(LONGEST_JOIN.toMillis());
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
    }
  }
}
