package io.github.klaviyoexport.internal.run;

/**
 * A part of a run that comes after others and before others.
 *
 * <p>A run goes through one phase at a time, on its own thread. What a phase waits for comes back
 * on the run's event loop.
 */
public interface Phase {
  /** Begins; called once, and not at all when the run has stopped before. */
  void begin();

  /**
   * Does what can be done without waiting, for a short while; returns whether there was something.
   */
  default boolean work() {
    return false;
  }

  /** Returns whether nothing is left to do or to wait for, or the run has stopped. */
  boolean isOver();
}
