package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A source of one segment that does what sources do on a bad day: it fails, blocks, is slow, or
 * changes between two readings.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.FakeSourceTest" region="example"}
 *
 * <p>What is said of it holds for all readers, those that are open too, until it {@linkplain
 * #recovers() recovers}. Of several things that are to happen after the same number of profiles, a
 * slow source waits first, then it blocks, then it fails. {@link InMemorySegments} has segments in
 * memory on a good day, and {@link GeneratedProfiles} many of them.
 *
 * <p>Safe for use by many threads.
 */
public final class FakeSource implements ProfileSource {
  private static final long NEVER = Long.MAX_VALUE;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int DEEP = 40;
  private static final int LARGE = 200_000;

  private final Segment segment;
  private final List<List<CustomerProfile>> readings = new ArrayList<>();
  private TimeSource time = TimeSource.system();
  private Duration perProfile = Duration.ZERO;
  private @Nullable OptionalLong size;
  private boolean closedDoor;
  private long failsAfter = NEVER;
  private long throwsAfter = NEVER;
  private Supplier<? extends RuntimeException> thrown = IllegalStateException::new;
  private long blocksAfter = NEVER;
  private boolean deaf;
  private int blocked;
  private int opened;
  private int open;
  private long read;

  private FakeSource(Segment segment, List<CustomerProfile> profiles) {
    this.segment = segment;
    readings.add(profiles);
  }

  /**
   * Creates a source with one segment, which nothing is wrong with.
   *
   * @throws IllegalArgumentException if the name cannot be a segment's
   */
  public static FakeSource of(String segment, CustomerProfile... profiles) {
    return new FakeSource(Segment.named(segment), List.copyOf(Arrays.asList(profiles)));
  }

  /**
   * Has the segment changed by the next reading, and so on with each call: a reader yields what the
   * segment holds when it is opened. The last change lasts.
   */
  public synchronized FakeSource then(CustomerProfile... profiles) {
    readings.add(List.copyOf(Arrays.asList(profiles)));
    return this;
  }

  /**
   * Adds customers with whom something is odd to what is read last: each has an address of its own
   * in the given field, and in the field {@code Odd} a value that cannot be sent as it is, or that
   * programs stumble over. Their ids say what it is: {@code odd-not-a-number}, {@code
   * odd-half-a-character}, {@code odd-too-deep}, {@code odd-too-large}, {@code odd-type}, {@code
   * odd-unreadable-value}; the profile of {@code odd-unreadable} cannot be read at all.
   */
  public synchronized FakeSource withOddCustomers(String emailField) {
    Map<String, @Nullable Object> odd = new LinkedHashMap<>();
    odd.put("odd-not-a-number", Double.NaN);
    odd.put("odd-half-a-character", "half \uD83D");
    odd.put("odd-too-deep", nested());
    odd.put("odd-too-large", "x".repeat(LARGE));
    odd.put("odd-type", new Object());
    odd.put("odd-unreadable-value", Unreadable.because("it is odd"));
    List<CustomerProfile> all = new ArrayList<>(readings.get(readings.size() - 1));
    odd.forEach(
        (id, value) ->
            all.add(
                Customer.of(id)
                    .field(emailField, id + "@shop.example")
                    .field("Odd", value)
                    .profile()));
    all.add(CustomerProfile.unreadable("odd-unreadable", Unreadable.because("it is odd")));
    readings.set(readings.size() - 1, List.copyOf(all));
    return this;
  }

  private static Object nested() {
    Object value = "deep down";
    for (int i = 0; i < DEEP; i++) {
      value = List.of(value);
    }
    return value;
  }

  /** Sets the clock that a slow source waits by. By default it is the machine's. */
  public synchronized FakeSource time(TimeSource time) {
    this.time = Objects.requireNonNull(time, "time: pass a clock, such as VirtualTime.create().");
    return this;
  }

  /** Has each profile take so long, by the source's clock. */
  public synchronized FakeSource slow(Duration each) {
    Objects.requireNonNull(each, "each: pass how long a profile takes.");
    if (each.isNegative()) {
      throw new IllegalArgumentException("A profile cannot take " + each + ": pass zero or more.");
    }
    perProfile = each;
    return this;
  }

  /** Has the segment not open, with an {@link IOException}. */
  public synchronized FakeSource failsToOpen() {
    closedDoor = true;
    return this;
  }

  /** Has readers fail after so many profiles, with an {@link IOException}. */
  public synchronized FakeSource failsAfter(long profiles) {
    failsAfter = notNegative(profiles);
    return this;
  }

  /** Has readers throw after so many profiles what no reader should throw. */
  public synchronized FakeSource throwsAfter(
      long profiles, Supplier<? extends RuntimeException> failure) {
    thrown = Objects.requireNonNull(failure, "failure: pass what makes the exception to throw.");
    throwsAfter = notNegative(profiles);
    return this;
  }

  /**
   * Has readers block after so many profiles, until the source {@linkplain #recovers() recovers};
   * one that is interrupted fails.
   */
  public synchronized FakeSource blocksAfter(long profiles) {
    blocksAfter = notNegative(profiles);
    deaf = false;
    return this;
  }

  /**
   * Has readers block as {@link #blocksAfter} says, and not heed interrupts, as some drivers do.
   */
  public synchronized FakeSource blocksUninterruptedAfter(long profiles) {
    blocksAfter(profiles);
    deaf = true;
    return this;
  }

  /** Has readers not know how many profiles there are. By default they do. */
  public synchronized FakeSource sizeUnknown() {
    size = OptionalLong.empty();
    return this;
  }

  /** Has readers say that there are so many profiles, whether that is true or not. */
  public synchronized FakeSource claimsSize(long profiles) {
    size = OptionalLong.of(notNegative(profiles));
    return this;
  }

  private static long notNegative(long profiles) {
    if (profiles < 0) {
      throw new IllegalArgumentException(
          "There cannot be " + profiles + " profiles: pass 0 or more.");
    }
    return profiles;
  }

  /** Has nothing wrong with the source from now on; readers that are blocked go on. */
  public synchronized FakeSource recovers() {
    closedDoor = false;
    failsAfter = NEVER;
    throwsAfter = NEVER;
    blocksAfter = NEVER;
    perProfile = Duration.ZERO;
    notifyAll();
    return this;
  }

  /**
   * Waits until a reader is blocked, in real time, so that a test can go on from there.
   *
   * @throws IllegalStateException if none is within a minute, or this thread is interrupted
   */
  public synchronized FakeSource awaitBlocked() {
    long until = TimeSource.system().nanoTime() + PATIENCE.toNanos();
    try {
      while (blocked == 0) {
        long left = until - TimeSource.system().nanoTime();
        if (left <= 0) {
          throw new IllegalStateException(
              "No reader was blocked within a minute: say blocksAfter(...), and begin the export.");
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return this;
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Interrupted while waiting for a reader to block.", interrupt);
    }
  }

  /** Returns how many readers have been opened so far. */
  public synchronized int openedReaders() {
    return opened;
  }

  /** Returns how many readers are open now; 0 when every export has closed what it opened. */
  public synchronized int openReaders() {
    return open;
  }

  /** Returns how many profiles all readers together have yielded so far. */
  public synchronized long readProfiles() {
    return read;
  }

  @Override
  public synchronized ProfileReader open(Segment wanted) throws IOException {
    if (!wanted.equals(segment)) {
      throw new IOException(
          "This source has no segment " + wanted + ", only " + segment + ": ask for that.");
    }
    if (closedDoor) {
      throw new IOException("Segment " + segment + " does not open, as the source was told.");
    }
    List<CustomerProfile> profiles = readings.get(Math.min(opened, readings.size() - 1));
    opened++;
    open++;
    return new Reader(profiles);
  }

  /** Returns the segment and how many readers are open; no profile. */
  @Override
  public synchronized String toString() {
    return "FakeSource[" + segment + ", " + InWords.count(open, "open reader") + "]";
  }

  private @Nullable CustomerProfile next(Reader reader) throws IOException {
    pause();
    synchronized (this) {
      if (reader.closed) {
        throw new IllegalStateException("This reader is closed: read before closing it.");
      }
      block(reader);
      if (reader.yielded >= throwsAfter) {
        throw thrown.get();
      }
      if (reader.yielded >= failsAfter) {
        throw new IOException(
            "The segment failed after "
                + InWords.count(reader.yielded, "profile")
                + ", as the source was told.");
      }
      if (reader.yielded == reader.profiles.size()) {
        return null;
      }
      read++;
      return reader.profiles.get(reader.yielded++);
    }
  }

  /** Lets the time pass that a profile takes; without the lock, which others need meanwhile. */
  private void pause() throws IOException {
    TimeSource clock;
    Duration each;
    synchronized (this) {
      clock = time;
      each = perProfile;
    }
    if (each.isZero()) {
      return;
    }
    try {
      var unused = clock.await(new Semaphore(0), each, false);
    } catch (InterruptedException interrupt) {
      throw interrupted();
    }
  }

  private void block(Reader reader) throws IOException {
    if (reader.yielded < blocksAfter) {
      return;
    }
    blocked++;
    notifyAll();
    boolean interrupted = false;
    try {
      while (reader.yielded >= blocksAfter) {
        try {
          wait();
        } catch (InterruptedException interrupt) {
          if (!deaf) {
            throw interrupted();
          }
          interrupted = true;
        }
      }
    } finally {
      blocked--;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("The reading was interrupted.");
  }

  private final class Reader implements ProfileReader {
    private final List<CustomerProfile> profiles;
    private int yielded;
    private boolean closed;

    Reader(List<CustomerProfile> profiles) {
      this.profiles = Collections.unmodifiableList(profiles);
    }

    @Override
    public @Nullable CustomerProfile next() throws IOException {
      return FakeSource.this.next(this);
    }

    @Override
    public OptionalLong size() {
      synchronized (FakeSource.this) {
        return size == null ? OptionalLong.of(profiles.size()) : size;
      }
    }

    @Override
    public void close() {
      synchronized (FakeSource.this) {
        if (!closed) {
          closed = true;
          open--;
        }
      }
    }
  }
}
