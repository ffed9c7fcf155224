package io.github.klaviyoexport.internal.catalog.store;

import java.time.ZoneId;
import java.util.Set;

/**
 * The rule for the time zone of a schedule: a region, whose clocks change when people's do, or UTC.
 *
 * <p>An offset such as {@code +02:00}, and an abbreviation such as {@code EST}, stand still in
 * summer, so that an export at six in the morning would run at seven for half of the year.
 */
public final class ScheduleZone {
  private static final Set<String> UTC = Set.of("UTC", "Etc/UTC");

  private ScheduleZone() {}

  /** Returns whether a schedule may be in a zone. */
  public static boolean isRegion(ZoneId zone) {
    String id = zone.getId();
    return UTC.contains(id)
        || id.indexOf('/') > 0 && !id.startsWith("Etc/") && !id.startsWith("SystemV/");
  }

  /** Returns what is wrong with a zone that is none for a schedule, in a sentence with advice. */
  public static String advice(String zone) {
    return "The time zone '"
        + zone
        + "' is no region, so it does not say when clocks change to summer time: use the IANA name"
        + " of a region, such as Europe/Helsinki or America/New_York, or UTC.";
  }
}
