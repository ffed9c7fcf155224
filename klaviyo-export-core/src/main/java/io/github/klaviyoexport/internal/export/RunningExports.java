package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.listen.HandedTask;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.SegmentReading;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The exports of one exporter that run or are about to: closing waits for them, and then releases
 * the way to Klaviyo.
 *
 * <p>Safe for use by many threads.
 */
public final class RunningExports {
  private static final Duration FOREVER = Duration.ofDays(36_500);

  /** How much longer than it waits for Klaviyo an export that is cancelled may take to end. */
  private static final Duration LEAVE = SegmentReading.PATIENCE.plusSeconds(1);

  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final KlaviyoAccess klaviyo;
  private final Executor executor;
  private final Set<RunningTask> running = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean released = new AtomicBoolean();

  /**
   * Creates a place for exports; none runs yet.
   *
   * @param klaviyo is closed with this
   * @param executor runs those that are started in the background
   */
  public RunningExports(KlaviyoAccess klaviyo, Executor executor) {
    this.klaviyo = klaviyo;
    this.executor = executor;
  }

  /**
   * Requires that this is not closed.
   *
   * @throws IllegalStateException if it is
   */
  public void requireOpen() {
    if (closed.get()) {
      throw closedAlready();
    }
  }

  private static IllegalStateException closedAlready() {
    return new IllegalStateException(
        "This exporter is closed: build another, or close it after the last export.");
  }

  /**
   * Takes an export, which is then to be {@linkplain #run run} or {@linkplain #start started}.
   *
   * @param session its session, if it is open already; closed when the export has run
   * @throws IllegalStateException if this is closed
   */
  public ExportTask take(ExportPlan plan, @Nullable RunSession session) {
    return took(new ExportTask(plan, session, null));
  }

  /**
   * Takes an export that is to stop before it sends anything if its segment is no longer what a
   * preview has shown.
   *
   * @throws IllegalStateException if this is closed
   */
  public ExportTask takePreviewed(ExportPlan plan, PreviewedSegment previewed) {
    return took(new ExportTask(plan, null, previewed));
  }

  /**
   * Looks at a plan's segment and list on this thread, and changes nothing.
   *
   * @throws io.github.klaviyoexport.ExportException if it stopped
   * @throws IllegalStateException if this is closed
   */
  public <T> T look(Look<T> look, ExportPlan plan) {
    LookTask<T> task = took(new LookTask<>(look, plan));
    task.begins();
    try {
      return task.run();
    } finally {
      forget(task);
    }
  }

  private <T extends RunningTask> T took(T task) {
    running.add(task);
    if (closed.get()) {
      forget(task);
      throw closedAlready();
    }
    return task;
  }

  /**
   * Runs an export on this thread.
   *
   * @param first is done before; if it fails, the export is not run
   * @throws io.github.klaviyoexport.ExportException if it stopped
   */
  public ExportReport run(ExportTask task, Runnable first) {
    task.begins();
    try {
      first.run();
      return task.run();
    } finally {
      forget(task);
    }
  }

  /**
   * Runs exports on this thread, one after the other; one that stops does not keep the others from
   * being run.
   *
   * @param <K> what tells them apart
   * @return the report of each, in their order
   * @throws IllegalStateException if this is closed
   */
  public <K> Map<K, ExportReport> runEach(Map<K, ExportPlan> plans) {
    Map<K, ExportTask> tasks = new LinkedHashMap<>();
    Map<K, ExportReport> reports = new LinkedHashMap<>();
    try {
      plans.forEach((key, plan) -> tasks.put(key, take(plan, null)));
      tasks.forEach(
          (key, task) -> {
            try {
              reports.put(key, run(task, () -> {}));
            } catch (ExportException stopped) {
              reports.put(key, stopped.report());
            }
          });
    } finally {
      tasks.values().forEach(this::forget);
    }
    return reports;
  }

  /**
   * Starts an export in the background. It ends as cancelled if the executor drops it, as soon as
   * that is known: because the executor has ended, or because nothing holds the task any more.
   *
   * @param work is executed there, and is to {@linkplain #run run} the export
   * @param unrun hears how the export ended, if it ends without having been run
   */
  public void start(ExportTask task, Runnable work, Consumer<ExportException> unrun) {
    HandedTask handed =
        task.handed(
            stopped -> {
              forget(task);
              unrun.accept(stopped);
            });
    try {
      handed.handTo(executor, work);
    } catch (Throwable refused) {
      if (handed.begin()) {
        forget(task);
      }
      throw refused;
    }
  }

  private void forget(RunningTask task) {
    lock.lock();
    try {
      running.remove(task);
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more exports, lets those that run come to their end, and releases the way to Klaviyo.
   * One that does not end when it is cancelled, since what it calls does not return, is left
   * behind.
   *
   * @param patience how long they may take; those that still run then are cancelled. An interrupt
   *     of this thread cancels them at once, and is not waited after.
   * @param grace how long those that are cancelled wait for Klaviyo to confirm what it has
   * @throws IllegalStateException if it is called from within an export, which would wait for
   *     itself
   */
  public void close(Duration patience, Duration grace) {
    Objects.requireNonNull(patience, "atMost");
    if (running.stream().anyMatch(task -> task.isRunBy(Thread.currentThread()))) {
      throw new IllegalStateException(
          "An export cannot close its exporter, since closing waits for the export to end: cancel"
              + " the export, and close the exporter from another thread.");
    }
    closed.set(true);
    try {
      if (!haveEnded(patience)) {
        cancelAll(grace);
        if (!haveEnded(grace.compareTo(FOREVER) < 0 ? grace.plus(LEAVE) : FOREVER)) {
          running.forEach(RunningExports::warnOf);
        }
      }
    } catch (InterruptedException interrupt) {
      cancelAll(grace);
      Thread.currentThread().interrupt();
    }
    if (released.compareAndSet(false, true)) {
      klaviyo.close();
    }
  }

  private void cancelAll(Duration grace) {
    running.forEach(task -> task.cancel("its exporter was closed; run it again", grace));
  }

  /** Says which export was left behind, and what it waits for. */
  private static void warnOf(RunningTask left) {
    Thread thread = left.runner();
    String waits =
        thread == null
            ? ""
            : Stream.of(thread.getStackTrace())
                .filter(frame -> !isOfTheJdk(frame))
                .findFirst()
                .map(RunningExports::withoutLoader)
                .map(frame -> ": thread " + thread.getName() + " has not returned from " + frame)
                .orElse("");
    LOG.log(
        System.Logger.Level.WARNING,
        "{0} did not end when it was cancelled, so its exporter was closed without it{1}. Let what"
            + " an export calls, such as a listener or a token supplier, return in time.",
        left.what(),
        waits);
  }

  private static boolean isOfTheJdk(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.");
  }

  private static StackTraceElement withoutLoader(StackTraceElement frame) {
    return new StackTraceElement(
        frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
  }

  /** Waits for all exports to end; returns whether they have. */
  private boolean haveEnded(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = atMost.compareTo(FOREVER) < 0 ? atMost.toNanos() : Long.MAX_VALUE;
      while (!running.isEmpty() && left > 0) {
        left = ended.awaitNanos(left);
      }
      return running.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
