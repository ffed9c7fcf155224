package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread on which the source of one run is asked for everything, from opening to closing, so
 * that the run can do without it when the source does not return.
 *
 * <p>The source is asked for a few profiles at a time, and only when they are wanted. Whatever it
 * throws is a {@link SourceFailure}. All methods are those of the run's thread.
 */
final class SourceThread {
  /** So many are read before it is looked how long that has taken. */
  private static final int LOOK_AGAIN = 64;

  /** So long a source is read from at once; a slow one gives fewer profiles at once. */
  private static final long LONG_NANOS = Duration.ofSeconds(1).toNanos();

  /** How long a call that has not returned may be about to, before it is interrupted. */
  private static final Duration ABOUT_TO_RETURN = Duration.ofMillis(200);

  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private static final AtomicLong THREADS = new AtomicLong();

  private final ProfileSource source;
  private final Segment segment;
  private final TimeSource time;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Task> tasks = new ArrayDeque<>();

  private final ReadProfiles profiles = new ReadProfiles();
  private boolean exhausted;
  private @Nullable SourceFailure failure;
  private @Nullable CompletableFuture<Void> news;
  private @Nullable Thread thread;
  private @Nullable Task current;
  private boolean stopped;
  private boolean interrupting;
  private boolean ending;
  private boolean left;

  /** The source's method that is being called, for messages. */
  private volatile String method = "";

  /** The thread's own, while it is busy. */
  private @Nullable ProfileReader reader;

  /** Written by the thread before an opening ends, and read after that. */
  private OpenedSegment opened;

  /** What the thread is to do. */
  private interface Task {
    void run() throws Throwable;
  }

  /** Creates a thread that begins with the first thing it is asked for. */
  SourceThread(ProfileSource source, Segment segment, TimeSource time) {
    this.source = source;
    this.segment = segment;
    this.time = time;
    this.opened = OpenedSegment.unknown(segment);
  }

