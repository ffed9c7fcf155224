package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The format of saved exports. */
final class ExportFormat extends CatalogFormat<SavedExportData> {
  private static final ExportDefinition USUAL = ExportDefinition.named("usual");

  ExportFormat() {
    super(Kind.EXPORT);
  }

  @Override
  public String id(SavedExportData value) {
    return value.id();
  }

  @Override
  public long version(SavedExportData value) {
    return value.version();
  }

  @Override
  void write(SavedExportData value, ObjectNode to) {
    ExportDefinition definition = value.definition();
    to.put("name", definition.name());
    put(to, "connection", definition.connection());
    put(to, "detached_from", value.detachedFrom());
    put(to, "list_asked_by_id", definition.listId());
    put(to, "list_asked_by_name", definition.listName());
    to.put("list", value.list().value());
    to.put("list_name", value.listName());
    ArrayNode segments = to.putArray("segments");
    definition.segments().forEach(segment -> segments.add(segment.name()));
    if (definition.mapping() != null) {
      MappingFormat.write(definition.mapping(), to.putObject("mapping"));
    }
    to.put("mode", definition.mode().name());
    to.put("max_leavers", definition.maxLeavers());
    to.put("limit", definition.limit());
    writeChosen(definition, to);
    write(definition.schedule(), to.putObject("schedule"));
    to.put("scheduled_since", value.scheduledSince().toString());
    to.put("changed_by", value.changedBy());
    to.put("changed_at", value.changedAt().toString());
  }

  /** Writes what is not as by default, so that versions that do not know it read all others. */
  private static void writeChosen(ExportDefinition definition, ObjectNode to) {
    if (definition.maxUnreadable() != ExportRules.MAX_UNREADABLE) {
      to.put("max_unreadable", definition.maxUnreadable());
    }
    definition.maxRejected().ifPresent(share -> to.put("max_rejected", share));
    if (definition.maxSizeChange() != ExportRules.MAX_SIZE_CHANGE) {
      to.put("max_size_change", definition.maxSizeChange());
    }
    if (!definition.maxWaitForPriorJobs().equals(USUAL.maxWaitForPriorJobs())) {
      to.put("max_wait_for_prior_jobs", definition.maxWaitForPriorJobs().toString());
    }
    if (definition.sending() != Sending.EVERYTHING) {
      to.put("sending", definition.sending().name());
    }
  }

  private static void write(Schedule schedule, ObjectNode to) {
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

  @Override
  SavedExportData read(JsonReader from, String id, long version) throws UnreadableException {
    checkFormat(from);
    ExportDefinition definition = ExportDefinition.named(from.text("name"));
    for (Part part : PARTS) {
      definition = part.added(from, definition);
    }
    SavedExportData export =
        new SavedExportData(
            id,
            definition,
            from.value("list", ListId::of),
            from.text("list_name"),
            from.time("scheduled_since"),
            from.text("changed_by"),
            from.time("changed_at"),
            from.textOrNull("detached_from"),
            null,
            null,
            version);
    from.checkAllKnown();
    return export;
  }

  /** Reads what can be read of an export that cannot be read as a whole. */
  UnreadExport readInPart(Entry entry, String why) {
    ExportDefinition definition =
        orNull(() -> ExportDefinition.named(nameOf(entry)).schedule(Schedule.off()));
    if (definition == null) {
      definition = ExportDefinition.named(entry.id()).schedule(Schedule.off());
    }
    JsonReader from = orNull(() -> content(entry));
    if (from == null || !Boolean.TRUE.equals(orNull(() -> isKnownFormat(from)))) {
      // What looks familiar may mean something else there.
      return new UnreadExport(
          entry.id(), definition, null, null, null, null, null, entry.version(), why);
    }
    for (Part part : PARTS) {
      ExportDefinition before = definition;
      ExportDefinition with = orNull(() -> part.added(from, before));
      definition = with == null ? before : with;
    }
    return new UnreadExport(
        entry.id(),
        definition,
        orNull(() -> from.value("list", ListId::of)),
        orNull(() -> from.text("list_name")),
        orNull(() -> from.time("scheduled_since")),
        orNull(() -> from.text("changed_by")),
        orNull(() -> from.time("changed_at")),
        entry.version(),
        why);
  }

  private static boolean isKnownFormat(JsonReader from) throws UnreadableException {
    checkFormat(from);
    return true;
  }

  private interface Reading<V> {
    V read() throws DamagedException, UnreadableException;
  }

  private static <V> @Nullable V orNull(Reading<V> reading) {
    try {
      return reading.read();
    } catch (DamagedException | UnreadableException | RuntimeException unknown) {
      return null;
    }
  }

  /** What is decided about an export, each part read for itself. */
  private interface Part {
    ExportDefinition added(JsonReader from, ExportDefinition to) throws UnreadableException;
  }

  private static final List<Part> PARTS =
      List.of(
          (from, to) -> to.segments(from.values("segments", Segment::named)),
          (from, to) -> to.mode(mode(from)),
          (from, to) -> to.maxLeavers(from.fractionOr("max_leavers", ExportRules.MAX_LEAVERS)),
          (from, to) -> to.limit(from.number("limit")),
          (from, to) ->
              to.maxUnreadable(from.fractionOr("max_unreadable", ExportRules.MAX_UNREADABLE)),
          (from, to) ->
              from.has("max_rejected") ? to.maxRejected(from.fractionOr("max_rejected", 1)) : to,
          (from, to) ->
              to.maxSizeChange(from.fractionOr("max_size_change", ExportRules.MAX_SIZE_CHANGE)),
          (from, to) -> {
            Duration wait = from.valueOrNull("max_wait_for_prior_jobs", Duration::parse);
            return wait == null ? to : to.maxWaitForPriorJobs(wait);
          },
          (from, to) -> {
            Sending sending = from.valueOrNull("sending", Sending::valueOf);
            return sending == null ? to : to.sending(sending);
          },
          (from, to) -> to.schedule(schedule(from.object("schedule"))),
          (from, to) -> {
            String connection = from.textOrNull("connection");
            return connection == null ? to : to.connection(connection);
          },
          ExportFormat::withList,
          (from, to) -> {
            JsonReader mapping = from.objectOrNull("mapping");
            return mapping == null ? to : to.mapping(MappingFormat.read(mapping));
          });

  private static ExportDefinition withList(JsonReader from, ExportDefinition to)
      throws UnreadableException {
    ListId id = from.valueOrNull("list_asked_by_id", ListId::of);
    String name = from.textOrNull("list_asked_by_name");
    if (id != null) {
      return to.list(id);
    }
    return name == null ? to : to.listNamed(name);
  }

  private static Schedule schedule(JsonReader from) throws UnreadableException {
    Schedule schedule = Schedule.off();
    ZoneId zone = from.zoneOrNull("zone");
    if (zone != null) {
      Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
      days.addAll(from.values("days", DayOfWeek::valueOf));
      schedule =
          KeptSchedule.weekly(
              zone, days, from.values("times", LocalTime::parse).toArray(LocalTime[]::new));
    }
    return from.flag("every_refresh") ? schedule.andEveryRefresh() : schedule;
  }
}
