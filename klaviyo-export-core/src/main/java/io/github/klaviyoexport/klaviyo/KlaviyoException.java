package io.github.klaviyoexport.klaviyo;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a call that Klaviyo refused, or did not answer however often it was made.
 *
 * <p>It is the cause of an export that stopped. The message names the call, the status and
 * Klaviyo's error code, and for Klaviyo's support the error's id; never a value that was sent.
 */
public final class KlaviyoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * Creates the failure of a call.
   *
   * @param status the HTTP status, or 0 when there was no response
   */
  public KlaviyoException(String message, int status, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** Returns the HTTP status; empty when there was no response. */
  public OptionalInt status() {
    return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }
}
