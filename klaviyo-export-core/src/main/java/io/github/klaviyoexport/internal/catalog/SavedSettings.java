package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.time.TimeSource;
import org.jspecify.annotations.Nullable;

/** The settings of a saved export as an exporter takes them: for its runs, and for its previews. */
final class SavedSettings {
  private SavedSettings() {}

  /** Returns the builder of an exporter that is set as a saved export says. */
  static SegmentExporter.Builder of(
      ExportDefinition definition,
      FieldMapping mapping,
      ProfileSource source,
      KlaviyoConnection klaviyo,
      @Nullable ExportMemory memory,
      TimeSource time) {
    SegmentExporter.Builder builder =
        SegmentExporter.builder()
            .source(source)
            .klaviyo(klaviyo)
            .mapping(mapping)
            .mode(definition.mode())
            .maxLeavers(definition.maxLeavers())
            .maxUnreadable(definition.maxUnreadable())
            .limit(definition.limit())
            .maxWaitForPriorJobs(definition.maxWaitForPriorJobs())
            .time(time);
    definition.maxRejected().ifPresent(builder::maxRejected);
    if (memory != null) {
      builder
          .memory(memory)
          .sending(definition.sending())
          .maxSizeChange(definition.maxSizeChange());
    }
    return builder;
  }

  /** Returns what is to be said of a list that is gone, if the export has it by its name. */
  static @Nullable String onceFound(ExportDefinition definition, ExportException stop) {
    String name = definition.listName();
    return name == null || stop.reason() != ExportException.Reason.LIST_NOT_FOUND
        ? null
        : "The list was found by its name '"
            + name
            + "' when the export was saved: save it again to look that name up.";
  }
}
