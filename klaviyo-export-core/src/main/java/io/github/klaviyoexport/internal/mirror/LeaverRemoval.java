package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.export.SegmentRun;
import io.github.klaviyoexport.internal.run.StopCause;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The leavers' leaving: they are removed from the list block by block, one call at a time.
 *
 * <p>Nobody knows whether Klaviyo refuses a call that names somebody who is no member any more. If
 * it refuses one as not found although the list is there, the list is read again, and those who are
 * still in it are removed without the others.
 */
public final class LeaverRemoval {
  private final SegmentRun run;
  private final Leavers leavers;
  private boolean underWay;
  private boolean over;
  private boolean inDoubt;
  private boolean rechecked;

  public LeaverRemoval(SegmentRun run, Leavers leavers) {
    this.run = run;
    this.leavers = leavers;
  }

  public void begin() {
    run.ledger().removalBegins();
    next();
  }

  /** Whether nothing is under way, and nothing will be. */
  public boolean isOver() {
    return over || !underWay && !run.mayHandOver();
  }

  private void next() {
    long before = leavers.found();
    List<String> block = leavers.next();
    run.ledger().leaversStay(before - leavers.found());
    if (block == null) {
      over = true;
    } else {
      inDoubt = false;
      rechecked = false;
      remove(block);
    }
  }

  private void remove(List<String> block) {
    if (block.isEmpty()) {
      next();
    } else if (run.mayHandOver()) {
      underWay = true;
      run.klaviyo()
          .removeMembers(
              run.plan().list(),
              block,
              () -> inDoubt = true,
              reply -> {
                underWay = false;
                ended(block, reply);
              });
    }
  }

  private void ended(List<String> block, Reply<Integer> reply) {
    if (reply instanceof Done<Integer> done) {
      run.ledger().removed(done.value());
      next();
    } else if (reply instanceof Refused<Integer> refused && refused.status() == 404 && !rechecked) {
      rechecked = true;
      run.checkList(() -> recheck(block));
    } else {
      run.stop(StopCause.of(reply, run.plan().list()));
    }
  }

  /**
   * Whoever of the block is gone has been removed by a call without an answer, or else has left.
   */
  private void recheck(List<String> block) {
    Set<String> wanted = new HashSet<>(block);
    Set<String> members = new HashSet<>();
    new MemberPages(
            run,
            member -> {
              if (wanted.contains(member.id())) {
                members.add(member.id());
              }
            },
            () -> {
              int gone = block.size() - members.size();
              if (inDoubt && gone > 0) {
                run.ledger().removed(gone);
              } else {
                run.ledger().leaversStay(gone);
              }
              inDoubt = false;
              remove(block.stream().filter(members::contains).toList());
            })
        .begin();
  }
}
