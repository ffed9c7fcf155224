package io.github.klaviyoexport.catalog;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A way to one Klaviyo account that an administrator has made, as the catalog keeps it.
 *
 * <p>It can be used when the {@linkplain #PRIVACY_NOTICE data privacy notice} has been accepted and
 * the credentials have been verified at Klaviyo. It holds where the credentials are kept, never the
 * credentials. Immutable.
 *
 * @param id made by the catalog
 * @param definition what was decided about it
 * @param consent who accepted the notice, and when; {@code null} when nobody has
 * @param connectedAt when its credentials were last verified; {@code null} when they never were
 * @param account what Klaviyo said of the account; {@code null} when it was never asked, or the
 *     credentials lack the scope {@code accounts:read}
 * @param removing whether it is being removed, so that nothing may use it
 * @param changedBy who changed it last
 * @param changedAt when
 * @param version counts its changes, from 1; 0 before it is kept
 */
public record Connection(
    String id,
    ConnectionDefinition definition,
    @Nullable Consent consent,
    @Nullable Instant connectedAt,
    @Nullable Account account,
    boolean removing,
    String changedBy,
    Instant changedAt,
    long version) {

  /** What kind of system every connection leads to. */
  public static final String TYPE = "Klaviyo";

  /** What is accepted before a connection can be used. */
  public static final String PRIVACY_NOTICE =
      """
      Exports through this connection send personal data of your customers, such as email addresses, \
      phone numbers, names and whatever else the exports map, out of your own system to Klaviyo, Inc. \
      Once there, the data is processed under your agreement with Klaviyo, and this library can \
      neither recall nor delete it. You are responsible: that you may share this data with \
      Klaviyo, that your customers have been told, that their wishes are respected there too, and \
      that requests for erasure reach Klaviyo as well. By accepting, you confirm this for your \
      organisation.""";

  /**
   * The acceptance of the data privacy notice.
   *
   * @param by who accepted
   * @param at when
   * @param notice the text that was accepted
   */
  public record Consent(String by, Instant at, String notice) {}

  /**
   * A Klaviyo account, as it describes itself.
   *
   * @param id Klaviyo's id of it, which is also its public key
   * @param name the organisation's name, if Klaviyo gives one
   * @param timezone the account's time zone, an IANA name, if Klaviyo gives one
   * @param test whether it is a test account, if Klaviyo says so
   */
  public record Account(
      String id, @Nullable String name, @Nullable String timezone, @Nullable Boolean test) {}

  /**
   * What everybody may see of a connection.
   *
   * @param id made by the catalog
   * @param name what people know it by
   * @param type what kind of system it leads to
   * @param usable whether the one who asked may use it in exports
   */
  public record Summary(String id, String name, String type, boolean usable) {}

  /** Checks that the necessary is there. */
  public Connection {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(changedBy, "changedBy");
    Objects.requireNonNull(changedAt, "changedAt");
  }

  /** What people know it by. */
  public String name() {
    return definition.name();
  }

  Connection with(ConnectionDefinition definition) {
    return new Connection(
        id, definition, consent, connectedAt, account, removing, changedBy, changedAt, version);
  }

  Connection accepted(Consent consent) {
    return new Connection(
        id, definition, consent, connectedAt, account, removing, changedBy, changedAt, version);
  }

  Connection verified(Instant at, @Nullable Account account) {
    return new Connection(
        id, definition, consent, at, account, removing, changedBy, changedAt, version);
  }

  Connection removing(boolean removing) {
    return new Connection(
        id, definition, consent, connectedAt, account, removing, changedBy, changedAt, version);
  }

  Connection changed(Actor actor, Instant at) {
    return new Connection(
        id, definition, consent, connectedAt, account, removing, actor.name(), at, version);
  }
}
