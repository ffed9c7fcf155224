package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.MappingFormat;

/**
 * What a host keeps or sends of a catalog, as JSON: in the form in which the catalog's store keeps
 * it.
 */
public final class CatalogJson {
  private CatalogJson() {}

  /** Returns what is decided about a connection. */
  public static String write(ConnectionDefinition definition) {
    return JsonDocument.written(to -> ConnectionFormat.write(definition, to));
  }

  /**
   * Reads what is decided about a connection.
   *
   * @throws IllegalArgumentException if it cannot be read; the message says why
   */
  public static ConnectionDefinition connectionDefinition(String json) {
    return JsonDocument.read("a connection definition", json, ConnectionFormat::definition);
  }

  /**
   * Returns what is decided about an export.
   *
   * @throws IllegalStateException if its mapping cannot be written; the message says why
   */
  public static String write(ExportDefinition definition) {
    if (definition.mapping() != null) {
      MappingFormat.checkWritable(definition.mapping());
    }
    return JsonDocument.written(to -> DefinitionFormat.write(definition, to));
  }

  /**
   * Reads what is decided about an export.
   *
   * @throws IllegalArgumentException if it cannot be read; the message says why
   */
  public static ExportDefinition exportDefinition(String json) {
    return JsonDocument.read("an export definition", json, DefinitionFormat::read);
  }

  /** Returns a schedule. */
  public static String write(Schedule schedule) {
    return JsonDocument.written(to -> ScheduleFormat.write(schedule, to));
  }

  /**
   * Reads a schedule.
   *
   * @throws IllegalArgumentException if it cannot be read; the message says why
   */
  public static Schedule schedule(String json) {
    return JsonDocument.read("a schedule", json, ScheduleFormat::read);
  }

  static String write(ConnectionData connection) {
    return thing(CatalogFormats.CONNECTIONS, connection).toString();
  }

  static String write(SummaryData connection) {
    ObjectNode json = object(connection.id()).put("name", connection.name());
    json.put("type", connection.type()).put("usable", connection.usable());
    JsonDocument.put(json, "not_usable_here", connection.obstacle());
    return json.toString();
  }

  static String write(SavedExportData export) {
    return withState(thing(CatalogFormats.EXPORTS, export), export);
  }

  static String write(UnreadExport export) {
    ObjectNode json = object(export.id());
    DefinitionFormat.write(export.definition(), json);
    JsonDocument.put(json, "list", export.list());
    JsonDocument.put(json, "list_name", export.listName());
    JsonDocument.put(json, "scheduled_since", export.scheduledSince());
    JsonDocument.put(json, "changed_by", export.changedBy());
    JsonDocument.put(json, "changed_at", export.changedAt());
    return withState(json.put("version", export.version()), export);
  }

  private static String withState(ObjectNode json, SavedExport export) {
    json.put("active", export.isActive());
    export.warning().ifPresent(warning -> json.put("warning", warning));
    export.notRunnableHere().ifPresent(why -> json.put("not_runnable_here", why));
    return json.toString();
  }

  static String write(RunData run) {
    ObjectNode json = thing(CatalogFormats.RUNS, run);
    run.took().ifPresent(took -> json.put("took_ms", took.toMillis()));
    if (run.progressOrNull() != null) {
      json.set("progress", RunFormat.parsed(run.progressOrNull().toJson()));
    }
    run.notReadableHere().ifPresent(why -> json.put("not_readable_here", why));
    return json.toString();
  }

  private static ObjectNode object(String id) {
    return CatalogFormat.MAPPER.createObjectNode().put("id", id);
  }

  private static <T> ObjectNode thing(CatalogFormat<T> format, T value) {
    ObjectNode json = object(format.id(value));
    format.write(value, json);
    return json.put("version", format.version(value));
  }
}
