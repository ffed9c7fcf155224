package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.Connection.Account;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.internal.catalog.Repository.Listing;
import io.github.klaviyoexport.internal.catalog.Repository.Unread;
import io.github.klaviyoexport.internal.catalog.host.AccessFailedException;
import io.github.klaviyoexport.internal.catalog.host.ConnectionAccess;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormat;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormats;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.ConsentData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.catalog.store.SummaryData;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** The connections that are kept: made, verified and removed by administrators. */
public final class Connections {
  private final Repository<ConnectionData> connections;
  private final Repository<SavedExportData> exports;
  private final UsableConnections usable;
  private final ConnectionAccess access;
  private final RunCancellation cancellation;
  private final TimeSource time;

  /** Creates the managing of the connections that are kept. */
  public Connections(
      Repository<ConnectionData> connections,
      Repository<SavedExportData> exports,
      UsableConnections usable,
      ConnectionAccess access,
      RunCancellation cancellation,
      TimeSource time) {
    this.connections = connections;
    this.exports = exports;
    this.usable = usable;
    this.access = access;
    this.cancellation = cancellation;
    this.time = time;
  }

  /**
   * Returns the connection of that id.
   *
   * @throws CatalogException if there is none
   */
  public ConnectionData find(String id) {
    return usable.find(id);
  }

  /** Adds a connection, which cannot be used yet. */
  public ConnectionData add(Actor actor, ConnectionDefinition definition) {
    Objects.requireNonNull(definition, "definition");
    ConnectionDefinition complete =
        definition.exportUser() == null ? definition.exportUser(actor.name()) : definition;
    String id = ReadableId.of(definition.name());
    connections.checkNameIsFree(id, definition.name(), ConnectionData::name);
    return put(ConnectionData.added(id, complete, actor, time.now()));
  }

  /** Puts on record that the notice was accepted. */
  public ConnectionData accept(Actor actor, String id) {
    ConnectionData connection = find(id);
    Instant now = time.now();
    return put(
        connection
            .accepted(new ConsentData(actor.name(), now, Connection.PRIVACY_NOTICE))
            .changed(actor, now));
  }

  /** Verifies the credentials at Klaviyo, and records whose they are. */
  public ConnectionData connect(Actor actor, String id) {
    ConnectionData connection = find(id);
    UsableConnections.checkAccepted(connection);
    return put(verified(actor, connection).changed(actor, time.now()));
  }

  private ConnectionData verified(Actor actor, ConnectionData connection) {
    Account known = connection.account();
    Account found;
    try {
      found = access.verify(connection);
    } catch (AccessFailedException failure) {
      throw failure.toldTo(actor);
    }
    if (known != null && found != null && !known.id().equals(found.id())) {
      throw new CatalogException(
          Reason.OTHER_ACCOUNT,
          "The credentials in "
              + connection.definition().credentials()
              + " are of Klaviyo account "
              + found.id()
              + ", and connection "
              + connection.words()
              + " leads to account "
              + known.id()
              + ", which has the lists of its exports: use credentials of that account, or make"
              + " another connection.");
    }
    return connection.verified(time.now(), found == null ? known : found);
  }

  /** Changes a connection; verifies credentials before they replace others. */
  public ConnectionData edit(Actor actor, Connection seen, ConnectionDefinition changed) {
    Objects.requireNonNull(seen, "seen");
    Objects.requireNonNull(changed, "definition");
    ConnectionData current = find(seen.id());
    if (current.version() != seen.version()) {
      throw Repository.changedMeanwhile(
          "Connection " + current.words(), current.changedBy(), current.changedAt());
    }
    ConnectionDefinition complete =
        changed.exportUser() == null
            ? changed.exportUser(
                Objects.requireNonNullElse(current.definition().exportUser(), actor.name()))
            : changed;
    ConnectionData next = current.with(complete);
    boolean otherCredentials =
        !complete.credentials().equals(current.definition().credentials())
            || complete.kind() != current.definition().kind();
    if (otherCredentials && current.connectedAt() != null) {
      next = verified(actor, next);
    }
    if (!complete.name().equals(current.name())) {
      connections.checkNameIsFree(current.id(), complete.name(), ConnectionData::name);
    }
    return put(next.changed(actor, time.now()));
  }

  private ConnectionData put(ConnectionData connection) {
    return connections
        .put(connection)
        .orElseThrow(
            () -> {
              ConnectionData now = usable.findOrNull(connection.id());
              return Repository.changedMeanwhile(
                  "Connection " + connection.words(),
                  now == null ? null : now.changedBy(),
                  now == null ? null : now.changedAt());
            });
  }

  /** Stops what runs through a connection, and removes it. */
  public void remove(Actor actor, String id) {
    ConnectionData connection = find(id);
    checkUnused(connection);
    cancellation.checkAllReadable();
    if (!connection.removing()) {
      connection = put(connection.removing(true).changed(actor, time.now()));
    }
    // Again: an export may have been attached since. Attaching one now looks again, too.
    try {
      checkUnused(connection);
    } catch (CatalogException inUse) {
      connections.put(connection.removing(false));
      throw inUse;
    }
    cancellation.cancelAll(id, actor, "its connection was removed");
    cancellation.awaitNone(id);
    if (!connections.remove(connection) && connections.find(id).isPresent()) {
      throw Repository.changedMeanwhile("Connection " + connection.words(), null, null);
    }
  }

  private void checkUnused(ConnectionData connection) {
    Listing<SavedExportData> listing = exports.listing("");
    List<String> dependents = new ArrayList<>();
    for (SavedExportData export : listing.values()) {
      if (connection.id().equals(export.definition().connection())) {
        dependents.add(export.words());
      }
    }
    for (Unread unread : listing.unread()) {
      if (CatalogFormats.mayBeOn(connection.id(), unread.entry())) {
        dependents.add(
            CatalogFormats.exportInPart(unread.entry(), unread.advice()).words()
                + ", which cannot be read here,");
      }
    }
    if (!dependents.isEmpty()) {
      throw new CatalogException(
          Reason.IN_USE,
          "Connection "
              + connection.words()
              + " is used by "
              + String.join(", ", dependents)
              + ": detach or remove "
              + (dependents.size() == 1 ? "it" : "them")
              + " first.");
    }
  }

  /** Returns what everybody may see of all connections. */
  public List<Connection.Summary> summaries(Actor actor) {
    Objects.requireNonNull(actor, "actor");
    Listing<ConnectionData> listing = connections.listing("");
    List<Connection.Summary> summaries = new ArrayList<>();
    for (ConnectionData connection : listing.values()) {
      boolean usable =
          Permissions.mayUse(actor, connection)
              && connection.connectedAt() != null
              && !connection.removing();
      summaries.add(
          new SummaryData(connection.id(), connection.name(), Connection.TYPE, usable, null));
    }
    for (Unread unread : listing.unread()) {
      String id = unread.entry().id();
      String name = CatalogFormat.nameOf(unread.entry());
      String what = "Connection '" + name + "' (" + id + ") cannot be used";
      summaries.add(
          new SummaryData(
              id, name, Connection.TYPE, false, Obstacles.toldTo(actor, what, unread.advice())));
    }
    summaries.sort(Comparator.comparing(Connection.Summary::id));
    return List.copyOf(summaries);
  }
}
