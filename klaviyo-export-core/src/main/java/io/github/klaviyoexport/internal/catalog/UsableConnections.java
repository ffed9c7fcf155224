package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import org.jspecify.annotations.Nullable;

/** The connections as exports see them: whether one is there, and whether it may be used. */
public final class UsableConnections {
  private final Repository<ConnectionData> connections;

  /** Creates the view of the connections that are kept. */
  public UsableConnections(Repository<ConnectionData> connections) {
    this.connections = connections;
  }

  /**
   * Returns the connection of that id.
   *
   * @throws CatalogException if there is none
   */
  ConnectionData find(String id) {
    return connections
        .find(id)
        .orElseThrow(
            () ->
                new CatalogException(
                    Reason.UNKNOWN_ID,
                    "There is no connection "
                        + id
                        + ": it may have been removed. The list of connections shows those that"
                        + " are there."));
  }

  /**
   * Returns the connection of that id; {@code null} when there is none.
   *
   * @throws CatalogException if it cannot be read here
   */
  @Nullable ConnectionData findOrNull(@Nullable String id) {
    return id == null ? null : connections.findReadable(id).orElse(null);
  }

  /**
   * Returns the connection of that id, if exports may go through it.
   *
   * @throws CatalogException if they may not
   */
  ConnectionData usable(String id) {
    ConnectionData connection = find(id);
    if (connection.removing()) {
      throw new CatalogException(
          Reason.BEING_REMOVED,
          "Connection " + connection.words() + " is being removed: use another.");
    }
    checkAccepted(connection);
    if (connection.connectedAt() == null) {
      throw new CatalogException(
          Reason.NOT_CONNECTED,
          "Connection "
              + connection.words()
              + " has never been verified at Klaviyo: an administrator has to connect it first.");
    }
    return connection;
  }

  /**
   * Checks that the notice has been accepted.
   *
   * @throws CatalogException if it has not
   */
  static void checkAccepted(ConnectionData connection) {
    if (connection.consent() == null) {
      throw new CatalogException(
          Reason.NOT_ACCEPTED,
          "Nobody has accepted the data privacy notice for connection "
              + connection.words()
              + ": an administrator has to read and accept it before the connection can be used.");
    }
  }
}
