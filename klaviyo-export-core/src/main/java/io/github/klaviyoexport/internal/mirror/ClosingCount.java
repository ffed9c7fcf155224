package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.memory.RunFacts;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;

/**
 * The count of a list's members when all is done, from which the next run sees whether anybody else
 * has changed the list. If Klaviyo does not tell it, the next run reads the list.
 */
public final class ClosingCount implements Phase {
  private final RunContext run;
  private long members = RunFacts.UNKNOWN;
  private boolean over;

  /** Creates a count that has yet to be asked for. */
  public ClosingCount(RunContext run) {
    this.run = run;
  }

  @Override
  public void begin() {
    run.klaviyo()
        .countMembers(
            run.list(),
            reply -> {
              members = reply instanceof Done<Long> done ? done.value() : RunFacts.UNKNOWN;
              over = true;
            });
  }

  @Override
  public boolean isOver() {
    return over || run.hasStopped();
  }

  /** Returns how many members the list has; {@link RunFacts#UNKNOWN} if that is not known. */
  public long members() {
    return members;
  }
}
