package io.github.klaviyoexport.internal.catalog.host;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Calls to a part of the host that a person or a run waits for, each on a thread of its own, which
 * is interrupted and left behind when it does not return.
 */
public final class HostCalls implements AutoCloseable {
  /** So often it is asked whether to go on waiting. */
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  private final String part;
  private final Duration patience;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /**
   * Creates the way to a part of the host.
   *
   * @param part what it is, without its article
   * @param patience how long an answer is waited for
   */
  HostCalls(String part, Duration patience) {
    this.part = part;
    this.patience = patience;
  }

  /**
   * Calls the part.
   *
   * @throws ExecutionException if the call throws
   * @throws TimeoutException if it does not return in time
   * @throws CatalogException if this is closed meanwhile, or the thread that waits is interrupted
   */
  <T> T call(Callable<T> call) throws ExecutionException, TimeoutException {
    return call(call, () -> true);
  }

  /**
   * Calls the part, and waits no longer than is wanted.
   *
   * @param goesOn whether the answer is still wanted; asked about each second
   * @throws CatalogException as {@link #call(Callable)}, and if the answer is no longer wanted
   */
  <T> T call(Callable<T> call, BooleanSupplier goesOn) throws ExecutionException, TimeoutException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(call.call());
              } catch (Throwable thrown) {
                answer.completeExceptionally(thrown);
              }
            },
            "klaviyo-catalog-" + part.replace(' ', '-'));
    thread.setDaemon(true);
    thread.start();
    try {
      await(CompletableFuture.anyOf(answer, closed), goesOn);
      if (closed.isDone()) {
        throw closed();
      }
      return answer.get();
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new CatalogException(
          Reason.INTERRUPTED,
          "The thread was interrupted while it asked the " + part + ".",
          interrupt);
    } finally {
      if (!answer.isDone()) {
        thread.interrupt();
      }
    }
  }

  private void await(CompletableFuture<Object> end, BooleanSupplier goesOn)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (long left = patience.toNanos(); ; left -= LOOK) {
      try {
        end.get(Math.min(left, LOOK), TimeUnit.NANOSECONDS);
        return;
      } catch (TimeoutException notYet) {
        if (left <= LOOK) {
          throw notYet;
        }
        if (!goesOn.getAsBoolean()) {
          throw new CatalogException(
              Reason.INTERRUPTED, "The " + part + " was not waited for any longer.", notYet);
        }
      }
    }
  }

  /** Returns the refusal of a catalog that is closed. */
  public static CatalogException closed() {
    return new CatalogException(
        Reason.CLOSED,
        "This catalog is closed, because its application stops: try again when that has started anew.");
  }

  /** Ends all calls that go on; there can be no more. */
  @Override
  public void close() {
    closed.complete(null);
  }
}
