package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.memory.RunFacts;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/**
 * The count of a list's members when all is done, from which the next run sees whether anybody else
 * has changed the list. If Klaviyo does not tell it, the next run reads the list.
 *
 * <p>A count that is as it must be may hide that others have added as many as the run has added in
 * vain, to profiles that were members already. So who has joined since the run began is asked for,
 * if those are few.
 */
public final class ClosingCount implements Phase {
  /** So many members may have been added by the run for being asked for, a hundred a call. */
  private static final long FEW = 10_000;

  /** So far the clock here may be ahead of Klaviyo's. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

  private final RunContext run;
  private final Instant since;
  private final long expected;
  private final long added;
  private long members = RunFacts.UNKNOWN;
  private int pages;
  private boolean strangers;
  private boolean over;

  /**
   * Creates a count that has yet to be asked for.
   *
   * @param since when the run began
   * @param expected how many there must be; {@link RunFacts#UNKNOWN} if that is not known
   * @param added how many the run has added
   */
  public ClosingCount(RunContext run, Instant since, long expected, long added) {
    this.run = run;
    this.since = since.minus(CLOCKS_DIFFER);
    this.expected = expected;
    this.added = added;
  }

  @Override
  public void begin() {
    run.klaviyo()
        .countMembers(
            run.list(),
            reply -> {
              members = reply instanceof Done<Long> done ? done.value() : RunFacts.UNKNOWN;
              if (isAsExpected() && added > 0 && added <= FEW) {
                run.klaviyo().membersJoined(run.list(), since, null, this::takeJoined);
              } else {
                over = true;
              }
            });
  }

  private void takeJoined(Reply<Page<ListMember>> reply) {
    URI next = null;
    if (reply instanceof Done<Page<ListMember>> done && ++pages <= FEW / 50) {
      next = done.value().next();
      for (ListMember member : done.value().items()) {
        strangers |= !run.memory().knows(member.identifiers());
      }
    } else {
      strangers = true;
    }
    if (next == null || strangers) {
      over = true;
    } else {
      run.klaviyo().members(run.list(), next, this::takeJoined);
    }
  }

  @Override
  public boolean isOver() {
    return over || run.hasStopped();
  }

  /** Returns how many members the list has; {@link RunFacts#UNKNOWN} if that is not known. */
  public long members() {
    return members;
  }

  /** Returns whether there are as many as there must be, and no other has added any of them. */
  public boolean isAsExpected() {
    return members != RunFacts.UNKNOWN && members == expected && !strangers;
  }
}