  /** Returns whether this is that thread. */
  boolean is(Thread other) {
    lock.lock();
    try {
      return other == thread;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the name of the thread, for logs. */
  String name() {
    lock.lock();
    try {
      return thread == null ? "" : thread.getName();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the source's method that was called last. */
  String method() {
    return method;
  }

  /** Has the segment opened; to be called when what was read before is of no more interest. */
  void open(@Nullable String position) {
    lock.lock();
    try {
      profiles.clear();
      exhausted = false;
      failure = null;
      submit(() -> openAt(position));
    } finally {
      lock.unlock();
    }
  }

  /** Has the reader closed. */
  void close() {
    submit(this::closed);
  }

  /**
   * Has the next profiles read, when those that were read before are all taken.
   *
   * @param atMost how many, up to {@link ReadProfiles#MOST}; fewer are read of a slow source
   * @param withPositions whether it is asked for each where the reader stands behind it
   */
  void read(int atMost, boolean withPositions) {
    lock.lock();
    try {
      profiles.clear();
      submit(() -> readOn(atMost, withPositions));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the thread has done all that it was asked for.
   *
   * @return whether it has
   * @throws InterruptedException if the thread that waits is interrupted
   */
  boolean awaitIdle(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = atMost.toNanos();
      while (isBusy() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return !isBusy();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the thread has something to do. */
  boolean isBusy() {
    lock.lock();
    try {
      return !left && (current != null || !tasks.isEmpty());
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many profiles have been read and can be taken. */
  int filled() {
    lock.lock();
    try {
      return profiles.size();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether nothing comes behind the profiles that were read: the end, or a failure. */
  boolean hasEnded() {
    lock.lock();
    try {
      return exhausted || failure != null;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how the source has failed, behind the profiles that were read; if it has. */
  @Nullable SourceFailure failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the profiles that were read, of which {@link #filled} can be taken. */
  ReadProfiles profiles() {
    return profiles;
  }

  /** Returns what the source has said of the segment, when it is open. */
  OpenedSegment opened() {
    return opened;
  }

  /** Returns what is completed when the next profile, the end or a failure is there. */
  CompletableFuture<Void> news() {
    lock.lock();
    try {
      CompletableFuture<Void> awaited = new CompletableFuture<>();
      if (!isBusy()) {
        awaited.complete(null);
      } else {
        news = awaited;
      }
      return awaited;
    } finally {
      lock.unlock();
    }
  }

  /** Has nothing more read, and interrupts the source unless it is about to return. */
  void interrupt() {
    lock.lock();
    try {
      stopped = true;
      announce();
      if (!comesToRest(ABOUT_TO_RETURN)) {
        interruptNow();
      }
    } finally {
      lock.unlock();
    }
  }

  private void interruptNow() {
    if (current != null && thread != null) {
      interrupting = true;
      thread.interrupt();
    }
  }

  /**
   * Ends the thread, after it has closed what is open.
   *
   * @param patience how long the source may take for that before it is interrupted
   * @param rest how long it may take after an interrupt
   * @return whether it has ended; if not, it is left behind
   */
  boolean end(Duration patience, Duration rest) {
    lock.lock();
    try {
      if (thread == null) {
        return true;
      }
      ending = true;
      if (!isBusy() && reader == null) {
        changed.signalAll();
        return true;
      }
      submit(this::closed);
      if (!interrupting && !comesToRest(patience)) {
        interruptNow();
      }
      if (!comesToRest(rest)) {
        left = true;
        tasks.clear();
      }
      return !left;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for all tasks to be done, at most so long, and hardly if this thread is interrupted. */
  private boolean comesToRest(Duration atMost) {
    boolean interrupted = false;
    long nanos = atMost.toNanos();
    while (isBusy() && nanos > 0) {
      try {
        nanos = changed.awaitNanos(nanos);
      } catch (InterruptedException interrupt) {
        interrupted = true;
        nanos = Math.min(nanos, ABOUT_TO_RETURN.toNanos());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !isBusy();
  }

  private void submit(Task task) {
    lock.lock();
    try {
      if (thread == null) {
        Thread started =
            new Thread(this::serve, "klaviyo-export-source-" + THREADS.incrementAndGet());
        started.setDaemon(true);
        started.start();
        thread = started;
      }
      tasks.add(task);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // What follows runs on the thread.

  private void serve() {
    while (true) {
      Task task = awaitTask();
      if (task == null) {
        return;
      }
      SourceFailure failed = null;
      try {
        task.run();
      } catch (Throwable thrown) {
        failed = SourceFailure.of(thrown, method);
      }
      if (!finished(failed)) {
        // The run has ended without it, and it returned after all.
        closed();
        return;
      }
    }
  }

  private @Nullable Task awaitTask() {
    lock.lock();
    try {
      while (tasks.isEmpty()) {
        if (ending) {
          return null;
        }
        changed.awaitUninterruptibly();
      }
      current = tasks.poll();
      return current;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a task is done; returns whether the run is still there to hear of it. */
  private boolean finished(@Nullable SourceFailure failed) {
    lock.lock();
    try {
      current = null;
      boolean flag = Thread.interrupted();
      boolean ours = interrupting;
      interrupting = false;
      if (failed != null && failure == null) {
        failure = flag && !ours ? failed.interrupted() : failed;
      } else if (failure == null && flag && !ours) {
        failure = SourceFailure.interruption();
      }
      announce();
      if (tasks.isEmpty()) {
        changed.signalAll();
      }
      return !left;
    } finally {
      lock.unlock();
    }
  }

  private void announce() {
    CompletableFuture<Void> awaited = news;
    news = null;
    if (awaited != null) {
      awaited.complete(null);
    }
  }

  private void openAt(@Nullable String position) throws Throwable {
    closed();
    if (isStopped()) {
      return;
    }
    ProfileReader open;
    if (position != null && source instanceof PositionedSource positioned) {
      method = "openAt()";
      open = positioned.openAt(segment, position);
    } else {
      method = "open()";
      open = source.open(segment);
    }
    reader = required(open);
    method = "size()";
    OptionalLong told = required(open.size());
    OptionalLong size = told.orElse(-1) >= 0 ? told : OptionalLong.empty();
    method = "fields()";
    Optional<FieldNames> fields = required(open.fields());
    method = "isWhole()";
    boolean whole = open.isWhole();
    method = "isSortedByEmail()";
    boolean sorted = open.isSortedByEmail();
    List<Segment> parts = open instanceof PartedReader several ? several.parts() : List.of(segment);
    opened = new OpenedSegment(size, fields, whole, sorted, parts);
  }

  private void readOn(int atMost, boolean withPositions) throws Throwable {
    ProfileReader open = required(reader);
    long begun = time.nanoTime();
    for (int i = 0; i < atMost; i++) {
      if (i > 0 && i % LOOK_AGAIN == 0 && time.nanoTime() - begun > LONG_NANOS) {
        return;
      }
      method = "next()";
      CustomerProfile profile = open.next();
      String position = null;
      if (profile != null && withPositions) {
        method = "position()";
        position = required(open.position()).orElse(null);
      }
      int part = open instanceof PartedReader several ? several.part() : 0;
      if (!offered(profile, position, part)) {
        return;
      }
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  /** Hands a profile over; returns whether there may be more. */
  private boolean offered(@Nullable CustomerProfile profile, @Nullable String position, int part) {
    lock.lock();
    try {
      if (stopped || left) {
        return false;
      }
      if (profile == null) {
        exhausted = true;
        // What it holds, a connection perhaps, is not kept until Klaviyo has confirmed all.
        tasks.addFirst(this::closed);
        return false;
      }
      profiles.add(profile, position, part);
      announce();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void closed() {
    ProfileReader open = reader;
    reader = null;
    if (open != null) {
      method = "close()";
      try {
        open.close();
      } catch (Throwable unclosed) {
        LOG.log(
            System.Logger.Level.WARNING,
            "The reader of segment {0} did not close ({1}); the export is not affected.",
            segment,
            unclosed.getClass().getName());
      }
      // An interrupt that is left from closing says nothing of what was read before.
      boolean unused = Thread.interrupted();
    }
  }

  private static <T> T required(@Nullable T given) throws SourceFailure {
    if (given == null) {
      throw SourceFailure.nothing();
    }
    return given;
  }
}
