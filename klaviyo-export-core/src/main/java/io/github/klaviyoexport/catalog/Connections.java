package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.Connection.Account;
import io.github.klaviyoexport.catalog.Connection.Consent;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The connections: made, verified and removed by administrators. */
final class Connections {
  private final Documents<Connection> connections;
  private final Documents<SavedExport> exports;
  private final Accounts accounts;
  private final Runs runs;
  private final TimeSource time;

  Connections(
      Documents<Connection> connections,
      Documents<SavedExport> exports,
      Accounts accounts,
      Runs runs,
      TimeSource time) {
    this.connections = connections;
    this.exports = exports;
    this.accounts = accounts;
    this.runs = runs;
    this.time = time;
  }

  static CatalogException unknown(String id) {
    return new CatalogException(
        Reason.UNKNOWN_ID,
        "There is no connection "
            + id
            + ": it may have been removed. The list of connections shows those that are there.");
  }

  /** The connection of that id, if exports may go through it. */
  static Connection usable(Documents<Connection> connections, String id) {
    Connection connection = connections.find(id).orElseThrow(() -> unknown(id));
    if (connection.removing()) {
      throw new CatalogException(
          Reason.BEING_REMOVED,
          "Connection " + Accounts.words(connection) + " is being removed: use another.");
    }
    if (connection.consent() == null) {
      throw notAccepted(connection);
    }
    if (connection.connectedAt() == null) {
      throw new CatalogException(
          Reason.NOT_CONNECTED,
          "Connection "
              + Accounts.words(connection)
              + " has never been verified at Klaviyo: an administrator has to connect it first.");
    }
    return connection;
  }

  private static CatalogException notAccepted(Connection connection) {
    return new CatalogException(
        Reason.NOT_ACCEPTED,
        "Nobody has accepted the data privacy notice for connection "
            + Accounts.words(connection)
            + ": an administrator has to read and accept it before the connection can be used.");
  }

  Connection find(String id) {
    return connections.find(id).orElseThrow(() -> unknown(id));
  }

  Connection add(Actor actor, ConnectionDefinition definition) {
    ConnectionDefinition complete =
        definition.exportUser() == null ? definition.exportUser(actor.name()) : definition;
    Instant now = time.now();
    Connection connection =
        new Connection(
            Ids.of(definition.name()), complete, null, null, null, false, actor.name(), now, 0);
    return put(connection);
  }

  Connection accept(Actor actor, String id) {
    Connection connection = find(id);
    Instant now = time.now();
    return put(
        connection
            .accepted(new Consent(actor.name(), now, Connection.PRIVACY_NOTICE))
            .changed(actor, now));
  }

  Connection connect(Actor actor, String id) {
    Connection connection = find(id);
    if (connection.consent() == null) {
      throw notAccepted(connection);
    }
    return put(verified(actor, connection).changed(actor, time.now()));
  }

  private Connection verified(Actor actor, Connection connection) {
    Account known = connection.account();
    Account found;
    try {
      found = accounts.verify(connection);
    } catch (CatalogException failure) {
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
              + Accounts.words(connection)
              + " leads to account "
              + known.id()
              + ", which has the lists of its exports: use credentials of that account, or make"
              + " another connection.");
    }
    return connection.verified(time.now(), found == null ? known : found);
  }

  Connection edit(Actor actor, Connection seen, ConnectionDefinition changed) {
    Connection current = find(seen.id());
    if (current.version() != seen.version()) {
      throw changedMeanwhile(
          "Connection " + Accounts.words(current), current.changedBy(), current.changedAt());
    }
    ConnectionDefinition complete =
        changed.exportUser() == null
            ? changed.exportUser(
                Objects.requireNonNullElse(current.definition().exportUser(), actor.name()))
            : changed;
    Connection next = current.with(complete);
    boolean otherCredentials =
        !complete.credentials().equals(current.definition().credentials())
            || complete.kind() != current.definition().kind();
    if (otherCredentials && current.connectedAt() != null) {
      next = verified(actor, next);
    }
    return put(next.changed(actor, time.now()));
  }

  private Connection put(Connection connection) {
    return connections
        .put(connection)
        .orElseThrow(
            () -> changedMeanwhile("Connection " + Accounts.words(connection), null, null));
  }

  static CatalogException changedMeanwhile(String what, @Nullable String by, @Nullable Instant at) {
    return new CatalogException(
        Reason.CHANGED_MEANWHILE,
        what
            + " was changed"
            + (by == null ? "" : " by " + by + " at " + at)
            + " after it was read: nothing was overwritten. Read it again, and make your change to"
            + " what it is now.");
  }

  void remove(Actor actor, String id) {
    Connection connection = find(id);
    checkUnused(connection);
    if (!connection.removing()) {
      connection = put(connection.removing(true).changed(actor, time.now()));
    }
    // Again: an export may have been attached since. Who attaches one now looks again, too.
    try {
      checkUnused(connection);
    } catch (CatalogException inUse) {
      connections.put(connection.removing(false));
      throw inUse;
    }
    runs.stops().stopAll(id, actor, "its connection was removed");
    runs.stops().awaitNone(id);
    if (!connections.remove(connection) && connections.find(id).isPresent()) {
      throw changedMeanwhile("Connection " + Accounts.words(connection), null, null);
    }
  }

  private void checkUnused(Connection connection) {
    List<SavedExport> dependents =
        exports.list("").stream()
            .filter(export -> connection.id().equals(export.definition().connection()))
            .toList();
    if (!dependents.isEmpty()) {
      throw new CatalogException(
          Reason.IN_USE,
          "Connection "
              + Accounts.words(connection)
              + " is used by "
              + dependents.stream()
                  .map(export -> "'" + export.name() + "' (" + export.id() + ")")
                  .collect(Collectors.joining(", "))
              + ": detach or remove "
              + (dependents.size() == 1 ? "it" : "them")
              + " first.");
    }
  }

  List<Connection.Summary> summaries(Actor actor) {
    return connections.list("").stream()
        .map(
            connection ->
                new Connection.Summary(
                    connection.id(),
                    connection.name(),
                    Connection.TYPE,
                    Permissions.mayUse(actor, connection)
                        && connection.connectedAt() != null
                        && !connection.removing()))
        .toList();
  }
}
