package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.PreviewOptions;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The runs that actors ask for, stop and look at, each as far as the actor may. */
public final class RunsByActors {
  private final SavedExports exports;
  private final Obstacles obstacles;
  private final RunHistory history;
  private final Runs runs;
  private final Previews previews;

  /** Creates the way from actors to runs. */
  public RunsByActors(
      SavedExports exports, Obstacles obstacles, RunHistory history, Runs runs, Previews previews) {
    this.exports = exports;
    this.obstacles = obstacles;
    this.history = history;
    this.runs = runs;
    this.previews = previews;
  }

  /** Looks at what a run of an export would do. */
  public ExportPreview preview(Actor actor, String exportId, PreviewOptions options) {
    Objects.requireNonNull(options, "options");
    SavedExportData export = exports.rights().managed(actor, "preview exports", exportId);
    exports.checkAttached(export);
    return previews.preview(actor, export, options);
  }

  /** Queues a run of an export. */
  public RunRecord run(Actor actor, String exportId) {
    SavedExportData export = exports.rights().managed(actor, "run exports", exportId);
    exports.checkAttached(export);
    return runs.queue(export, Trigger.ON_DEMAND, actor.name(), null).orElseThrow();
  }

  /** Queues a run of each active export that the actor may manage. */
  public List<RunRecord> runAll(Actor actor) {
    Permissions.contributes(actor, "run exports");
    List<SavedExportData> usable = new ArrayList<>();
    for (SavedExportData export : obstacles.runnable()) {
      ConnectionData connection = exports.connectionOf(export.definition());
      if (export.isActive() && connection != null && Permissions.mayUse(actor, connection)) {
        usable.add(export);
      }
    }
    return runs.queueAll(usable, Trigger.ALL, export -> actor.name());
  }

  /**
   * Asks a run to stop.
   *
   * @throws CatalogException if it is unknown or has ended
   */
  public void cancel(Actor actor, String runId) {
    Permissions.contributes(actor, "cancel runs");
    RunData run = history.find(runId);
    exports.rights().checkManages(actor, "cancel runs", run);
    String why = "cancelled by " + actor.name();
    if (run.status().isEnded() || !runs.cancellation().cancel(run.exportId(), runId, actor, why)) {
      throw new CatalogException(
          Reason.ENDED, "Run " + runId + " has ended already, so there is nothing to cancel.");
    }
  }

  /** Returns the runs of an export, the latest first, with details if the actor may see them. */
  public List<RunRecord> history(Actor actor, String exportId) {
    Objects.requireNonNull(actor, "actor");
    List<RunData> found = history.of(exportId).stream().map(runs::shown).toList();
    if (found.isEmpty()) {
      exports.show(actor, exportId);
    }
    return actor.role() == Actor.Role.ADMINISTRATOR
        ? List.copyOf(found)
        : found.stream().<RunRecord>map(RunData::withoutDetails).toList();
  }
}
