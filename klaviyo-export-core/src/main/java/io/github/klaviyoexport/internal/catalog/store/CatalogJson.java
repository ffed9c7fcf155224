package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
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
}
