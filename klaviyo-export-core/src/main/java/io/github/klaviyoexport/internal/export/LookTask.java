package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.klaviyo.ListRef;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A look at a segment and a list as its caller sees it: it ends with what was made of it, or with
 * an exception.
 *
 * <p>It opens no journal, and listeners hear of its progress and its waits only: nothing of what it
 * finds has happened.
 *
 * @param <T> what is made of it
 */
final class LookTask<T> extends RunningTask {
  private final Look<T> look;
  private final ListRef asked;
  private final EventLoop loop;
  private final AtomicReference<@Nullable Cancellation> cancelled = new AtomicReference<>();
  private ExportPlan plan;
  private @Nullable StopCause stopped;
  private volatile @Nullable LookRun running;

  LookTask(Look<T> look, ExportPlan plan) {
    this.look = look;
    this.plan = plan;
    this.asked = plan.listRef();
    this.loop = new EventLoop(plan.settings().klaviyo().time());
  }

  /** What passes on progress and waits, and nothing else. */
  private record Waits(Listeners all) implements ExportListener {
    @Override
    public void paced(Duration wait) {
      all.tell(listener -> listener.paced(wait));
    }

    @Override
    public void rateLimited(Duration retryAfter) {
      all.tell(listener -> listener.rateLimited(retryAfter));
    }

    @Override
    public void retried(String what, Duration wait) {
      all.tell(listener -> listener.retried(what, wait));
    }

    @Override
    public void progressed(ExportProgress progress) {
      all.tell(listener -> listener.progressed(progress));
    }
  }

  @Override
  void cancel(String advice, Duration grace) {
    cancelled.set(new Cancellation(new StopCause(Reason.CANCELLED, advice, null), Duration.ZERO));
    loop.wake();
  }

  @Override
  String what() {
    return look.what() + " of segment " + plan.segment() + " and list " + asked;
  }

  @Override
  boolean isReadBy(Thread thread) {
    LookRun run = running;
    return run != null && run.isReadBy(thread);
  }

  /**
   * Looks to the end.
   *
   * @throws ExportException if it stopped before
   */
  T run() {
    Listeners listeners =
        new Listeners(List.of(new Waits(new Listeners(plan.settings().listeners()))));
    T made = null;
    StopCause stop;
    try {
      KeptOut keptOut = new KeptOut(plan, loop.time());
      plan = keptOut.plan();
      ListFinding finding =
          new ListFinding(
              plan,
              false,
              plan.settings().klaviyo().on(loop, listeners.calls(loop.time())),
              loop,
              listeners,
              this::wish,
              () -> {});
      stop = keptOut.refusal() != null ? keptOut.refusal() : finding.find();
      if (finding.wasInterrupted()) {
        Thread.currentThread().interrupt();
      }
      if (stop == null && finding.list() == null) {
        stop = StopCause.listNotThere(plan.listRef());
      }
      if (stop == null) {
        Outset outset = finding.outset();
        plan = outset.plan();
        made = look(outset, listeners);
        stop = stopped;
      }
    } catch (Throwable fault) {
      stop = StopCause.fault(fault);
    }
    if (stop == null && made != null) {
      return made;
    }
    throw stopped(stop == null ? StopCause.fault(new IllegalStateException()) : stop);
  }

  private @Nullable T look(Outset outset, Listeners listeners) throws IOException {
    try (RunSession session = RunSession.openAndReplay(plan.setup(), null, false);
        MemoryHold memory = new MemoryHold(plan, session.key(), look.remembers())) {
      stopped = memory.refusal();
      if (stopped != null) {
        return null;
      }
      LookRun run =
          new LookRun(
              outset,
              session,
              memory.remembered(),
              loop,
              listeners,
              this::wish,
              progress -> listeners.tell(listener -> listener.progressed(progress)));
      running = run;
      T made = run.look(look);
      stopped = run.stopCause();
      if (run.wasInterrupted()) {
        Thread.currentThread().interrupt();
      }
      return made;
    }
  }

  private @Nullable Cancellation wish() {
    return cancelled.getAndSet(null);
  }

  private ExportException stopped(StopCause stop) {
    return new ExportException(
        stop.reason(),
        what() + " stopped: " + stop.advice() + ". It has changed nothing at Klaviyo.",
        ReportData.notBegun(
            plan.segment(),
            plan.knownList(),
            plan.settings().mode(),
            loop.time().now(),
            stop.reason()),
        stop.cause());
  }
}
