package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection as a value, and how it is changed. */
public record ConnectionData(
    String id,
    ConnectionDefinition definition,
    @Nullable Consent consent,
    @Nullable Instant connectedAt,
    @Nullable Account account,
    boolean removing,
    String changedBy,
    Instant changedAt,
    long version)
    implements Connection {

  /** Checks that the necessary is there. */
  public ConnectionData {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(changedBy, "changedBy");
    Objects.requireNonNull(changedAt, "changedAt");
  }

  /** Creates a connection that cannot be used yet. */
  public static ConnectionData added(
      String id, ConnectionDefinition definition, Actor by, Instant at) {
    return new ConnectionData(id, definition, null, null, null, false, by.name(), at, 0);
  }

  @Override
  public String name() {
    return definition.name();
  }

  /** Returns what a message calls it: its name and id. */
  public String words() {
    return "'" + name() + "' (" + id + ")";
  }

  /** Returns this with another definition. */
  public ConnectionData with(ConnectionDefinition definition) {
    return new ConnectionData(
        id, definition, consent, connectedAt, account, removing, changedBy, changedAt, version);
  }

  /** Returns this with the notice accepted. */
  public ConnectionData accepted(Consent consent) {
    return new ConnectionData(
        id, definition, consent, connectedAt, account, removing, changedBy, changedAt, version);
  }

  /** Returns this with its credentials verified. */
  public ConnectionData verified(Instant at, @Nullable Account account) {
    return new ConnectionData(
        id, definition, consent, at, account, removing, changedBy, changedAt, version);
  }

  /** Returns this in removal, or out of it. */
  public ConnectionData removing(boolean removing) {
    return new ConnectionData(
        id, definition, consent, connectedAt, account, removing, changedBy, changedAt, version);
  }

  /** Returns this with who has changed it, and when. */
  public ConnectionData changed(Actor by, Instant at) {
    return new ConnectionData(
        id, definition, consent, connectedAt, account, removing, by.name(), at, version);
  }

  @Override
  public String toJson() {
    return CatalogJson.write(this);
  }

  @Override
  public String toString() {
    return "Connection " + words();
  }
}
