package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.internal.catalog.store.AccountData;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.ConsentData;
import io.github.klaviyoexport.internal.catalog.store.SummaryData;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection of no catalog, to test pages of yours that show connections.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleValuesTest" region="connection"}
 *
 * <p>By default kim has accepted the notice and connected on 1 September 2026 at 8:00 UTC, to the
 * account {@code AbC123}, named Shop. Instances are immutable and safe for use by many threads.
 */
public final class SampleConnection {
  private static final Instant AT = Instant.parse("2026-09-01T08:00:00Z");

  private final ConnectionData connection;
  private final @Nullable String obstacle;

  private SampleConnection(ConnectionData connection, @Nullable String obstacle) {
    this.connection = connection;
    this.obstacle = obstacle;
  }

  /** Creates a connection that can be used. */
  public static SampleConnection of(String id, ConnectionDefinition definition) {
    Objects.requireNonNull(id, "id: pass an id, such as klaviyo-eu-1a2b3c4d.");
    Objects.requireNonNull(definition, "definition: pass one, ConnectionDefinition.apiKey(...).");
    return new SampleConnection(
        new ConnectionData(
            id,
            definition,
            new ConsentData("kim", AT, Connection.PRIVACY_NOTICE),
            AT,
            new AccountData("AbC123", "Shop", "Europe/Helsinki", false),
            false,
            "kim",
            AT,
            1),
        null);
  }

  /** Has the notice not accepted, and the credentials not verified. */
  public SampleConnection notAccepted() {
    return with(null, null, null, connection.removing());
  }

  /** Has the notice accepted, and the credentials not verified. */
  public SampleConnection notConnected() {
    return with(connection.consent(), null, null, connection.removing());
  }

  /**
   * Has Klaviyo describe the account so.
   *
   * @param timezone an IANA name; {@code null} if Klaviyo gives none
   */
  public SampleConnection account(String id, @Nullable String name, @Nullable String timezone) {
    AccountData account = new AccountData(Objects.requireNonNull(id, "id"), name, timezone, false);
    return with(connection.consent(), connection.connectedAt(), account, connection.removing());
  }

  /** Has the connection being removed. */
  public SampleConnection removing() {
    return with(connection.consent(), connection.connectedAt(), connection.account(), true);
  }

  /** Has this process not able to use it, for that reason. */
  public SampleConnection notUsableHere(String why) {
    return new SampleConnection(
        connection, Objects.requireNonNull(why, "why: pass why it cannot be used, a sentence."));
  }

  private SampleConnection with(
      Connection.@Nullable Consent consent,
      @Nullable Instant connectedAt,
      Connection.@Nullable Account account,
      boolean removing) {
    return new SampleConnection(
        new ConnectionData(
            connection.id(),
            connection.definition(),
            consent,
            connectedAt,
            account,
            removing,
            connection.changedBy(),
            connection.changedAt(),
            connection.version()),
        obstacle);
  }

  /** Returns the connection, as administrators see it. */
  public Connection connection() {
    return connection;
  }

  /** Returns what everybody may see of it; usable when it is connected and stays. */
  public Connection.Summary summary() {
    boolean usable =
        obstacle == null
            && connection.consent() != null
            && connection.connectedAt() != null
            && !connection.removing();
    return new SummaryData(connection.id(), connection.name(), Connection.TYPE, usable, obstacle);
  }

  /** Returns the connection's name and id. */
  @Override
  public String toString() {
    return "SampleConnection[" + connection + "]";
  }
}
