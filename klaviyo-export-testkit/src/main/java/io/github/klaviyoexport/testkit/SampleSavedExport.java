package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.klaviyo.ListId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A saved export of no catalog, to test pages of yours that show exports.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleValuesTest" region="saved"}
 *
 * <p>By default it goes to the list {@code Y6nRLr}, named VIP, and kim has saved it on 1 September
 * 2026 at 8:00 UTC. Instances are immutable and safe for use by many threads.
 */
public final class SampleSavedExport {
  private final SavedExportData export;

  private SampleSavedExport(SavedExportData export) {
    this.export = export;
  }

  /** Creates an export that nothing keeps from running. */
  public static SampleSavedExport of(String id, ExportDefinition definition) {
    Objects.requireNonNull(id, "id: pass an id, such as vips-1a2b3c4d.");
    Objects.requireNonNull(definition, "definition: pass one, ExportDefinition.named(...).");
    Instant at = Instant.parse("2026-09-01T08:00:00Z");
    return new SampleSavedExport(
        new SavedExportData(id, definition, ListId.of("Y6nRLr"), "VIP", at, "kim", at, 1));
  }

  /** Has it go to that list, of that name. */
  public SampleSavedExport list(ListId list, String name) {
    Objects.requireNonNull(list, "list: pass the id of a list, such as ListId.of(\"Y6nRLr\").");
    Objects.requireNonNull(name, "name: pass the list's name.");
    return with(list, name, export.rivalry());
  }

  private SampleSavedExport with(ListId list, String name, @Nullable String warning) {
    return new SampleSavedExport(
        new SavedExportData(
            export.id(),
            export.definition(),
            list,
            name,
            export.scheduledSince(),
            export.changedBy(),
            export.changedAt(),
            export.detachedFrom(),
            export.formerMemories(),
            export.obstacle(),
            warning,
            export.version()));
  }

  /** Has this process not able to run it, for that reason. */
  public SampleSavedExport notRunnableHere(String why) {
    return new SampleSavedExport(
        export.obstacle(Objects.requireNonNull(why, "why: pass why it cannot run, a sentence.")));
  }

  /** Has that to be looked at, though it runs. */
  public SampleSavedExport warning(String what) {
    Objects.requireNonNull(what, "what: pass what to look at, a sentence.");
    return with(export.list(), export.listName(), what);
  }

  /** Returns the export. */
  public SavedExport export() {
    return export;
  }

  /** Returns the export's name and id. */
  @Override
  public String toString() {
    return "SampleSavedExport[" + export + "]";
  }
}
