package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The removal of leavers from the list, block by block, one call at a time: the last phase of a
 * mirror.
 *
 * <p>It is unknown whether Klaviyo refuses a call that names a profile that is no member any more.
 * If it refuses one as not found although the list is there, the list is read again, and those that
 * are still in it are removed without the others. If a call is too large for something on the way,
 * those after it name half as many.
 */
public final class LeaverRemoval implements Phase {
  private final RunContext run;
  private final Leavers leavers;
  private boolean underWay;
  private boolean over;
  private boolean inDoubt;
  private boolean rechecked;
  private int most = ListMember.MAX_REMOVED_AT_ONCE;

  /** Creates the removal of leavers that a {@link LeaverSearch} has found. */
  public LeaverRemoval(RunContext run, Leavers leavers) {
    this.run = run;
    this.leavers = leavers;
  }

  @Override
  public void begin() {
    run.recorder().removalBegins();
    next();
  }

  @Override
  public boolean isOver() {
    return over || !underWay && !run.maySend();
  }

  private void next() {
    Leavers.Block block = leavers.next();
    if (block == null) {
      over = true;
    } else {
      run.recorder().leaversStay(block.stayed());
      inDoubt = false;
      rechecked = false;
      remove(block.ids());
    }
  }

  private void remove(List<String> ids) {
    if (ids.isEmpty()) {
      next();
      return;
    }
    List<String> block = ids.subList(0, Math.min(most, ids.size()));
    if (block.size() < ids.size()) {
      leavers.putBack(ids.subList(most, ids.size()));
    }
    leavers.removing(block, false);
    if (run.maySend()) {
      underWay = true;
      leavers.removing(block, true);
      run.klaviyo()
          .removeMembers(
              run.list(),
              block,
              () -> inDoubt = true,
              reply -> {
                underWay = false;
                ended(block, reply);
              });
    }
  }

  private void ended(List<String> block, Reply<Integer> reply) {
    leavers.removing(block, inDoubt);
    if (reply instanceof Done<Integer> done) {
      leavers.removing(List.of(), false);
      removed(block, done.value());
      next();
    } else if (reply instanceof Refused<Integer> refused && refused.status() == 404 && !rechecked) {
      rechecked = true;
      run.checkList(() -> recheck(block));
    } else if (reply instanceof Refused<Integer> refused && refused.status() == 413) {
      halve(block, refused);
    } else {
      run.stop(StopCause.of(reply, run.list()));
    }
  }

  private void halve(List<String> block, Refused<Integer> refused) {
    if (block.size() == 1) {
      run.stop(StopCause.refusedThroughout(refused));
    } else {
      most = block.size() / 2;
      remove(block);
    }
  }

  private void removed(List<String> ids, int count) {
    if (run.recorder().outcomes().areAsked()) {
      ids.forEach(run.recorder().outcomes()::left);
    }
    run.recorder().removed(count);
  }

  /**
   * Reads the list again: a leaver of the block that is gone was removed by a call without an
   * answer, or else has left by itself.
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
              List<String> rest = block.stream().filter(members::contains).toList();
              leavers.removing(rest, false);
              if (inDoubt && gone > 0) {
                removed(block.stream().filter(id -> !members.contains(id)).toList(), gone);
              } else {
                run.recorder().leaversStay(gone);
              }
              inDoubt = false;
              remove(rest);
            })
        .begin();
  }
}
