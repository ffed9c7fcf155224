package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.klaviyo.ListId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A saved export as a value, and how it is changed.
 *
 * @param detachedFrom the connection that an export without one had last
 * @param formerMemories the keys of what is remembered of segments and lists that it had before
 * @param obstacle why it cannot be run here
 */
public record SavedExportData(
    String id,
    ExportDefinition definition,
    ListId list,
    String listName,
    Instant scheduledSince,
    String changedBy,
    Instant changedAt,
    @Nullable String detachedFrom,
    List<String> formerMemories,
    @Nullable String obstacle,
    @Nullable String rivalry,
    long version)
    implements SavedExport {

  /** Creates an export that has not been detached and that nothing keeps from running here. */
  public SavedExportData(
      String id,
      ExportDefinition definition,
      ListId list,
      String listName,
      Instant scheduledSince,
      String changedBy,
      Instant changedAt,
      long version) {
    this(
        id,
        definition,
        list,
        listName,
        scheduledSince,
        changedBy,
        changedAt,
        null,
        List.of(),
        null,
        null,
        version);
  }

  /** Checks that everything is there. */
  public SavedExportData {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(list, "list");
    Objects.requireNonNull(listName, "listName");
    Objects.requireNonNull(scheduledSince, "scheduledSince");
    Objects.requireNonNull(changedBy, "changedBy");
    Objects.requireNonNull(changedAt, "changedAt");
    formerMemories = List.copyOf(formerMemories);
  }

  /** Creates an export that is not kept yet; its schedule stands from now on. */
  public static SavedExportData made(
      String id, ExportDefinition definition, ListId list, String listName, Actor by, Instant now) {
    return new SavedExportData(id, definition, list, listName, now, by.name(), now, 0);
  }

  /** Returns this as it is after a change; its schedule stands from then on if that is new. */
  public SavedExportData changed(
      ExportDefinition definition, ListId list, String listName, Actor by, Instant now) {
    boolean rescheduled =
        !definition.schedule().equals(this.definition.schedule())
            || !Objects.equals(definition.connection(), this.definition.connection());
    return new SavedExportData(
        id,
        definition,
        list,
        listName,
        rescheduled ? now : scheduledSince,
        by.name(),
        now,
        definition.connection() == null ? managedThrough() : null,
        formerMemories,
        null,
        null,
        version);
  }

  /** Returns a copy that is not kept yet, under another id and name. */
  public SavedExportData copied(String id, String name, Actor by, Instant now) {
    return new SavedExportData(
        id,
        definition.name(name),
        list,
        listName,
        now,
        by.name(),
        now,
        detachedFrom,
        List.of(),
        null,
        null,
        0);
  }

  /**
   * Returns the id of the connection that decides who may manage the export: its own, or the one
   * that it was detached from; {@code null} when that is not known.
   */
  public @Nullable String managedThrough() {
    return definition.connection() == null ? detachedFrom : definition.connection();
  }

  /** Returns this without a connection, and otherwise as it was. */
  public SavedExportData detached() {
    return new SavedExportData(
        id,
        definition.detached(),
        list,
        listName,
        scheduledSince,
        changedBy,
        changedAt,
        managedThrough(),
        formerMemories,
        obstacle,
        rivalry,
        version);
  }

  /** Returns this with the keys of what is remembered of segments and lists that it had before. */
  public SavedExportData formerMemories(List<String> keys) {
    return new SavedExportData(
        id,
        definition,
        list,
        listName,
        scheduledSince,
        changedBy,
        changedAt,
        detachedFrom,
        keys,
        obstacle,
        rivalry,
        version);
  }

  /** Returns this with why it cannot be run here. */
  public SavedExportData obstacle(String why) {
    return new SavedExportData(
        id,
        definition,
        list,
        listName,
        scheduledSince,
        changedBy,
        changedAt,
        detachedFrom,
        formerMemories,
        why,
        rivalry,
        version);
  }

  /** Returns this with what is to be known of it beside other exports. */
  public SavedExportData warning(@Nullable String what) {
    return new SavedExportData(
        id,
        definition,
        list,
        listName,
        scheduledSince,
        changedBy,
        changedAt,
        detachedFrom,
        formerMemories,
        obstacle,
        what,
        version);
  }

  @Override
  public Optional<String> warning() {
    return Optional.ofNullable(rivalry);
  }

  @Override
  public Optional<String> notRunnableHere() {
    return Optional.ofNullable(obstacle);
  }

  @Override
  public String name() {
    return definition.name();
  }

  /** Returns what a message calls it: its name and id. */
  public String words() {
    return "'" + name() + "' (" + id + ")";
  }

  @Override
  public boolean isActive() {
    return definition.connection() != null && definition.schedule().isActive();
  }

  @Override
  public String toJson() {
    return CatalogJson.write(this);
  }

  @Override
  public String toString() {
    return "Export " + words();
  }
}
