package io.github.klaviyoexport.journal;

import java.io.IOException;
import java.time.Duration;

/** The answer to opening a log that somebody else has open. */
public final class LogHeldException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String holder;

  /**
   * A log that is held, in a store that knows at once when its holder is gone.
   *
   * @param holder who has it, process and machine for example
   */
  public LogHeldException(String holder) {
    this(holder, "");
  }

  /**
   * A log that is held, in a store that tells the dead by their silence.
   *
   * @param holder who has it, process and machine for example
   * @param left how long it stays held if nothing more is heard of the holder
   */
  public LogHeldException(String holder, Duration left) {
    this(
        holder, " If that process is dead, its hold ends in " + left.toSeconds() + " s by itself.");
  }

  private LogHeldException(String holder, String hint) {
    super(
        "This export is being run by "
            + holder
            + ": wait until it ends, or stop it there before running it here."
            + hint);
    this.holder = holder;
  }

  /** Who has it. */
  public String holder() {
    return holder;
  }
}
