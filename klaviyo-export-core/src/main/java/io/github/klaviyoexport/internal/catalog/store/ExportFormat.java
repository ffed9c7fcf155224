package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.UnreadableException;
import io.github.klaviyoexport.klaviyo.ListId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
  String name(SavedExportData value) {
    return value.name();
  }

  @Override
  void write(SavedExportData value, ObjectNode to) {
    DefinitionFormat.write(value.definition(), to);
    JsonDocument.put(to, "detached_from", value.detachedFrom());
    to.put("list", value.list().value());
    to.put("list_name", value.listName());
    to.put("scheduled_since", value.scheduledSince().toString());
    to.put("changed_by", value.changedBy());
    to.put("changed_at", value.changedAt().toString());
    if (!value.formerMemories().isEmpty()) {
      value.formerMemories().forEach(to.putArray("former_memories")::add);
    }
  }

  @Override
  SavedExportData read(JsonReader from, String id, long version) throws UnreadableException {
    JsonDocument.checkFormat(from);
    from.require("segments", "limit", "schedule");
    ExportDefinition definition = DefinitionFormat.read(from);
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
            formerMemories(from),
            null,
            null,
            version);
    from.checkAllKnown();
    return export;
  }

  private static List<String> formerMemories(JsonReader from) throws UnreadableException {
    return from.has("former_memories") ? from.values("former_memories", key -> key) : List.of();
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
          entry.id(), definition, null, null, null, null, null, List.of(), entry.version(), why);
    }
    for (DefinitionFormat.Part part : DefinitionFormat.PARTS) {
      ExportDefinition before = definition;
      ExportDefinition with = orNull(() -> part.read(from, before));
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
        Objects.requireNonNullElse(orNull(() -> formerMemories(from)), List.of()),
        entry.version(),
        why);
  }

  private static boolean isKnownFormat(JsonReader from) throws UnreadableException {
    JsonDocument.checkFormat(from);
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
}
