package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Actor.Role;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import org.jspecify.annotations.Nullable;

/** The rules of who may do what. */
public final class Permissions {
  private Permissions() {}

  /**
   * Lets administrators pass.
   *
   * @throws CatalogException for others
   */
  public static void administers(Actor actor, String action) {
    if (actor.role() != Role.ADMINISTRATOR) {
      throw refused(actor, action, "it takes an administrator");
    }
  }

  /**
   * Lets those pass who may manage exports on the connection; {@code null} for none.
   *
   * @throws CatalogException for others
   */
  public static void manages(Actor actor, String action, @Nullable ConnectionData connection) {
    if (actor.role() == Role.VIEWER) {
      throw refused(
          actor, action, "it takes a contributor (on a shared connection) or an administrator");
    }
    if (connection != null && !mayUse(actor, connection)) {
      throw refused(
          actor,
          action,
          "connection "
              + connection.words()
              + " is for administrators only. It takes an administrator, who may also share it");
    }
  }

  /** Returns whether the actor may use the connection in exports. */
  public static boolean mayUse(Actor actor, ConnectionData connection) {
    return switch (actor.role()) {
      case ADMINISTRATOR -> true;
      case CONTRIBUTOR -> connection.definition().sharedWithContributors();
      case VIEWER -> false;
    };
  }

  private static CatalogException refused(Actor actor, String action, String needed) {
    String role =
        switch (actor.role()) {
          case ADMINISTRATOR -> "an administrator";
          case CONTRIBUTOR -> "a contributor";
          case VIEWER -> "a viewer";
        };
    return new CatalogException(
        Reason.NOT_ALLOWED, "As " + role + " you may not " + action + ": " + needed + ".");
  }
}
