package io.github.klaviyoexport.internal.run;

/** The check whether Klaviyo takes the key and has the list: the first phase of a run. */
public final class ListCheck implements Phase {
  private final RunContext run;
  private boolean good;

  /** Creates the check of a run's list. */
  public ListCheck(RunContext run) {
    this.run = run;
  }

  @Override
  public void begin() {
    run.checkList(() -> good = true);
  }

  @Override
  public boolean isOver() {
    return good || run.hasStopped();
  }
}
