package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.record.MirrorMemory;
import io.github.klaviyoexport.internal.record.StoreGuardedJournal;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.klaviyo.ListId;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What keeps two mirrors from one list: they would take out each other's members, run by run.
 *
 * <p>Of one account in this JVM, and of one journal in all processes, one mirror of a list runs at
 * a time. A journal also remembers of which segment the list is a mirror, and refuses another.
 * Mirrors of their own members only may share a list with each other, and not with one that takes
 * all members for its own. Exports that remove no members are not concerned.
 */
final class MirrorGuard implements Closeable {
  private static final Set<MirrorGuard> RUNNING = new HashSet<>();
  private static final String AND_OTHERS = " and others";

  private final ExportPlan plan;
  private final @Nullable Target target;
  private final boolean tracked;
  private @Nullable MirrorMemory memory;
  private @Nullable StopCause refusal;

  /** A list of an account. */
  private record Target(Object account, ListId list) {}

  /**
   * Creates the guard of an export's list, and enters it if that is to be a mirror.
   *
   * @throws IOException if the journal fails
   */
  MirrorGuard(ExportPlan plan) throws IOException {
    this.plan = plan;
    SyncMode mode = plan.settings().mode();
    this.tracked = mode == SyncMode.TRACKED;
    this.target =
        mode.removesLeavers() ? new Target(plan.settings().klaviyo().account(), plan.list()) : null;
    if (target == null) {
      return;
    }
    MirrorGuard other = enter();
    if (other != null) {
      refusal =
          StopCause.mirrorRunning(
              plan.list(), "this process, from segment " + other.plan.segment(), null);
      return;
    }
    try {
      enterJournal(plan.settings().journal());
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  /** Adds this to those that run; returns the one of the list that does not go with it, if any. */
  private @Nullable MirrorGuard enter() {
    synchronized (RUNNING) {
      for (MirrorGuard other : RUNNING) {
        if (Objects.equals(target, other.target) && !(tracked && other.tracked)) {
          return other;
        }
      }
      RUNNING.add(this);
      return null;
    }
  }

  private void enterJournal(@Nullable ExportJournal journal) throws IOException {
    if (journal == null) {
      return;
    }
    try {
      MirrorMemory opened = MirrorMemory.open(plan.setup(), journal);
      memory = opened;
      String segment = opened.segment();
      Instant at = opened.at();
      if (segment != null
          && at != null
          && !(tracked && opened.isTracked())
          && !isOurs(segment, journal)) {
        refusal = StopCause.otherMirror(plan.list(), segment, at);
      }
    } catch (LogHeldException held) {
      refusal = StopCause.mirrorRunning(plan.list(), held.holder(), held);
    }
    if (tracked && memory != null) {
      // It is not held on to, so that others of the kind may run meanwhile.
      memory.close();
      memory = null;
    }
  }

  private boolean isOurs(String segment, ExportJournal journal) {
    return journal instanceof StoreGuardedJournal
        || segment.equals(plan.segment().name())
        || segment.equals(plan.settings().replacedSegment());
  }

  /** Returns why the export may not mirror its list; {@code null} if it may. */
  @Nullable StopCause refusal() {
    return refusal;
  }

  /** Remembers that the list is made a mirror of this export's segment from now on. */
  void mirrors(Instant now) throws IOException {
    if (memory != null) {
      memory.mirrors(plan.segment().name(), now, false);
    } else if (tracked && plan.settings().journal() != null) {
      try (MirrorMemory shared = MirrorMemory.open(plan.setup(), plan.settings().journal())) {
        shared.mirrors(sharedBy(shared), now, true);
      } catch (LogHeldException held) {
        // Another is remembering the same at this moment.
      }
    }
  }

  private String sharedBy(MirrorMemory shared) {
    String own = plan.segment().name();
    String before = shared.isTracked() ? shared.segment() : null;
    return before == null || before.equals(own) || before.endsWith(AND_OTHERS)
        ? before == null ? own : before
        : before + AND_OTHERS;
  }

  /** Tells the journal that the mirror is alive. */
  void keepAlive() throws IOException {
    if (memory != null) {
      memory.keepAlive();
    }
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
    }
    synchronized (RUNNING) {
      RUNNING.remove(this);
    }
  }
}
