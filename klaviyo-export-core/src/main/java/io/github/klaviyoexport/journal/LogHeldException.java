package io.github.klaviyoexport.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The failure to open a log that is open elsewhere. */
public final class LogHeldException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String holder;
  private final @Nullable Duration left;

  /**
   * Creates the failure of a store that knows at once when a holder is gone.
   *
   * @param holder what has the log open, process and machine for example
   */
  public LogHeldException(String holder) {
    this(holder, null, "");
  }

  /**
   * Creates the failure of a store that takes a silent holder for dead after a while.
   *
   * @param holder what has the log open, process and machine for example
   * @param left how long it stays held if nothing more is heard of the holder
   */
  public LogHeldException(String holder, Duration left) {
    this(
        holder,
        left,
        " If that process is dead, its hold ends in " + left.toSeconds() + " s by itself.");
  }

  private LogHeldException(String holder, @Nullable Duration left, String hint) {
    super(
        "This export is being run by "
            + holder
            + ": wait until it ends, or stop it there before running it here."
            + hint);
    this.holder = holder;
    this.left = left;
  }

  /** Returns the holder, process and machine for example. */
  public String holder() {
    return holder;
  }

  /**
   * Returns how long it stays held if nothing more is heard of the holder; empty if the store knows
   * at once when a holder is gone.
   */
  public Optional<Duration> left() {
    return Optional.ofNullable(left);
  }
}
