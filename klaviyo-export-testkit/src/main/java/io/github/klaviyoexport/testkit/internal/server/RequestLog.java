package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ErrorSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The requests that reached the fake, the last of them if there were very many. */
public final class RequestLog {
  static final int MOST = 100_000;

  private static final int MOST_RECENT = 100;
  private static final int MOST_FAILED = 50;
  private static final int TOO_MANY = 429;

  private final Deque<RecordedRequest> requests = new ArrayDeque<>();
  private final Deque<Entry> recent = new ArrayDeque<>();
  // Apart, so that polling does not push out what went wrong.
  private final Deque<Entry> failed = new ArrayDeque<>();
  private long arrivals;
  private long rateLimited;
  private long rateLimitedByScript;

  /** A request, and what was wrong with it. */
  record Entry(RecordedRequest request, ErrorSummary errors) {
    private long number() {
      return request.number();
    }

    private boolean isFailed() {
      return request.status() == 0 || request.status() >= 400;
    }
  }

  synchronized long arrival() {
    return ++arrivals;
  }

  /** Returns how many requests were answered with 429. */
  synchronized long rateLimited() {
    return rateLimited;
  }

  /** Returns how many of these were scripted. */
  synchronized long rateLimitedByScript() {
    return rateLimitedByScript;
  }

  /** Returns how many requests arrived. */
  public synchronized long size() {
    return arrivals;
  }

  synchronized void add(RecordedRequest request, ErrorSummary errors) {
    Entry entry = new Entry(request, errors);
    add(requests, request, MOST);
    add(recent, entry, MOST_RECENT);
    if (entry.isFailed()) {
      add(failed, entry, MOST_FAILED);
    }
    if (request.status() == TOO_MANY) {
      rateLimited++;
      rateLimitedByScript += request.fault() == null ? 0 : 1;
    }
  }

  private static <T> void add(Deque<T> last, T one, int most) {
    if (last.size() == most) {
      last.remove();
    }
    last.add(one);
  }

  /** Returns the last requests and the last ones that failed, the newest first. */
  synchronized List<Entry> recent() {
    return Stream.concat(recent.stream(), failed.stream())
        .distinct()
        .sorted(Comparator.comparingLong(Entry::number).reversed())
        .toList();
  }

  /** Returns the requests in the order of arrival. */
  public synchronized List<RecordedRequest> all() {
    return requests.stream()
        .sorted((one, other) -> Long.compare(one.number(), other.number()))
        .toList();
  }

  /**
   * Returns the largest number of calls of one operation within any stretch of time of that length.
   */
  public int most(Operation operation, Duration within) {
    return most(
        all().stream()
            .filter(request -> request.operation() == operation)
            .map(RecordedRequest::at)
            .toList(),
        within);
  }

  private static int most(List<Instant> times, Duration within) {
    Deque<Instant> window = new ArrayDeque<>();
    int most = 0;
    for (Instant time : times.stream().sorted().toList()) {
      while (!window.isEmpty() && !window.element().plus(within).isAfter(time)) {
        window.remove();
      }
      window.add(time);
      most = Math.max(most, window.size());
    }
    return most;
  }

  /** Returns where the calls were more than a quota allows, in words. */
  public List<String> exceededQuotas() {
    Map<OperationQuota, List<Instant>> times = new HashMap<>();
    for (RecordedRequest request : all()) {
      for (OperationQuota quota : quotas(request)) {
        times.computeIfAbsent(quota, none -> new ArrayList<>()).add(request.at());
      }
    }
    List<String> exceeded = new ArrayList<>();
    for (OperationQuota quota : OperationQuota.ALL) {
      for (OperationQuota.Limit limit : quota.limits()) {
        int most = most(times.getOrDefault(quota, List.of()), Duration.ofSeconds(limit.seconds()));
        if (most > limit.calls()) {
          exceeded.add(
              InWords.count(most, "call")
                  + (" of " + quota.name(quota.operation().name()))
                  + (" within a " + limit.unit() + "; allowed: " + limit.calls()));
        }
      }
    }
    return exceeded;
  }

  private static List<OperationQuota> quotas(RecordedRequest request) {
    Operation operation = request.operation();
    if (operation == null) {
      return List.of();
    }
    try {
      return OperationQuota.of(operation, request.query());
    } catch (ApiErrorException unreadable) {
      return OperationQuota.of(operation, "");
    }
  }
}
