package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.MappingFormat;
import io.github.klaviyoexport.internal.json.UnreadableException;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.List;

/**
 * The format of what is decided about an export, by itself and in saved exports. What is not said
 * is as it is by default.
 */
final class DefinitionFormat {
  private static final ExportDefinition USUAL = ExportDefinition.named("usual");

  private DefinitionFormat() {}

  static void write(ExportDefinition definition, ObjectNode to) {
    to.put("name", definition.name());
    JsonDocument.put(to, "connection", definition.connection());
    JsonDocument.put(to, "list_asked_by_id", definition.listId());
    JsonDocument.put(to, "list_asked_by_name", definition.listName());
    ArrayNode segments = to.putArray("segments");
    definition.segments().forEach(segment -> segments.add(segment.name()));
    if (definition.mapping() != null) {
      MappingFormat.write(definition.mapping(), to.putObject("mapping"));
    }
    to.put("mode", definition.mode().name());
    to.put("max_leavers", definition.maxLeavers());
    to.put("limit", definition.limit());
    writeChosen(definition, to);
    ScheduleFormat.write(definition.schedule(), to.putObject("schedule"));
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

  static ExportDefinition read(JsonReader from) throws UnreadableException {
    String name = from.text("name");
    ExportDefinition definition = from.made("name", () -> ExportDefinition.named(name));
    for (Part part : PARTS) {
      definition = part.read(from, definition);
    }
    ExportDefinition read = definition;
    return from.madeOfAll(
        "a list is asked for by its id or by its name",
        () -> {
          if (from.has("list_asked_by_id") && from.has("list_asked_by_name")) {
            throw new IllegalArgumentException("It asks by both.");
          }
          return read;
        });
  }

  private interface Addition {
    ExportDefinition to(ExportDefinition definition, JsonReader from) throws UnreadableException;
  }

  /**
   * One thing that is decided about an export, read for itself.
   *
   * @param name what it is called in a document
   * @param addition what reads it, and adds it to the definition
   */
  record Part(String name, Addition addition) {
    ExportDefinition read(JsonReader from, ExportDefinition definition) throws UnreadableException {
      return from.has(name) ? from.made(name, () -> addition.to(definition, from)) : definition;
    }
  }

  static final List<Part> PARTS =
      List.of(
          part("segments", (to, from) -> to.segments(from.values("segments", Segment::named))),
          part("mode", (to, from) -> to.mode(CatalogFormat.mode(from))),
          part("max_leavers", (to, from) -> to.maxLeavers(from.fractionOr("max_leavers", 0))),
          part("limit", (to, from) -> to.limit(from.number("limit"))),
          part(
              "max_unreadable",
              (to, from) -> to.maxUnreadable(from.fractionOr("max_unreadable", 0))),
          part("max_rejected", (to, from) -> to.maxRejected(from.fractionOr("max_rejected", 0))),
          part(
              "max_size_change",
              (to, from) -> to.maxSizeChange(from.fractionOr("max_size_change", 0))),
          part(
              "max_wait_for_prior_jobs",
              (to, from) ->
                  to.maxWaitForPriorJobs(from.value("max_wait_for_prior_jobs", Duration::parse))),
          part("sending", (to, from) -> to.sending(from.value("sending", Sending::valueOf))),
          part("schedule", (to, from) -> to.schedule(ScheduleFormat.read(from.object("schedule")))),
          part("connection", (to, from) -> to.connection(from.text("connection"))),
          part("list_asked_by_name", (to, from) -> to.listNamed(from.text("list_asked_by_name"))),
          part(
              "list_asked_by_id",
              (to, from) -> to.list(from.value("list_asked_by_id", ListId::of))),
          part("mapping", (to, from) -> to.mapping(MappingFormat.read(from.object("mapping")))));

  private static Part part(String name, Addition addition) {
    return new Part(name, addition);
  }
}
