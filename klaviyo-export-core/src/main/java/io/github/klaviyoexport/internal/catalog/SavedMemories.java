package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.run.ConcatenatedSegments;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What saved exports remember of their lists: with an export it is forgotten. */
public final class SavedMemories {
  private final @Nullable ExportMemory memory;
  private final ProfileSource source;
  private final ConnectionAccess access;

  /**
   * Creates the memories of exports.
   *
   * @param memory where they are; {@code null} for nowhere
   */
  public SavedMemories(
      @Nullable ExportMemory memory, ProfileSource source, ConnectionAccess access) {
    this.memory = memory;
    this.source = source;
    this.access = access;
  }

  /** Returns whether anything is remembered. */
  boolean areKept() {
    return memory != null;
  }

  /**
   * Forgets what an export remembers, unless one of the others remembers the same.
   *
   * @throws CatalogException if the memory fails
   */
  void forget(SavedExportData export, List<SavedExportData> others) {
    String key = key(export);
    if (memory == null
        || key == null
        || others.stream()
            .anyMatch(other -> !other.id().equals(export.id()) && key.equals(key(other)))) {
      return;
    }
    try {
      memory.delete(key);
    } catch (IOException failure) {
      throw new CatalogException(
          Reason.STORE_FAILED,
          "What export "
              + export.words()
              + " remembers of its list could not be deleted ("
              + Advice.clause(failure)
              + "): delete "
              + key
              + " in the memory.");
    }
  }

  private @Nullable String key(SavedExportData export) {
    List<Segment> segments = export.definition().segments();
    if (segments.isEmpty()) {
      return null;
    }
    String segment =
        segments.size() == 1
            ? segments.get(0).name()
            : new ConcatenatedSegments(source, segments).together().name();
    return RunSession.key(segment, export.list().value(), access.server());
  }
}
