package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.UnreadableException;
import java.time.Instant;

/** The formats of all that a catalog keeps. */
public final class CatalogFormats {
  /** Connections, each under a name of its own. */
  public static final CatalogFormat<ConnectionData> CONNECTIONS = new ConnectionFormat();

  /** Saved exports. */
  public static final CatalogFormat<SavedExportData> EXPORTS = new ExportFormat();

  /** Runs. */
  public static final CatalogFormat<RunData> RUNS = new RunFormat();

  /** What is going on with each export. */
  public static final CatalogFormat<ExportState> STATES = new StateFormat();

  private CatalogFormats() {}

  /** Returns whether an export that cannot be read may use a connection; yes where it may be. */
  public static boolean mayBeOn(String connectionId, Entry export) {
    try {
      JsonReader from = CatalogFormat.content(export);
      JsonDocument.checkFormat(from);
      return connectionId.equals(from.textOrNull("connection"));
    } catch (DamagedException | UnreadableException unknown) {
      return true;
    }
  }

  /** Returns the id of the export that a run's id begins with. */
  public static String exportOf(String runId) {
    return RunFormat.exportOf(runId);
  }

  /** Returns the second that a run's id says it was queued in, or the earliest there is. */
  public static Instant queuedAt(String runId) {
    return RunFormat.timeOf(runId);
  }

  /**
   * Reads what can be read of an export that cannot be read as a whole.
   *
   * @param why what it says of why it is not runnable here
   */
  public static UnreadExport exportInPart(Entry entry, String why) {
    return new ExportFormat().readInPart(entry, why);
  }
}
