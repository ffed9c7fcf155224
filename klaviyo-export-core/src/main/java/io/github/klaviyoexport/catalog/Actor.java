package io.github.klaviyoexport.catalog;

import java.util.Objects;

/**
 * The person or service that asks a {@link Catalog} for something, and what they are allowed.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="actor"}
 *
 * <p>The host application has its own login: it says with each call who is asking. The name is kept
 * with what they changed, so it should be one that colleagues recognise.
 *
 * @param name who it is, as the host knows them
 * @param role what they may do
 */
public record Actor(String name, Role role) {
  /** What an actor may do. */
  public enum Role {
    /** Manages connections, and all exports. */
    ADMINISTRATOR,
    /** Manages the exports on connections that are shared with contributors. */
    CONTRIBUTOR,
    /** Looks, and changes nothing. */
    VIEWER
  }

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is blank, too long or holds control characters
   */
  public Actor {
    NameRule.checked(name, "An actor");
    Objects.requireNonNull(role, "role");
  }

  /** Returns an actor who manages connections and all exports. */
  public static Actor administrator(String name) {
    return new Actor(name, Role.ADMINISTRATOR);
  }

  /** Returns an actor who manages exports on shared connections. */
  public static Actor contributor(String name) {
    return new Actor(name, Role.CONTRIBUTOR);
  }

  /** Returns an actor who looks. */
  public static Actor viewer(String name) {
    return new Actor(name, Role.VIEWER);
  }
}
