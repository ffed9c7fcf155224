package io.github.klaviyoexport.testkit.internal.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A quota as Klaviyo counts it: fixed windows, each beginning at a moment of its own, and a call
 * that is turned away draws from none of them.
 */
final class QuotaWindows {
  private final List<Window> windows = new ArrayList<>();
  private long refused;

  private static final class Window {
    final int limit;
    final int seconds;
    final long phase;
    long index = Long.MIN_VALUE;
    int used;
    int most;

    Window(int limit, int seconds, long phase) {
      this.limit = limit;
      this.seconds = seconds;
      this.phase = phase;
    }

    private long length() {
      return TimeUnit.SECONDS.toNanos(seconds);
    }

    void turnTo(long now) {
      long current = Math.floorDiv(now + phase, length());
      if (current != index) {
        index = current;
        used = 0;
      }
    }

    void draw() {
      used++;
      most = Math.max(most, used);
    }

    int left() {
      return limit - used;
    }

    long untilReset(long now) {
      return length() - Math.floorMod(now + phase, length());
    }
  }

  /** Creates a quota with these limits. */
  QuotaWindows(List<OperationQuota.Limit> limits, SplittableRandom random) {
    for (OperationQuota.Limit limit : limits) {
      long phase = random.nextLong(TimeUnit.SECONDS.toNanos(limit.seconds()));
      windows.add(new Window(limit.calls(), limit.seconds(), phase));
    }
  }

  /**
   * Draws one call from each quota, or from none.
   *
   * @return how long to wait in whole seconds when one of them is used up; empty when drawn
   */
  static OptionalLong draw(long now, List<QuotaWindows> quotas) {
    long wait = 0;
    for (QuotaWindows quota : quotas) {
      boolean full = false;
      for (Window window : quota.windows) {
        window.turnTo(now);
        if (window.left() <= 0) {
          wait = Math.max(wait, window.untilReset(now));
          full = true;
        }
      }
      quota.refused += full ? 1 : 0;
    }
    if (wait > 0) {
      return OptionalLong.of(TimeUnit.NANOSECONDS.toSeconds(wait + 999_999_999));
    }
    for (QuotaWindows quota : quotas) {
      quota.windows.forEach(Window::draw);
    }
    return OptionalLong.empty();
  }

  /** Returns what the quota looks like at that time. */
  QuotaUse use(String name, long now) {
    List<QuotaUse.Window> uses = new ArrayList<>();
    for (Window window : windows) {
      window.turnTo(now);
      uses.add(
          new QuotaUse.Window(
              window.limit,
              window.seconds,
              window.used,
              window.most,
              TimeUnit.NANOSECONDS.toMillis(window.untilReset(now))));
    }
    return new QuotaUse(name, refused, uses);
  }

  /** Returns the headers that tell how much is left, of the window that is closest to its end. */
  Map<String, String> headers(long now) {
    Window closest = windows.get(0);
    for (Window window : windows) {
      if (window.left() < closest.left()) {
        closest = window;
      }
    }
    StringBuilder limits = new StringBuilder().append(closest.limit);
    for (Window window : windows) {
      limits.append(", ").append(window.limit).append(";w=").append(window.seconds);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("RateLimit-Limit", limits.toString());
    headers.put("RateLimit-Remaining", String.valueOf(closest.left()));
    headers.put(
        "RateLimit-Reset", String.valueOf(TimeUnit.NANOSECONDS.toSeconds(closest.untilReset(now))));
    return headers;
  }
}
