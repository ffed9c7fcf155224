package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.call.CallTraffic;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListName;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The finding of an export's list by its name, before anything else is done: what the export
 * remembers, and which others it keeps from running, goes by the list's id.
 *
 * <p>It is a part of the run: on its thread, through its calls, within its deadline, and it ends
 * when the export is cancelled. A list that is known by its id is found at once.
 */
final class ListFinding {
  /** Listeners hear of progress at least this often. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** How long Klaviyo must have been silent at the deadline to be the reason for it. */
  private static final Duration SILENT_AT_DEADLINE = Duration.ofMinutes(1);

  private final ExportPlan plan;
  private final Klaviyo klaviyo;
  private final EventLoop loop;
  private final Supplier<@Nullable Cancellation> asked;
  private final Runnable heartbeat;
  private final @Nullable ListByName search;
  private final long beganNanos;
  private EventLoop.@Nullable Timer deadline;
  private EventLoop.@Nullable Timer beat;
  private @Nullable StopCause stop;
  private boolean interrupted;

  /**
   * Creates the finding of a list.
   *
   * @param mayMake whether a list may be made that is not there
   * @param asked returns why the export is asked to stop, if it is
   * @param heartbeat is run every ten seconds
   */
  ListFinding(
      ExportPlan plan,
      boolean mayMake,
      Klaviyo klaviyo,
      EventLoop loop,
      Listeners listeners,
      Supplier<@Nullable Cancellation> asked,
      Runnable heartbeat) {
    this.plan = plan;
    this.klaviyo = klaviyo;
    this.loop = loop;
    this.asked = asked;
    this.heartbeat = heartbeat;
    this.beganNanos = loop.time().nanoTime();
    this.search =
        plan.listRef() instanceof ListName name
            ? new ListByName(
                name,
                mayMake,
                plan.settings().klaviyo().account(),
                klaviyo,
                loop,
                (what, wait) -> listeners.tell(listener -> listener.retried(what, wait)))
            : null;
  }

  /** Finds the list; returns why that was not possible, {@code null} if it was. */
  @Nullable StopCause find() {
    if (search == null) {
      return null;
    }
    deadline = loop.after(plan.settings().deadline(), () -> stop = atDeadline());
    beat = loop.after(HEARTBEAT, this::beat);
    try {
      search.begin();
      while (stop == null && !search.isOver()) {
        step();
      }
    } finally {
      search.end();
      deadline.cancel();
      beat.cancel();
    }
    return stop == null ? search.stopCause() : stop;
  }

  private void step() {
    try {
      Cancellation wish = asked.get();
      if (wish != null) {
        stop = wish.cause();
      } else {
        loop.run();
      }
    } catch (InterruptedException interrupt) {
      interrupted = true;
      stop = StopCause.interrupted();
    }
  }

  private void beat() {
    beat = loop.after(HEARTBEAT, this::beat);
    heartbeat.run();
  }

  private StopCause atDeadline() {
    Duration atMost = plan.settings().deadline();
    Duration half = atMost.dividedBy(2);
    CallTraffic.Trouble trouble =
        klaviyo
            .calls()
            .traffic()
            .trouble(half.compareTo(SILENT_AT_DEADLINE) < 0 ? half : SILENT_AT_DEADLINE);
    return trouble == null
        ? StopCause.deadlinePassed(atMost, 0, 0, "list " + plan.listRef() + " to be found")
        : StopCause.deadlinePassed(atMost, 0, trouble);
  }

  /** Returns whether the thread was interrupted; its flag is not set, so that all can be closed. */
  boolean wasInterrupted() {
    return interrupted;
  }

  /** Returns the list; {@code null} if there is none, and none may be made. */
  @Nullable ListId list() {
    return search == null ? plan.list() : search.found();
  }

  /** Returns a sentence on what is to be known of the list; {@code null} if nothing is. */
  @Nullable String remark() {
    return search == null ? null : search.remark();
  }

  /** Returns what the run sets out with when its list has been found. */
  Outset outset() {
    ListId list = list();
    if (list == null) {
      throw new IllegalStateException("The list has not been found.");
    }
    Duration took = Duration.ofNanos(loop.time().nanoTime() - beganNanos);
    Duration left = plan.settings().deadline().minus(took);
    return new Outset(
        plan.to(list),
        klaviyo,
        search != null && search.hasMade() ? search.process() : null,
        left.isNegative() ? Duration.ZERO : left);
  }
}
