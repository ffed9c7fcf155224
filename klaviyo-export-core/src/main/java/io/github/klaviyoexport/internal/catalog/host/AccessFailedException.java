package io.github.klaviyoexport.internal.catalog.host;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A connection that does not lead to Klaviyo. It is checked, so that none is told to an actor
 * before it is decided what that actor may see.
 */
public final class AccessFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** What administrators are told beside the message; not for others. */
  private final @Nullable String details;

  public AccessFailedException(
      Reason reason, String message, @Nullable String details, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.details = details;
  }

  public AccessFailedException(Reason reason, String message, @Nullable Throwable cause) {
    this(reason, message, null, cause);
  }

  public Reason reason() {
    return reason;
  }

  public @Nullable String details() {
    return details;
  }

  /** Returns this as it is told to the actor who asked: to administrators with the details. */
  public CatalogException toldTo(Actor actor) {
    boolean all = details != null && actor.role() == Actor.Role.ADMINISTRATOR;
    String said = getMessage() + (all ? " " + details : "");
    return new CatalogException(reason, String.valueOf(PlainWords.of(said)), getCause());
  }
}
