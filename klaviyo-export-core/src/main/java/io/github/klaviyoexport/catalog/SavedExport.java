package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.catalog.store.UnreadExport;
import io.github.klaviyoexport.klaviyo.ListId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An export that has been checked and saved, and can be run.
 *
 * <p>Saved exports are immutable, equal when all they hold is equal, and safe for use by many
 * threads. They are made by a {@link Catalog} only, so that later versions can tell more.
 *
 * <p>A process that shares a store with a newer version of the library, or with a newer Java, may
 * meet exports that it cannot read: {@link #notRunnableHere()} says so. They are left to the
 * processes that can, and neither run nor changed here.
 */
public sealed interface SavedExport permits SavedExportData, UnreadExport {
  /** Returns the id that the catalog has made. */
  String id();

  /**
   * Returns what was decided about the export. Of one that cannot be read here it says what can be
   * read, without the rest.
   */
  ExportDefinition definition();

  /** Returns the list that is exported to; {@code null} only when that cannot be read here. */
  @Nullable ListId list();

  /**
   * Returns what Klaviyo called the list when that was last checked; {@code null} only when that
   * cannot be read here.
   */
  @Nullable String listName();

  /**
   * Returns since when the export's schedule stands; {@code null} only when that cannot be read
   * here.
   */
  @Nullable Instant scheduledSince();

  /**
   * Returns the name of the actor who changed the export last; {@code null} only when that cannot
   * be read here.
   */
  @Nullable String changedBy();

  /** Returns when the export was changed last; {@code null} only when that cannot be read here. */
  @Nullable Instant changedAt();

  /** Returns how often the export was changed, counted from 1; 0 before it is kept. */
  long version();

  /**
   * Returns it as one JSON object, for machines: what {@link ExportDefinition#toJson} says, and the
   * rest; what is {@code null} or empty is left out. {@link ExportDefinition#fromJson} reads the
   * definition from it.
   */
  String toJson();

  /** Returns the name that people know the export by. */
  String name();

  /**
   * Returns whether the export runs by itself: it has a connection, and a schedule that is not off.
   * One that cannot be read here does not, as far as this process is concerned.
   */
  boolean isActive();

  /**
   * Returns what should be looked at before the export runs, in words for everybody: another export
   * mirrors the same list, and takes out again whom only this one brings there, or the other way
   * round; both mirror it, and neither runs; or, when they or its limit have just been saved, its
   * segments are larger than its limit. Empty when there is nothing.
   */
  Optional<String> warning();

  /**
   * Returns why this process cannot run the export, in words for the actor who asked: it, its
   * connection or its current state cannot be read by this version of the library or this Java.
   * Empty when it can be run here. Other processes may run it all the same.
   */
  Optional<String> notRunnableHere();
}
