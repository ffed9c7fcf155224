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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
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

  /**
   * Returns the keys of what is remembered of segments and lists that an export had before it is
   * changed.
   */
  List<String> former(SavedExportData before, SavedExportData changed) {
    String kept = key(changed);
    return keys(before).stream().filter(key -> !key.equals(kept)).toList();
  }

  /** Returns the keys of all that may be remembered of an export. */
  private Set<String> keys(SavedExportData export) {
    Set<String> keys = new LinkedHashSet<>(export.formerMemories());
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
        forget(key, export, others);
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
    if (memory == null) {
      return;
    }
    List<SavedExportData> others = all.get();
    for (String key : keys(export)) {
      try {
        forget(key, export, others);
      } catch (IOException failure) {
        throw new CatalogException(
            Reason.STORE_FAILED,
            "What export "
                + export.words()
                + " remembers of its list could not be deleted ("
                + Advice.clause(failure)
                + "): it is kept without its connection; remove it again, or delete "
                + key
                + " in the memory.");
      }
    }
  }

  private void forget(String key, SavedExportData export, List<SavedExportData> others)
      throws IOException {
    if (memory != null
        && others.stream()
            .noneMatch(other -> !other.id().equals(export.id()) && key.equals(key(other)))) {
      memory.delete(key);
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
