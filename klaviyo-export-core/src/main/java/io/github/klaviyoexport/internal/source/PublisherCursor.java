package io.github.klaviyoexport.internal.source;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a publisher gives, of which it is asked for a few at a time.
 *
 * <p>A publisher that breaks the rules of {@code Flow} is cancelled, and the end is a message that
 * says which. One that gives on without end after that gets an exception, so that it ends too. No
 * foreign code is called while the lock is held.
 */
public final class PublisherCursor<T> implements ObjectCursor<T> {
  /** How many objects are there at most that are not read yet. */
  private static final int MOST_AHEAD = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<T> arrived = new ArrayDeque<>(MOST_AHEAD);
  private @Nullable Subscription subscription;

  /** How many objects were asked for and have not come. */
  private int awaited;

  private boolean ended;
  private boolean closed;
  private @Nullable Throwable failure;
  private @Nullable String broken;
  private @Nullable T current;

  private PublisherCursor() {}

  /** Returns a cursor that has subscribed to a publisher. */
  public static <T> ObjectCursor<T> of(Publisher<? extends T> publisher) {
    PublisherCursor<T> cursor = new PublisherCursor<>();
    try {
      publisher.subscribe(cursor.new Receiver());
    } catch (RuntimeException failure) {
      cursor.close();
      throw failure;
    }
    return cursor;
  }

  @Override
  public boolean advance() throws IOException {
    while (true) {
      Subscription asked = null;
      int count = 0;
      lock.lock();
      try {
        if (broken != null) {
          throw new IOException(
              "The publisher of the segment "
                  + broken
                  + ": use one that keeps to the rules of Flow.");
        }
        if (awaited + arrived.size() <= MOST_AHEAD / 2 && !ended && subscription != null) {
          asked = subscription;
          count = MOST_AHEAD - awaited - arrived.size();
          awaited += count;
        } else if (!arrived.isEmpty()) {
          current = arrived.poll();
          return true;
        } else if (failure != null) {
          throw failed(failure);
        } else if (ended) {
          current = null;
          return false;
        } else {
          changed.await();
        }
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("The wait for the publisher was interrupted.");
      } finally {
        lock.unlock();
      }
      if (asked != null) {
        ask(asked, count);
      }
    }
  }

  private void ask(Subscription asked, int count) {
    try {
      asked.request(count);
    } catch (RuntimeException failed) {
      broken("failed with " + failed.getClass().getName() + " when it was asked for more");
    }
  }

  private static IOException failed(Throwable failure) {
    return new IOException(
        "The publisher of the segment failed with " + failure.getClass().getName() + ".",
        WithoutMessage.of(failure));
  }

  @Override
  public @Nullable T current() {
    return current;
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    Subscription open;
    lock.lock();
    try {
      closed = true;
      arrived.clear();
      open = ended ? null : subscription;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.cancel();
    }
  }

  /** Notes which rule was broken first, and cancels the subscription; returns whether it is. */
  private boolean broken(String how) {
    Subscription open;
    boolean again;
    lock.lock();
    try {
      again = broken != null;
      broken = again ? broken : how;
      arrived.clear();
      open = subscription;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!again && open != null) {
      open.cancel();
    }
    return !again;
  }

  private final class Receiver implements Subscriber<T> {
    @Override
    public void onSubscribe(Subscription given) {
      if (given == null) {
        breaks("called onSubscribe with null");
      }
      required(given);
      boolean isLate;
      boolean isSecond;
      lock.lock();
      try {
        isLate = closed;
        isSecond = subscription != null;
        if (!isLate && !isSecond) {
          subscription = given;
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      if (isLate || isSecond) {
        given.cancel();
      }
      if (isSecond) {
        breaks("called onSubscribe twice");
      }
    }

    @Override
    public void onNext(T object) {
      String how = null;
      lock.lock();
      try {
        if (closed) {
          return;
        }
        how = rule(object);
        if (how == null) {
          awaited--;
          arrived.add(object);
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
      if (how != null) {
        breaks(how);
        required(object);
      }
    }

    private @Nullable String rule(@Nullable T object) {
      if (object == null) {
        return "gave null";
      }
      if (ended) {
        return "gave an object after its end";
      }
      if (subscription == null) {
        return "gave an object before it called onSubscribe";
      }
      return awaited == 0 ? "gave more objects than it was asked for" : null;
    }

    @Override
    public void onError(Throwable thrown) {
      end(thrown == null ? new NullPointerException("onError(null)") : thrown);
      required(thrown);
    }

    @Override
    public void onComplete() {
      end(null);
    }

    private void end(@Nullable Throwable thrown) {
      boolean isSecond;
      lock.lock();
      try {
        isSecond = ended && !closed;
        if (!ended) {
          ended = true;
          failure = thrown;
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
      if (isSecond) {
        breaks("ended twice");
      }
    }

    private void breaks(String how) {
      if (!broken(how)) {
        throw new IllegalStateException("The subscription is cancelled: give nothing more.");
      }
    }

    private <V> V required(@Nullable V given) {
      if (given == null) {
        throw new NullPointerException("Flow allows no null.");
      }
      return given;
    }
  }
}
