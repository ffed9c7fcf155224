package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.klaviyo.ListId;
import java.time.Instant;

/**
 * An export that has been checked and saved, and can be run.
 *
 * <p>Saved exports are immutable, equal when all they hold is equal, and safe for use by many
 * threads. They are made by a {@link Catalog} only, so that later versions can tell more.
 */
public sealed interface SavedExport permits SavedExportData {
  /** Returns the id that the catalog has made. */
  String id();

  /** Returns what was decided about the export. */
  ExportDefinition definition();

  /** Returns the list that is exported to. */
  ListId list();

  /** Returns what Klaviyo called the list when that was last checked. */
  String listName();

  /** Returns since when the export's schedule stands. */
  Instant scheduledSince();

  /** Returns the name of the actor who changed the export last. */
  String changedBy();

  /** Returns when the export was changed last. */
  Instant changedAt();

  /** Returns how often the export was changed, counted from 1; 0 before it is kept. */
  long version();

  /** Returns the name that people know the export by. */
  String name();

  /**
   * Returns whether the export runs by itself: it has a connection, and a schedule that is not off.
   */
  boolean isActive();
}
