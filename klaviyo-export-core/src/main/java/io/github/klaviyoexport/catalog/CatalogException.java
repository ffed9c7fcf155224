package io.github.klaviyoexport.catalog;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that a {@link Catalog} would not or could not do.
 *
 * <p>The message says what, to which id, and what to do now; the reason is for programs. Nothing
 * has been changed, unless the message says so.
 */
public final class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why it was not done. */
  public enum Reason {
    /** The actor's role does not allow it. */
    NOT_ALLOWED,
    /** There is no connection, export or run of that id. */
    UNKNOWN_ID,
    /** Another connection or export has that name, or one that looks like it. */
    NAME_TAKEN,
    /** It was changed since it was read. */
    CHANGED_MEANWHILE,
    /** The definition lacks something that it needs. */
    INCOMPLETE,
    /** The data privacy notice has not been accepted for the connection. */
    NOT_ACCEPTED,
    /** The connection has never been verified at Klaviyo. */
    NOT_CONNECTED,
    /** The connection is being removed. */
    BEING_REMOVED,
    /** Exports still use the connection. */
    IN_USE,
    /** The export has no connection. */
    DETACHED,
    /** The credentials could not be read, or are none. */
    CREDENTIALS_UNREADABLE,
    /** Klaviyo does not take the credentials. */
    CREDENTIALS_REFUSED,
    /** The credentials lack a scope. */
    SCOPE_MISSING,
    /** The credentials are of another Klaviyo account than the connection. */
    OTHER_ACCOUNT,
    /** Klaviyo has no such list. */
    LIST_NOT_FOUND,
    /** Klaviyo has several lists of that name. */
    LIST_AMBIGUOUS,
    /** Another export mirrors the list. */
    OTHER_MIRROR,
    /** The source could not open the segment, or says that it is not to be read now. */
    SEGMENT_UNREADABLE,
    /**
     * The mapping names fields that the segment does not have, or cannot be saved because it holds
     * a function.
     */
    MAPPING_UNFIT,
    /** Klaviyo could not be asked. */
    KLAVIYO_UNAVAILABLE,
    /** The run has ended already. */
    ENDED,
    /** A run did not end in time. */
    STILL_RUNNING,
    /** What the store holds is damaged: no version of this library can read it. */
    DAMAGED,
    /**
     * This version of the library or this Java cannot read what the store holds; a newer one may.
     */
    NEWER_FORMAT,
    /** The store failed. */
    STORE_FAILED,
    /** The thread was interrupted; its interrupt flag is set again. */
    INTERRUPTED,
    /** The catalog is closed. */
    CLOSED
  }

  /** Creates the exception for what failed because of something else. */
  public CatalogException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** Creates the exception. */
  public CatalogException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** Returns why it was not done. */
  public Reason reason() {
    return reason;
  }
}
