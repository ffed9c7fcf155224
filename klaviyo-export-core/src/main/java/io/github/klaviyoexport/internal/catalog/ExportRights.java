package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;

/**
 * Who may manage which saved export, which its connection decides; what is not known is refused.
 */
final class ExportRights {
  private final Repository<SavedExportData> exports;
  private final UsableConnections connections;

  ExportRights(Repository<SavedExportData> exports, UsableConnections connections) {
    this.exports = exports;
    this.connections = connections;
  }

  /**
   * Returns the export of that id.
   *
   * @throws CatalogException if there is none; where one is that was set aside because it is
   *     damaged, only administrators are told
   */
  SavedExportData find(Actor actor, String id) {
    try {
      return find(id);
    } catch (CatalogException failure) {
      throw failure.reason() == Reason.DAMAGED && actor.role() != Actor.Role.ADMINISTRATOR
          ? new CatalogException(
              Reason.DAMAGED,
              "The export " + id + " is damaged and was set aside: an administrator can see where.")
          : failure;
    }
  }

  /**
   * Returns an export that the actor may manage.
   *
   * @throws CatalogException if there is none, or the actor may not
   */
  SavedExportData managed(Actor actor, String action, String id) {
    // Asked first, so that a viewer learns nothing about which ids there are.
    Permissions.contributes(actor, action);
    SavedExportData export = find(actor, id);
    checkManages(actor, action, export);
    return export;
  }

  private SavedExportData find(String id) {
    return exports
        .find(id)
        .orElseThrow(
            () ->
                new CatalogException(
                    Reason.UNKNOWN_ID,
                    "There is no export "
                        + id
                        + ": it may have been removed. The list of exports shows those that are"
                        + " there."));
  }

  /**
   * Checks that an actor may manage an export. Administrators may manage all; others only those
   * whose connection can be read and is shared.
   *
   * @throws CatalogException if not, also because that cannot be told
   */
  void checkManages(Actor actor, String action, SavedExportData export) {
    Permissions.contributes(actor, action);
    if (actor.role() == Actor.Role.ADMINISTRATOR) {
      return;
    }
    String connection = export.managedThrough();
    if (connection == null) {
      throw Permissions.refused(
          actor,
          action,
          "export "
              + export.words()
              + " has no connection. It takes an administrator, who may attach one that is shared");
    }
    Permissions.manages(actor, action, readable(actor, action, connection));
  }

  /**
   * Checks that an actor may manage the export of a run, which may be gone.
   *
   * @throws CatalogException if not
   */
  void checkManages(Actor actor, String action, RunRecord run) {
    if (actor.role() != Actor.Role.ADMINISTRATOR) {
      SavedExportData export =
          exports
              .findReadable(run.exportId())
              .orElseThrow(
                  () ->
                      Permissions.refused(
                          actor,
                          action,
                          "export "
                              + run.exportId()
                              + " is gone or damaged. It takes an administrator"));
      checkManages(actor, action, export);
    }
  }

  /** Returns a connection that an actor must know to do something. */
  ConnectionData readable(Actor actor, String action, String id) {
    try {
      return connections.find(id);
    } catch (CatalogException failure) {
      switch (failure.reason()) {
        case UNKNOWN_ID, DAMAGED ->
            throw Permissions.refused(
                actor,
                action,
                "connection "
                    + id
                    + ", which says who may, is gone or damaged. It takes an administrator, who may"
                    + " attach the export to another");
        case NEWER_FORMAT ->
            throw new CatalogException(
                Reason.NEWER_FORMAT,
                Permissions.refused(
                            actor,
                            action,
                            "connection " + id + ", which says who may, cannot be read here")
                        .getMessage()
                    + " An administrator can see why.");
        default -> throw failure;
      }
    }
  }
}
