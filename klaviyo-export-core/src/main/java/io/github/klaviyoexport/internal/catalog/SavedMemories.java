package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.catalog.host.ConnectionAccess;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.catalog.store.UnreadExport;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.run.ConcatenatedSegments;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What saved exports remember of their lists: with an export it is forgotten. */
public final class SavedMemories {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

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

  /**
   * Returns the keys of what is remembered of segments and lists that an export had before it is
   * changed.
   */
  List<String> former(SavedExportData before, SavedExportData changed) {
    String kept = key(changed);
    return keys(before, before.formerMemories()).stream().filter(key -> !key.equals(kept)).toList();
  }

  /** Returns the keys of all that may be remembered of an export. */
  private Set<String> keys(SavedExport export, List<String> former) {
    Set<String> keys = new LinkedHashSet<>(former);
    String current = key(export);
    if (current != null) {
      keys.add(current);
    }
    return keys;
  }

  /**
   * Forgets what is remembered of segments and lists that an export had before, unless one of the
   * others remembers the same.
   *
   * @return the keys of what could not be forgotten now
   */
  List<String> forgetFormer(SavedExportData export, Supplier<List<SavedExportData>> all) {
    List<String> keys = export.formerMemories();
    if (memory == null || keys.isEmpty()) {
      return keys;
    }
    List<SavedExportData> others = all.get();
    List<String> left = new ArrayList<>();
    for (String key : keys) {
      try {
        forget(key, export.id(), others);
      } catch (IOException | RuntimeException failure) {
        left.add(key);
      }
    }
    return left;
  }

  /**
   * Forgets what an export remembers, unless one of the others remembers the same.
   *
   * @throws CatalogException if the memory fails
   */
  void forget(SavedExportData export, Supplier<List<SavedExportData>> all) {
    forget(export, export.formerMemories(), all);
  }

  /**
   * Forgets what an export remembers that cannot be read here, as far as that is known, unless one
   * of the others remembers the same.
   *
   * @throws CatalogException if the memory fails
   */
  void forget(UnreadExport export, Supplier<List<SavedExportData>> all) {
    forget(export, export.formerMemories(), all);
    if (memory != null && key(export) == null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "What export {0} remembers is left in the memory, because its segments or its list cannot"
              + " be read here: see what the memory lists, and delete what no export needs, but not who"
              + " was erased.",
          export.id());
    }
  }

  private void forget(
      SavedExport export, List<String> former, Supplier<List<SavedExportData>> all) {
    if (memory == null) {
      return;
    }
    List<SavedExportData> others = all.get();
    for (String key : keys(export, former)) {
      try {
        forget(key, export.id(), others);
      } catch (IOException failure) {
        throw new CatalogException(
            Reason.STORE_FAILED,
            "What export '"
                + export.name()
                + "' ("
                + export.id()
                + ") remembers of its list could not be deleted ("
                + Advice.clause(failure)
                + "), and the export is still there: remove it again, or delete "
                + key
                + " in the memory.");
      }
    }
  }

  private void forget(String key, String exportId, List<SavedExportData> others)
      throws IOException {
    if (memory != null
        && others.stream()
            .noneMatch(other -> !other.id().equals(exportId) && key.equals(key(other)))) {
      memory.delete(key);
    }
  }

  private @Nullable String key(SavedExport export) {
    List<Segment> segments = export.definition().segments();
    ListId list = export.list();
    if (segments.isEmpty() || list == null) {
      return null;
    }
    String segment =
        segments.size() == 1
            ? segments.get(0).name()
            : new ConcatenatedSegments(source, segments).together().name();
    return RunSession.key(segment, list.value(), access.server());
  }
}
