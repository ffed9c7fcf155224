package io.github.klaviyoexport.klaviyo;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The failure of an exchange with Klaviyo that ended without a usable response.
 *
 * <p>It says the one thing that decides what may be done next: whether Klaviyo may have processed
 * the request. Its message never quotes a header or a body.
 */
public final class TransportException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Fate fate;

  /** What may have become of a request that got no response. */
  public enum Fate {
    /** The request cannot have been processed: no connection was made. */
    UNPROCESSED,
    /** The request may or may not have been processed: the connection broke or stayed silent. */
    UNKNOWN,
    /** The request was answered, and the answer broke a rule: sending again changes nothing. */
    UNUSABLE
  }

  /** Creates the failure of an exchange; the message quotes no header and no body. */
  public TransportException(Fate fate, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.fate = Objects.requireNonNull(fate, "fate");
  }

  /** Returns what may have become of the request. */
  public Fate fate() {
    return fate;
  }
}
