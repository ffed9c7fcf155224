package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.SourceFailure;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The opening of a segment, until it is checked and its first profile is read. */
final class Opening implements Phase {
  private final RunContext run;
  private final SegmentReading reading;
  private final LongSupplier profilesRead;
  private boolean checked;
  private boolean over;
  private @Nullable CustomerProfile first;

  /**
   * Creates the opening of a segment that the reading is asked to open.
   *
   * @param profilesRead returns how many profiles were read before
   */
  Opening(RunContext run, SegmentReading reading, LongSupplier profilesRead) {
    this.run = run;
    this.reading = reading;
    this.profilesRead = profilesRead;
  }

  @Override
  public void begin() {}

  @Override
  public boolean work() {
    try {
      return step();
    } catch (SourceFailure failure) {
      run.end(run.sourceFailed(failure, profilesRead.getAsLong()));
      return true;
    }
  }

  private boolean step() throws SourceFailure {
    if (!checked) {
      if (!reading.isOpen()) {
        return false;
      }
      checked = true;
      StopCause unfit = reading.check();
      if (!reading.isWhole()) {
        run.memory().ofPart();
      }
      if (unfit == null && reading.size().isPresent() && !isEmptyMirror()) {
        unfit = run.memory().sizeGuard().check(reading.size().getAsLong());
      }
      if (unfit != null) {
        run.end(unfit);
        return true;
      }
    }
    if (!reading.isReady(1)) {
      return false;
    }
    first = reading.next();
    over = true;
    return true;
  }

  /** Returns whether it is the segment of a mirror and empty, which is a reason of its own. */
  private boolean isEmptyMirror() {
    return run.settings().mode().removesLeavers() && reading.size().orElse(1) == 0;
  }

  @Override
  public boolean isOver() {
    return over || run.hasStopped();
  }

  /** Returns the first profile; {@code null} if there is none or it was not come to. */
  @Nullable CustomerProfile first() {
    return first;
  }
}
