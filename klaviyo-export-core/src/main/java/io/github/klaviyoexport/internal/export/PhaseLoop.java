package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What takes a run through one phase after the other, and heeds meanwhile that it is asked to stop.
 */
final class PhaseLoop {
  private final RunContext run;
  private final Supplier<@Nullable Cancellation> asked;
  private final Runnable progressed;

  /**
   * Creates the loop of a run.
   *
   * @param asked returns why the run is asked to stop, if it is
   * @param progressed hears after each step
   */
  PhaseLoop(RunContext run, Supplier<@Nullable Cancellation> asked, Runnable progressed) {
    this.run = run;
    this.asked = asked;
    this.progressed = progressed;
  }

  /** Goes through a phase to its end, or to the end of the run. */
  void goThrough(Phase phase) {
    if (!run.hasStopped()) {
      phase.begin();
    }
    while (!run.hasEnded() && !phase.isOver()) {
      try {
        heedOthers();
        if (!run.hasEnded() && phase.work()) {
          run.loop().runReady();
        } else if (!run.hasEnded() && !phase.isOver()) {
          run.loop().run();
        }
      } catch (InterruptedException interrupt) {
        run.interrupted();
      }
      progressed.run();
    }
  }

  private void heedOthers() throws InterruptedException {
    Cancellation wish = asked.get();
    if (wish != null) {
      run.stop(wish.cause(), wish.grace());
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
