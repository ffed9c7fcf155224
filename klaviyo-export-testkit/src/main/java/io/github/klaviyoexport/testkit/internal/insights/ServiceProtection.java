package io.github.klaviyoexport.testkit.internal.insights;

import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Dataverse's limit on the requests of one user to one server: so many in five minutes. */
final class ServiceProtection {
  private static final Duration WINDOW = Duration.ofMinutes(5);

  private final TimeSource time;
  private final int requestsPerWindow;
  private final Deque<Long> taken = new ArrayDeque<>();
  private int toRefuse;
  private Duration refusal = Duration.ZERO;

  ServiceProtection(TimeSource time, int requestsPerWindow) {
    this.time = time;
    this.requestsPerWindow = requestsPerWindow;
  }

  /** Refuses the next requests, which are told to wait so long. */
  synchronized void refuse(int requests, Duration retryAfter) {
    toRefuse = requests;
    refusal = retryAfter;
  }

  /** Takes a request; returns how long it is to wait, if it may not pass. */
  synchronized Optional<Duration> take() {
    if (toRefuse > 0) {
      toRefuse--;
      return Optional.of(refusal);
    }
    long now = time.nanoTime();
    while (!taken.isEmpty() && now - taken.peek() >= WINDOW.toNanos()) {
      taken.remove();
    }
    if (taken.size() >= requestsPerWindow) {
      return Optional.of(Duration.ofNanos(taken.peek() + WINDOW.toNanos() - now));
    }
    taken.add(now);
    return Optional.empty();
  }
}
