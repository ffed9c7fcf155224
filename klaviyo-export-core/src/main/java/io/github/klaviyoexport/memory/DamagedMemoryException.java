package io.github.klaviyoexport.memory;

import java.io.IOException;

/**
 * The failure to read a memory that is not as it was written.
 *
 * <p>An export does not trust such a memory: it says so in a warning, begins with an empty one and
 * sends everything.
 */
public final class DamagedMemoryException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message what is damaged, without any content of it
   */
  public DamagedMemoryException(String message) {
    super(message);
  }

  /**
   * Creates the failure with a cause, whose message holds no content either.
   *
   * @param message what is damaged, without any content of it
   */
  public DamagedMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
