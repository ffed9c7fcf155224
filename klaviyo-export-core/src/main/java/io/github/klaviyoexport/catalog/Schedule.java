package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.CatalogJson;
import io.github.klaviyoexport.internal.catalog.store.KeptSchedule;
import io.github.klaviyoexport.internal.catalog.store.ScheduleZone;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The times at which a saved export runs by itself.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="schedule"}
 *
 * <p>Times are wall-clock times in the schedule's zone, and each happens once on each of its days,
 * also when clocks change: a time that is skipped in spring happens as much later as the clocks
 * jump (2:30 becomes 3:30), and a time that comes twice in autumn happens the first time.
 *
 * <p>Immutable.
 */
public final class Schedule {
  /** How many times a day an export may run by schedule. */
  public static final int MAX_TIMES_A_DAY = 4;

  static {
    KeptSchedule.madeBy(Schedule::in);
  }

  private static final Schedule OFF = new Schedule(false, null, Set.of(), Set.of());

  private final boolean everyRefresh;
  private final @Nullable ZoneId zone;
  private final Set<DayOfWeek> days;
  private final List<LocalTime> times;

  private Schedule(
      boolean everyRefresh, @Nullable ZoneId zone, Set<DayOfWeek> days, Set<LocalTime> times) {
    this.everyRefresh = everyRefresh;
    this.zone = zone;
    this.days = Set.copyOf(days);
    this.times = List.copyOf(new TreeSet<>(times));
  }

  /** Returns the schedule of what never runs by itself: on demand only. */
  public static Schedule off() {
    return OFF;
  }

  /** Returns the schedule of what runs each time the host says that its segments are refreshed. */
  public static Schedule everyRefresh() {
    return OFF.andEveryRefresh();
  }

  /**
   * Returns a schedule of every day at up to four times.
   *
   * @param zone the IANA name of a region, {@code Europe/Helsinki} for example, or {@code UTC}
   * @throws IllegalArgumentException if there is no such zone or it is no region, if there is no
   *     time or a fifth, or a time finer than a minute
   */
  public static Schedule daily(String zone, LocalTime... times) {
    return weekly(zone, EnumSet.allOf(DayOfWeek.class), times);
  }

  /**
   * Returns a schedule of some days of the week, at up to four times.
   *
   * @param zone the IANA name of a region, {@code Europe/Helsinki} for example, or {@code UTC}
   * @throws IllegalArgumentException if there is no such zone or it is no region, if there is no
   *     day, no time or a fifth, or a time finer than a minute
   */
  public static Schedule weekly(String zone, Set<DayOfWeek> days, LocalTime... times) {
    return in(region(zone), days, times);
  }

  private static Schedule in(ZoneId zone, Set<DayOfWeek> days, LocalTime... times) {
    Set<LocalTime> different = new TreeSet<>(Arrays.asList(times));
    if (days.isEmpty()) {
      throw new IllegalArgumentException(
          "A weekly schedule needs a day: name at least one, or use Schedule.off().");
    }
    if (different.isEmpty()) {
      throw new IllegalArgumentException(
          "A schedule needs a time of day: name at least one, or use Schedule.off().");
    }
    if (different.size() > MAX_TIMES_A_DAY) {
      throw new IllegalArgumentException(
          "A schedule has at most "
              + MAX_TIMES_A_DAY
              + " times a day; "
              + different.size()
              + " were given: leave some out.");
    }
    for (LocalTime time : different) {
      if (!time.truncatedTo(ChronoUnit.MINUTES).equals(time)) {
        throw new IllegalArgumentException(
            "A schedule is exact to the minute; " + time + " is finer.");
      }
    }
    return new Schedule(false, zone, days, different);
  }

