package io.github.klaviyoexport.internal.listen;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A task that is handed to an executor, and begins once at most.
 *
 * <p>An executor that drops its task says so to no one: it discards what it cannot take, is shut
 * down, or the task was wrapped in a future that is cancelled. But then nothing holds the task any
 * more, and what nothing holds can never run: the garbage collector tells. Safe for use by many
 * threads.
 */
public final class HandedTask {
  private static final Cleaner CLEANER = Cleaner.create();

  private final AtomicBoolean begun = new AtomicBoolean();
  private final Runnable dropped;

  /**
   * Creates a task that is to be handed over.
   *
   * @param dropped is done once it is known that the executor has dropped the task, unless it has
   *     {@linkplain #begin begun} before
   */
  public HandedTask(Runnable dropped) {
    this.dropped = dropped;
  }

  /** Begins the task; returns whether that is for the caller to do, which it is once. */
  public boolean begin() {
    return begun.compareAndSet(false, true);
  }

  /**
   * Hands the task to an executor, which may throw anything, and run the task all the same.
   *
   * @param work is what the executor is to do, unless the task is begun elsewhere
   */
  public void handTo(Executor executor, Runnable work) {
    Handed handed = new Handed(this, work);
    var unused = CLEANER.register(handed, this::dropOnThreadOfItsOwn);
    executor.execute(handed);
    if (executor instanceof ExecutorService service && service.isTerminated()) {
      drop();
    }
  }

  private void drop() {
    if (begin()) {
      dropped.run();
    }
  }

  /** Ends a task that was dropped elsewhere, so that it keeps no other from being known. */
  private void dropOnThreadOfItsOwn() {
    if (!begun.get()) {
      Thread thread = new Thread(this::drop, "klaviyo-export-dropped");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** What the executor holds; the task itself does not know it. */
  private static final class Handed implements Runnable {
    private final HandedTask task;
    private final Runnable work;

    Handed(HandedTask task, Runnable work) {
      this.task = task;
      this.work = work;
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
}
