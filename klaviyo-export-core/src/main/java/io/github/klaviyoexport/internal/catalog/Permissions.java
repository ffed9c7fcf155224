package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Actor.Role;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import java.util.Objects;

/** The rules of who may do what. */
public final class Permissions {
  private Permissions() {}

  /**
   * Lets administrators pass.
   *
   * @throws CatalogException for others
   */
  public static void administers(Actor actor, String action) {
    if (Objects.requireNonNull(actor, "administrator").role() != Role.ADMINISTRATOR) {
      throw refused(actor, action, "it takes an administrator");
    }
  }

  /**
   * Lets those pass who may manage exports on some connection.
   *
   * @throws CatalogException for others
   */
  public static void contributes(Actor actor, String action) {
    if (Objects.requireNonNull(actor, "actor").role() == Role.VIEWER) {
      throw refused(
          actor, action, "it takes a contributor (on a shared connection) or an administrator");
    }
  }

  /**
   * Lets those pass who may manage exports on the connection.
   *
   * @throws CatalogException for others
   */
  static void manages(Actor actor, String action, ConnectionData connection) {
    contributes(actor, action);
    if (!mayUse(actor, connection)) {
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

  /**
   * Creates the exception of an actor who may not do something.
   *
   * @param action what, after "you may not"
   * @param needed what it takes, in a clause
   */
  public static CatalogException refused(Actor actor, String action, String needed) {
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
