package io.github.klaviyoexport.testkit.internal.server;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The clock by which exchanges without sockets take their time. */
public interface ExchangeClock {
  /** The machine's clock. */
  ExchangeClock REAL =
      new ExchangeClock() {
        @Override
        public void begins(CompletableFuture<?> exchange) {
          // Real time passes for everything alike.
        }

        @Override
        public void later(Duration delay, Runnable action) {
          // Not on the common pool: all its threads may be waiting for this very answer.
          CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
              .execute(action);
        }
      };

  /** Hears of an exchange, on the thread that sends it, before it is processed. */
  void begins(CompletableFuture<?> exchange);

  /** Runs an action after a while. */
  void later(Duration delay, Runnable action);
}
