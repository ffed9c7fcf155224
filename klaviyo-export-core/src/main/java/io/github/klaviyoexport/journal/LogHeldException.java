package io.github.klaviyoexport.journal;

import java.io.IOException;

/** The answer to opening a log that somebody else has open. */
public final class LogHeldException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String holder;

  /**
   * A log that is held.
   *
   * @param holder who has it, machine and process for example
   */
  public LogHeldException(String holder) {
    super(
        "This export is being run by "
            + holder
            + ": wait until it ends, or stop it there before running it here.");
    this.holder = holder;
  }

  /** Who has it. */
  public String holder() {
    return holder;
  }
}
