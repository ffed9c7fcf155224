package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.AccountData;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.ConsentData;
import io.github.klaviyoexport.internal.catalog.store.SummaryData;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A way to one Klaviyo account that an administrator has made, as the catalog keeps it.
 *
 * <p>It can be used when the {@linkplain #PRIVACY_NOTICE data privacy notice} has been accepted and
 * the credentials have been verified at Klaviyo. It holds where the credentials are kept, never the
 * credentials.
 *
 * <p>Connections are immutable, equal when all they hold is equal, and safe for use by many
 * threads. They are made by a {@link Catalog} only, so that later versions can tell more.
 */
public sealed interface Connection permits ConnectionData {
  /** What kind of system every connection leads to. */
  String TYPE = "Klaviyo";

  /** What is accepted before a connection can be used. */
  String PRIVACY_NOTICE =
      """
      Exports through this connection send personal data of your customers, such as email addresses, \
      phone numbers, names and whatever else the exports map, out of your own system to Klaviyo, Inc. \
      Once there, the data is processed under your agreement with Klaviyo, and this library can \
      neither recall nor delete it. You are responsible: that you may share this data with \
      Klaviyo, that your customers have been told, that their wishes are respected there too, and \
      that requests for erasure reach Klaviyo as well. By accepting, you confirm this for your \
      organisation.""";

  /** The acceptance of the data privacy notice. */
  sealed interface Consent permits ConsentData {
    /** Returns the name of the actor who accepted the notice. */
    String by();

    /** Returns when the notice was accepted. */
    Instant at();

    /** Returns the text that was accepted. */
    String notice();
  }

  /** A Klaviyo account, as it describes itself. */
  sealed interface Account permits AccountData {
    /** Returns Klaviyo's id of the account, which is also its public key. */
    String id();

    /** Returns the organisation's name; {@code null} if Klaviyo gives none. */
    @Nullable String name();

    /** Returns the account's time zone, an IANA name; {@code null} if Klaviyo gives none. */
    @Nullable String timezone();

    /** Returns whether it is a test account; {@code null} if Klaviyo does not say. */
    @Nullable Boolean test();
  }

  /** What everybody may see of a connection. */
  sealed interface Summary permits SummaryData {
    /** Returns the id that the catalog has made. */
    String id();

    /** Returns the name that people know the connection by. */
    String name();

    /** Returns what kind of system the connection leads to. */
    String type();

    /** Returns whether the actor who asked may use the connection in exports. */
    boolean usable();

    /**
     * Returns why this process cannot use the connection, in words for the actor who asked; empty
     * when it can read it. Another process, with a newer version of the library, may use it all the
     * same.
     */
    Optional<String> notUsableHere();

    /** Returns it as one JSON object, for machines; what is empty is left out. */
    String toJson();
  }

  /** Returns the id that the catalog has made. */
  String id();

  /** Returns what was decided about the connection. */
  ConnectionDefinition definition();

  /** Returns who accepted the notice, and when; {@code null} when it was not accepted. */
  @Nullable Consent consent();

  /** Returns when the credentials were last verified; {@code null} when they never were. */
  @Nullable Instant connectedAt();

  /**
   * Returns what Klaviyo said of the account; {@code null} when it was never asked, or the
   * credentials lack the scope {@code accounts:read}.
   */
  @Nullable Account account();

  /** Returns whether the connection is being removed, so that nothing may use it. */
  boolean removing();

  /** Returns the name of the actor who changed the connection last. */
  String changedBy();

  /** Returns when the connection was changed last. */
  Instant changedAt();

  /** Returns how often the connection was changed, counted from 1; 0 before it is kept. */
  long version();

  /**
   * Returns it as one JSON object, for machines: what {@link ConnectionDefinition#toJson} says,
   * with where the credentials are kept, and the rest; what is {@code null} is left out. {@link
   * ConnectionDefinition#fromJson} reads the definition from it.
   */
  String toJson();

  /** Returns the name that people know the connection by. */
  String name();
}
