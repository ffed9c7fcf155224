package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.Actor.Role;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import org.jspecify.annotations.Nullable;

/** Who may do what. */
final class Permissions {
  private Permissions() {}

  /** Lets administrators pass. */
  static void administers(Actor actor, String action) {
    if (actor.role() != Role.ADMINISTRATOR) {
      throw refused(actor, action, "it takes an administrator");
    }
  }

  /** Lets those pass who may manage exports on the connection; {@code null} for none. */
  static void manages(Actor actor, String action, @Nullable Connection connection) {
    if (actor.role() == Role.VIEWER) {
      throw refused(
          actor, action, "it takes a contributor (on a shared connection) or an administrator");
    }
    if (connection != null && !mayUse(actor, connection)) {
      throw refused(
          actor,
          action,
          "connection "
              + Accounts.words(connection)
              + " is for administrators only. It takes an administrator, who may also share it");
    }
  }

  static boolean mayUse(Actor actor, Connection connection) {
    return switch (actor.role()) {
      case ADMINISTRATOR -> true;
      case CONTRIBUTOR -> connection.definition().sharedWithContributors();
      case VIEWER -> false;
    };
  }

  private static CatalogException refused(Actor actor, String action, String needed) {
    return new CatalogException(
        Reason.NOT_ALLOWED,
        "As " + actor.role().words() + " you may not " + action + ": " + needed + ".");
  }
}
