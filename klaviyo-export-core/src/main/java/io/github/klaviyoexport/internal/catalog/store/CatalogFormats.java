package io.github.klaviyoexport.internal.catalog.store;

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
}