  private static ZoneId region(String zone) {
    try {
      ZoneId region = ZoneId.of(zone, ZoneId.SHORT_IDS);
      if (ScheduleZone.isRegion(region) && region.getId().equals(zone)) {
        return region;
      }
      throw new IllegalArgumentException(ScheduleZone.advice(zone));
    } catch (DateTimeException unknown) {
      throw new IllegalArgumentException(
          "There is no time zone '" + zone + "': use an IANA name, such as Europe/Helsinki or UTC.",
          unknown);
    }
  }

  /**
   * Reads a schedule from JSON, as {@link #toJson} writes it; what is left out is as in {@link
   * #off}, and days that are left out are all days. A zone that is no region is read, and refused
   * when an export is saved with it.
   *
   * @throws IllegalArgumentException as for {@link ConnectionDefinition#fromJson}
   */
  public static Schedule fromJson(String json) {
    return CatalogJson.schedule(json);
  }

  /**
   * Returns the schedule as JSON, an object, to be kept or sent; an {@link ExportDefinition} has it
   * in its own.
   */
  public String toJson() {
    return CatalogJson.write(this);
  }

  /** Returns this schedule, and every refresh too. */
  public Schedule andEveryRefresh() {
    return new Schedule(true, zone, days, Set.copyOf(times));
  }

  /** Returns whether the export ever runs by itself. */
  public boolean isActive() {
    return everyRefresh || !times.isEmpty();
  }

  /** Returns whether it runs with every refresh. */
  public boolean isEveryRefresh() {
    return everyRefresh;
  }

  /** Returns the zone of its times; empty when it has none. */
  public Optional<ZoneId> zone() {
    return Optional.ofNullable(zone);
  }

  /** Returns the days on which it runs by the clock; unmodifiable. */
  public Set<DayOfWeek> days() {
    return days;
  }

  /** Returns the times at which it runs by the clock, earliest first; unmodifiable. */
  public List<LocalTime> times() {
    return times;
  }

  /**
   * Returns the first moment after the given one at which it runs by the clock; empty if it never
   * does.
   *
   * @throws IllegalArgumentException if the moment is so early or late that no calendar has its day
   */
  public Optional<Instant> next(Instant after) {
    ZoneId where = zone;
    try {
      return where == null ? Optional.empty() : next(after, where);
    } catch (DateTimeException beyond) {
      throw new IllegalArgumentException(
          "There is no calendar for the days about " + after + ": ask for a moment of our time.",
          beyond);
    }
  }

  private Optional<Instant> next(Instant after, ZoneId where) {
    // From the day before: a time that clocks skip can happen on the day after its own.
    LocalDate day = after.atZone(where).toLocalDate().minusDays(1);
    Instant first = null;
    for (int i = 0; i <= 9; i++, day = day.plusDays(1)) {
      if (!days.contains(day.getDayOfWeek())) {
        continue;
      }
      for (LocalTime time : times) {
        Instant moment = ZonedDateTime.ofLocal(day.atTime(time), where, null).toInstant();
        if (moment.isAfter(after) && (first == null || moment.isBefore(first))) {
          first = moment;
        }
      }
    }
    return Optional.ofNullable(first);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Schedule that
        && everyRefresh == that.everyRefresh
        && Optional.ofNullable(zone).equals(Optional.ofNullable(that.zone))
        && days.equals(that.days)
        && times.equals(that.times);
  }

  @Override
  public int hashCode() {
    return days.hashCode() * 31 + times.hashCode() + (everyRefresh ? 1 : 0);
  }

  /** Returns the schedule in words. */
  @Override
  public String toString() {
    String clock =
        times.isEmpty()
            ? ""
            : (days.size() == 7
                    ? "daily"
                    : days.stream().sorted().map(DayOfWeek::name).collect(Collectors.joining(", ")))
                + " at "
                + times.stream().map(LocalTime::toString).collect(Collectors.joining(", "))
                + " ("
                + zone
                + ")";
    String refresh = everyRefresh ? "every refresh" : "";
    return clock.isEmpty() && refresh.isEmpty()
        ? "off"
        : clock + (clock.isEmpty() || refresh.isEmpty() ? "" : " and ") + refresh;
  }
}
