package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.Schedule;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The making of schedules that were kept before their zone had to be a region.
 *
 * <p>They run on as they were, and have to get a region when they are next changed. To make a new
 * one, {@link Schedule} has no method that would take such a zone.
 */
public final class KeptSchedule {
  private static volatile @Nullable Maker maker;

  private KeptSchedule() {}

  /** A maker of schedules that does not ask whether their zone is a region. */
  public interface Maker {
    /** Makes a schedule. */
    Schedule weekly(ZoneId zone, Set<DayOfWeek> days, LocalTime... times);
  }

  /** Says what makes such schedules; the class of schedules does so when it is loaded. */
  public static void madeBy(Maker schedules) {
    maker = schedules;
  }

  static Schedule weekly(ZoneId zone, Set<DayOfWeek> days, LocalTime... times) {
    Schedule.off(); // It is loaded now.
    return Objects.requireNonNull(maker).weekly(zone, days, times);
  }
}
