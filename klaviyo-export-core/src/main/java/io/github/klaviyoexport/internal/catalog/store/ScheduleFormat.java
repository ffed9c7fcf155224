package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.UnreadableException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The format of schedules, by themselves and in saved exports. */
final class ScheduleFormat {
  private ScheduleFormat() {}

  static void write(Schedule schedule, ObjectNode to) {
    to.put("every_refresh", schedule.isEveryRefresh());
    schedule
        .zone()
        .ifPresent(
            zone -> {
              to.put("zone", zone.getId());
              ArrayNode days = to.putArray("days");
              schedule.days().stream().sorted().forEach(day -> days.add(day.name()));
              ArrayNode times = to.putArray("times");
              schedule.times().forEach(time -> times.add(time.toString()));
            });
  }

  static Schedule read(JsonReader from) throws UnreadableException {
    Schedule schedule = Schedule.off();
    ZoneId zone = from.zoneOrNull("zone");
    if (zone != null) {
      Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
      if (from.has("days")) {
        days.addAll(from.values("days", DayOfWeek::valueOf));
      } else {
        days.addAll(EnumSet.allOf(DayOfWeek.class));
      }
      List<LocalTime> times = from.values("times", LocalTime::parse);
      schedule =
          from.madeOfAll(
              "it takes a day, and one to "
                  + Schedule.MAX_TIMES_A_DAY
                  + " times that are exact to the minute",
              () -> KeptSchedule.weekly(zone, days, times.toArray(LocalTime[]::new)));
    }
    return Boolean.TRUE.equals(from.flagOrNull("every_refresh"))
        ? schedule.andEveryRefresh()
        : schedule;
  }
}
