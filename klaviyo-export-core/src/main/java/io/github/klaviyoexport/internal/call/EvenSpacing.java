package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.time.TimeSource;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;

/**
 * Permits that are spaced evenly, one per period. It says how long to wait for each, and does not
 * wait itself. Its quota sees to it that one thread asks at a time.
 */
interface EvenSpacing {
  /** Takes the next permit, and returns how many nanoseconds from now it is due. */
  long reserve();

  /**
   * Returns spacing by the given clock: resilience4j's if it takes a clock, as it does from 2.4.0
   * on, and else our own. Spring Cloud brings older versions.
   */
  static EvenSpacing of(Duration period, String name, TimeSource time) {
    try {
      return limiter(period, name, time)::reservePermission;
    } catch (NoSuchMethodError takesNoClock) {
      return counted(period, time);
    }
  }

  /** Returns a limiter of resilience4j 2.4.0 or later that grants one permit per period. */
  static RateLimiter limiter(Duration period, String name, TimeSource time) {
    return RateLimiter.of(
        name,
        RateLimiterConfig.custom()
            .limitForPeriod(1)
            .limitRefreshPeriod(period)
            .timeoutDuration(Duration.ofDays(1))
            .build(),
        time::nanoTime);
  }

  /** Returns spacing that takes nothing of resilience4j. */
  static EvenSpacing counted(Duration period, TimeSource time) {
    return new EvenSpacing() {
      private long due = time.nanoTime();

      @Override
      public long reserve() {
        long now = time.nanoTime();
        long wait = Math.max(0, due - now);
        due = now + wait + period.toNanos();
        return wait;
      }
    };
  }
}
