package io.github.klaviyoexport.journal;

import java.io.IOException;
import java.time.Duration;

/** The failure to open a log that is open elsewhere. */
public final class LogHeldException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String holder;

  /**
   * Creates the failure of a store that knows at once when a holder is gone.
   *
   * @param holder what has the log open, process and machine for example
   */
  public LogHeldException(String holder) {
    this(holder, "");
  }

  /**
   * Creates the failure of a store that takes a silent holder for dead after a while.
   *
   * @param holder what has the log open, process and machine for example
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

  /** Returns the holder, process and machine for example. */
  public String holder() {
    return holder;
  }
}
