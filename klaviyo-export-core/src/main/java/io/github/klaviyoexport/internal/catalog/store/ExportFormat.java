package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldMapping.MappedField;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.source.Segment;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Set;

/** The format of saved exports. */
final class ExportFormat extends CatalogFormat<SavedExportData> {
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
    put(to, "list_asked_by_id", definition.listId());
    put(to, "list_asked_by_name", definition.listName());
    to.put("list", value.list().value());
    to.put("list_name", value.listName());
    ArrayNode segments = to.putArray("segments");
    definition.segments().forEach(segment -> segments.add(segment.name()));
    if (definition.mapping() != null) {
      write(definition.mapping(), to.putObject("mapping"));
    }
    to.put("mode", definition.mode().name());
    to.put("max_leavers", definition.maxLeavers());
    to.put("limit", definition.limit());
    write(definition.schedule(), to.putObject("schedule"));
    to.put("scheduled_since", value.scheduledSince().toString());
    to.put("changed_by", value.changedBy());
    to.put("changed_at", value.changedAt().toString());
  }

  private static void write(FieldMapping mapping, ObjectNode to) {
    to.put("zone", mapping.zone().getId());
    ArrayNode fields = to.putArray("fields");
    for (MappedField field : mapping.fields()) {
      ObjectNode line =
          fields.addObject().put("source", field.source()).put("target", field.target().name());
      put(line, "property", field.property());
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
  SavedExportData read(JsonReader from, String id, long version) throws DamagedException {
    return new SavedExportData(
        id,
        definition(from),
        from.value("list", ListId::of),
        from.text("list_name"),
        from.time("scheduled_since"),
        from.text("changed_by"),
        from.time("changed_at"),
        version);
  }

  private static ExportDefinition definition(JsonReader from) throws DamagedException {
    ExportDefinition definition =
        ExportDefinition.named(from.text("name"))
            .segments(from.values("segments", Segment::named))
            .mode(mode(from))
            .maxLeavers(from.fractionOr("max_leavers", ExportRules.MAX_LEAVERS))
            .limit(from.number("limit"))
            .schedule(schedule(from.object("schedule")));
    String connection = from.textOrNull("connection");
    if (connection != null) {
      definition = definition.connection(connection);
    }
    ListId listId = from.valueOrNull("list_asked_by_id", ListId::of);
    String listName = from.textOrNull("list_asked_by_name");
    if (listId != null) {
      definition = definition.list(listId);
    } else if (listName != null) {
      definition = definition.listNamed(listName);
    }
    JsonReader mapping = from.objectOrNull("mapping");
    return mapping == null ? definition : definition.mapping(mapping(mapping));
  }

  private static FieldMapping mapping(JsonReader from) throws DamagedException {
    FieldMapping mapping = null;
    for (JsonReader line : from.objects("fields")) {
      ProfileField target = line.value("target", ProfileField::valueOf);
      String source = line.text("source");
      if (mapping == null && target != ProfileField.EMAIL) {
        throw new DamagedException("its mapping does not begin with the email address");
      }
      if (mapping == null) {
        mapping = FieldMapping.email(source);
      } else if (target == ProfileField.PROPERTY) {
        mapping = mapping.property(line.text("property"), source);
      } else {
        mapping = mapping.map(target, source);
      }
    }
    if (mapping == null) {
      throw new DamagedException("its mapping is empty");
    }
    return mapping.zone(from.value("zone", ZoneId::of));
  }

  private static Schedule schedule(JsonReader from) throws DamagedException {
    Schedule schedule = Schedule.off();
    String zone = from.textOrNull("zone");
    if (zone != null) {
      Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
      days.addAll(from.values("days", DayOfWeek::valueOf));
      schedule =
          Schedule.weekly(
              zone, days, from.values("times", LocalTime::parse).toArray(LocalTime[]::new));
    }
    return from.flag("every_refresh") ? schedule.andEveryRefresh() : schedule;
  }
}
