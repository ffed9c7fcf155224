package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.MappingFormat;
import io.github.klaviyoexport.internal.json.UnreadableException;
import java.util.Set;

/**
 * What a host keeps or sends of a catalog, as JSON: in the form in which the catalog's store keeps
 * it.
 */
public final class CatalogJson {
  /** What a catalog shows of a thing, and of a connection or an export, beside its definition. */
  private static final Set<String> SHOWN_OF_ALL =
      Set.of("id", "version", "changed_by", "changed_at");

  private static final Set<String> SHOWN_OF_A_CONNECTION =
      Set.of("consent", "connected_at", "account", "removing");

  private static final Set<String> SHOWN_OF_AN_EXPORT =
      Set.of(
          "detached_from",
          "list",
          "list_name",
          "scheduled_since",
          "former_memories",
          "active",
          "warning");

  private static final String NOT_RUNNABLE_HERE = "not_runnable_here";

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
    return JsonDocument.read(
        "a connection definition",
        json,
        from -> {
          passOverShown(from, SHOWN_OF_A_CONNECTION);
          return ConnectionFormat.definition(from);
        });
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
    return JsonDocument.read(
        "an export definition",
        json,
        from -> {
          passOverShown(from, SHOWN_OF_AN_EXPORT);
          if (from.has(NOT_RUNNABLE_HERE)) {
            throw new UnreadableException(
                "it has a '"
                    + NOT_RUNNABLE_HERE
                    + "', so what could not be read where it was written may be missing");
          }
          return DefinitionFormat.read(from);
        });
  }

  /** Passes over what a catalog shows beside a definition, where a catalog has written it. */
  private static void passOverShown(JsonReader from, Set<String> shown) {
    if (from.has("id") && from.has("version")) {
      from.passOver(SHOWN_OF_ALL);
      from.passOver(shown);
    }
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
    export.notRunnableHere().ifPresent(why -> json.put(NOT_RUNNABLE_HERE, why));
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
