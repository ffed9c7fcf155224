package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.internal.catalog.Repository.Unread;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What keeps exports that can be read from being run here: a connection or a state that cannot be
 * read by this version of the library or this Java.
 */
public final class Obstacles {
  private final Repository<SavedExportData> exports;
  private final Repository<ConnectionData> connections;
  private final Repository<ExportState> states;

  /** Creates the look at what is kept. */
  public Obstacles(
      Repository<SavedExportData> exports,
      Repository<ConnectionData> connections,
      Repository<ExportState> states) {
    this.exports = exports;
    this.connections = connections;
    this.states = states;
  }

  /**
   * Returns the exports that can be run here, as far as reading goes; the others are left alone.
   */
  public List<SavedExportData> runnable() {
    return marked(exports.list("")).stream().filter(export -> export.obstacle() == null).toList();
  }

  /** Returns the exports, those that cannot be run here with the reason. */
  List<SavedExportData> marked(List<SavedExportData> exports) {
    Map<String, String> ofConnections = advice(connections.listing("").unread());
    Map<String, String> ofStates = advice(states.listing("").unread());
    if (ofConnections.isEmpty() && ofStates.isEmpty()) {
      return exports;
    }
    List<SavedExportData> marked = new ArrayList<>();
    for (SavedExportData export : exports) {
      String why = ofStates.get(export.id());
      String connection = export.definition().connection();
      if (why == null && connection != null) {
        why = ofConnections.get(connection);
      }
      marked.add(why == null ? export : export.obstacle(why));
    }
    return marked;
  }

  private static Map<String, String> advice(List<Unread> unread) {
    Map<String, String> advice = new HashMap<>();
    unread.forEach(one -> advice.put(one.entry().id(), one.advice()));
    return advice;
  }

  /** Returns why something cannot be used here, as the actor may know it. */
  static String toldTo(Actor actor, String what, String why) {
    return actor.role() == Actor.Role.ADMINISTRATOR
        ? why
        : what + " here: an administrator can see why. Other processes may do it all the same.";
  }

  /** Returns an export as the actor may see it. */
  static SavedExportData toldTo(Actor actor, SavedExportData export) {
    @Nullable String why = export.obstacle();
    return why == null
        ? export
        : export.obstacle(toldTo(actor, "Export " + export.words() + " cannot be run", why));
  }
}
