package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.klaviyo.ListId;
import java.time.Instant;
import java.util.Objects;

/**
 * An export that has been checked and saved, and can be run.
 *
 * <p>Immutable.
 *
 * @param id made by the catalog
 * @param definition what was decided about it
 * @param list the list that it exports to
 * @param listName what Klaviyo called the list when that was last checked
 * @param scheduledSince since when its schedule stands
 * @param changedBy who changed it last
 * @param changedAt when
 * @param version counts its changes, from 1; 0 before it is kept
 */
public record SavedExport(
    String id,
    ExportDefinition definition,
    ListId list,
    String listName,
    Instant scheduledSince,
    String changedBy,
    Instant changedAt,
    long version) {

  /** Checks that everything is there. */
  public SavedExport {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(list, "list");
    Objects.requireNonNull(listName, "listName");
    Objects.requireNonNull(scheduledSince, "scheduledSince");
    Objects.requireNonNull(changedBy, "changedBy");
    Objects.requireNonNull(changedAt, "changedAt");
  }

  /** What people know it by. */
  public String name() {
    return definition.name();
  }

  /** Whether it runs by itself: it has a connection, and a schedule that is not off. */
  public boolean isActive() {
    return definition.connection() != null && definition.schedule().isActive();
  }
}
