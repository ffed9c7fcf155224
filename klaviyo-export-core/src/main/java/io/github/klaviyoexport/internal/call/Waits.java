package io.github.klaviyoexport.internal.call;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The times at which calls waited for the quota: at most {@value #MOST} stretches, since an export
 * may wait thousands of times. Where there would be more, the two that lie closest become one.
 *
 * <p>Belongs to the export's thread.
 */
public final class Waits {
  static final int MOST = 60;

  private final Instant origin;
  private final List<Stretch> stretches = new ArrayList<>();

  /** A stretch of time, counted from the beginning, and how much of it was waited. */
  private record Stretch(long from, long until, long waited) {}

  /**
   * A stretch of time in which calls waited for the quota, the whole of it or not.
   *
   * @param waited how much of it at least one call waited
   */
  public record Wait(Instant from, Instant until, Duration waited) {}

  /**
   * Creates the waits of an export that has not waited yet.
   *
   * @param origin when it began; one reading of the wall clock, so that putting that back moves
   *     nothing
   */
  Waits(Instant origin) {
    this.origin = origin;
  }

  /** Adds a wait that began and ended so many nanoseconds after the beginning. */
  void add(long from, long until) {
    if (until > from) {
      stretches.add(new Stretch(from, until, until - from));
      if (stretches.size() > MOST) {
        joinClosest();
      }
    }
  }

  private void joinClosest() {
    int closest = 0;
    for (int i = 1; i < stretches.size() - 1; i++) {
      if (gap(i) < gap(closest)) {
        closest = i;
      }
    }
    Stretch first = stretches.get(closest);
    Stretch second = stretches.remove(closest + 1);
    stretches.set(closest, new Stretch(first.from, second.until, first.waited + second.waited));
  }

  private long gap(int i) {
    return stretches.get(i + 1).from - stretches.get(i).until;
  }

  /** Returns them, in the order of time. */
  List<Wait> list() {
    return stretches.stream()
        .map(
            stretch ->
                new Wait(
                    origin.plusNanos(stretch.from),
                    origin.plusNanos(stretch.until),
                    Duration.ofNanos(stretch.waited)))
        .toList();
  }
}
