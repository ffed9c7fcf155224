package io.github.klaviyoexport.testkit.simulation;

/** What a simulated process lives by: so many steps, and then it is dead and does nothing more. */
final class Lifeline {
  private long left;
  private boolean cut;

  /** The end of the process, as far as an export can tell. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  Lifeline(long steps) {
    left = steps;
  }

  static Lifeline endless() {
    return new Lifeline(Long.MAX_VALUE);
  }

  /** One more step: before or after a request, before or after a write. */
  void step() {
    if (left == 0) {
      cut = true;
      throw new Killed();
    }
    left--;
  }

  boolean isCut() {
    return cut;
  }
}
