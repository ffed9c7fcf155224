package io.github.klaviyoexport.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The requests that reached the fake, the last of them if there were very many. */
final class RequestLog {
  static final int MOST = 100_000;

  private final Deque<RecordedRequest> requests = new ArrayDeque<>();
  private long arrivals;

  synchronized long arrival() {
    return ++arrivals;
  }

  synchronized void add(RecordedRequest request) {
    if (requests.size() == MOST) {
      requests.remove();
    }
    requests.add(request);
  }

  /** In the order of arrival. */
  synchronized List<RecordedRequest> all() {
    return requests.stream()
        .sorted((one, other) -> Long.compare(one.number(), other.number()))
        .toList();
  }

  /** The largest number of calls of one operation within any stretch of time of that length. */
  int most(Operation operation, Duration within) {
    Deque<Instant> window = new ArrayDeque<>();
    int most = 0;
    List<Instant> times =
        all().stream()
            .filter(request -> request.operation() == operation)
            .map(RecordedRequest::at)
            .sorted()
            .toList();
    for (Instant time : times) {
      while (!window.isEmpty() && !window.element().plus(within).isAfter(time)) {
        window.remove();
      }
      window.add(time);
      most = Math.max(most, window.size());
    }
    return most;
  }
}
