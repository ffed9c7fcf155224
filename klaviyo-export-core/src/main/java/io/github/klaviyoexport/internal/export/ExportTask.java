package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.call.CallTraffic;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.listen.HandedTask;
import io.github.klaviyoexport.internal.record.ExportLog;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.report.ProgressData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.run.UnsortedSource;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListRef;
import io.github.klaviyoexport.source.PositionedSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One export as its caller sees it: it can be run, watched and cancelled, and ends with a report or
 * with an exception that carries one.
 */
public final class ExportTask extends RunningTask {
  private static final String DROPPED =
      "its executor dropped it before it began, because it discards what it cannot take, was shut"
          + " down, or cancelled it; nothing was sent. Run it again with an executor that runs what"
          + " it is given";

  private final ListRef asked;
  private final @Nullable RunSession opened;
  private final @Nullable PreviewedSegment previewed;
  private final Reconciliation.@Nullable Refusals refusals;
  private final EventLoop loop;
  private final ExportLog log;
  private final Listeners listeners;
  private final AtomicReference<@Nullable Cancellation> cancelled = new AtomicReference<>();
  private volatile ExportPlan plan;
  private volatile @Nullable Instant began;
  private volatile @Nullable CallTraffic traffic;
  private volatile @Nullable SegmentRun running;
  private volatile @Nullable HandedTask handed;
  private volatile Consumer<ExportException> unrun = stopped -> {};
  private volatile ExportProgress progress = ProgressData.NONE;

  /**
   * Creates an export that has yet to run or to go on.
   *
   * @param opened its session, if it is open, which is closed when the task has run; {@code null}
   *     to open it then
   * @param previewed what a preview of it has shown, if it is to stop when that has changed
   */
  ExportTask(ExportPlan plan, @Nullable RunSession opened, @Nullable PreviewedSegment previewed) {
    this.plan = plan;
    this.asked = plan.listRef();
    this.opened = opened;
    this.previewed = previewed;
    this.refusals = plan.settings().reconciles() ? new Reconciliation.Refusals() : null;
    this.loop = new EventLoop(plan.settings().klaviyo().time());
    this.log = new ExportLog(what(), loop.time()::nanoTime);
    List<ExportListener> all = new ArrayList<>(plan.settings().listeners());
    all.add(log);
    if (refusals != null) {
      all.add(refusals);
    }
    this.listeners = new Listeners(all);
  }

  /**
   * Asks the export to stop, from any thread; does nothing when it has ended. One that waits for
   * its executor ends at once.
   */
  public void cancel(String advice) {
    cancel(advice, RunContext.GRACE);
  }

  /**
   * Asks the export to stop, from any thread; does nothing when it has ended. When it is asked
   * again, the first advice and the shortest wait count.
   *
   * @param grace how long Klaviyo is waited for, to confirm what it has
   */
  @Override
  public void cancel(String advice, Duration grace) {
    cancelled.set(new Cancellation(new StopCause(Reason.CANCELLED, advice, null), grace));
    loop.wake();
    HandedTask waiting = handed;
    if (waiting != null && waiting.begin()) {
      endUnrun(advice);
    }
  }

  /**
   * Returns the task for an executor to run this export.
   *
   * @param unrun hears how the export ended, if it ends without having been run
   */
  HandedTask handed(Consumer<ExportException> unrun) {
    this.unrun = unrun;
    HandedTask task = new HandedTask(() -> endUnrun(DROPPED));
    handed = task;
    return task;
  }

  private void endUnrun(String advice) {
    StopCause stop = new StopCause(Reason.CANCELLED, advice, null);
    ExportReport report = notBegun(stop);
    listeners.tell(listener -> listener.finished(report));
    unrun.accept(new ExportException(stop.reason(), message(stop, report), report, null));
  }

  @Override
  boolean isReadBy(Thread thread) {
    SegmentRun run = running;
    return run != null && run.isReadBy(thread);
  }

  /** Returns how far it has got; from any thread. */
  public ExportProgress progress() {
    return progress;
  }

  /**
   * Runs the export to its end.
   *
   * @throws ExportException if it stopped before
   */
  ExportReport run() {
    began = loop.time().now();
    log.begins();
    ExportReport report = null;
    boolean interrupted = false;
    StopCause stop;
    try {
      KeptOut keptOut = new KeptOut(plan, loop.time());
      plan = keptOut.plan();
      stop = keptOut.refusal();
      ListFinding finding = findList();
      stop = stop == null ? finding.find() : stop;
      interrupted = finding.wasInterrupted();
      if (stop == null) {
        Outset outset = found(finding);
        try (RunSession session = opened != null ? opened : open();
            MirrorGuard guard = new MirrorGuard(plan);
            MemoryHold memory = new MemoryHold(plan, session.key())) {
          stop = notContinuable(session);
          stop = stop == null ? guard.refusal() : stop;
          stop = stop == null ? memory.refusal() : stop;
          if (stop == null) {
            SegmentRun run =
                new SegmentRun(
                    outset,
                    session,
                    guard,
                    memory.remembered(),
                    previewed,
                    refusals,
                    loop,
                    listeners,
                    this::wish,
                    this::progressed);
            running = run;
            stop = run.run();
            report = run.report();
            interrupted = run.wasInterrupted();
          }
        }
      }
    } catch (LogHeldException held) {
      stop = new StopCause(Reason.ALREADY_RUNNING, Advice.clause(held), held);
    } catch (IOException failure) {
      stop = StopCause.journalFailed(failure);
    } catch (Throwable fault) {
      stop = StopCause.fault(fault);
    }
    ExportReport told = report == null ? notBegun(stop) : report;
    listeners.tell(listener -> listener.finished(told));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    String stopped = stop == null ? null : message(stop, told);
    log.ended(told, stopped);
    if (stop != null) {
      throw new ExportException(stop.reason(), String.valueOf(stopped), told, stop.cause());
    }
    return told;
  }

  private ListFinding findList() {
    Klaviyo klaviyo = plan.settings().klaviyo().on(loop, listeners.calls(loop.time()));
    traffic = klaviyo.calls().traffic();
    return new ListFinding(
        plan, true, klaviyo, loop, listeners, this::wish, () -> progressed(ProgressData.NONE));
  }

  private Outset found(ListFinding finding) {
    Outset outset = finding.outset();
    plan = outset.plan();
    String remark = finding.remark();
    if (remark != null) {
      log.noted(remark);
      listeners.tell(listener -> listener.warned(remark));
    }
    return outset;
  }

  private RunSession open() throws IOException {
    return RunSession.openAndReplay(
        plan.setup(), plan.settings().journal(), plan.settings().continuesUnfinished());
  }

  private @Nullable Cancellation wish() {
    return cancelled.getAndSet(null);
  }

  private void progressed(ExportProgress now) {
    progress = now;
    listeners.tell(listener -> listener.progressed(now));
  }

  /** Returns why the unfinished run cannot be continued, if it is to be and cannot. */
  private @Nullable StopCause notContinuable(RunSession session) {
    PreviousRun unfinished = session.unfinished();
    if (unfinished == null || !plan.settings().continuesUnfinished()) {
      return null;
    }
    if (unfinished.needsPosition() && !(plan.settings().source() instanceof PositionedSource)) {
      return UnsortedSource.noLongerSorted();
    }
    String difference = unfinished.began().setup().differenceTo(plan.setup());
    return difference.isEmpty()
        ? null
        : new StopCause(
            Reason.NOT_RESUMABLE,
            "its unfinished run "
                + unfinished.began().run()
                + " was set up otherwise: "
                + difference
                + ". Set it up as it was to resume it, or start the export over",
            null);
  }

  private ExportReport notBegun(@Nullable StopCause why) {
    CallTraffic made = traffic;
    Instant now = loop.time().now();
    Instant from = began == null ? now : began;
    return ReportData.notBegun(
        plan.segment(),
        plan.knownList(),
        plan.settings().mode(),
        from,
        now.isBefore(from) ? Duration.ZERO : Duration.between(from, now),
        made == null ? TrafficData.NONE : RunReporter.dataOf(made),
        why == null ? null : why.reason());
  }

  @Override
  String what() {
    ListId found = plan.knownList();
    // By their text: a JVM makes the equals of a record when it is first called.
    String list = asked.toString();
    return "The export of segment "
        + plan.segment()
        + " to list "
        + list
        + (found == null || found.value().equals(list) ? "" : " (" + found + ")");
  }

  private String message(StopCause stop, ExportReport report) {
    return what()
        + " stopped: "
        + stop.advice()
        + ". So far "
        + ReportText.counts(report)
        + "."
        + (plan.settings().journal() == null
                || report.run().isEmpty()
                || report.profiles().read() == 0
                || stop.reason() == Reason.MAPPING_UNFIT
            ? ""
            : " It can be resumed as run " + report.run() + ".");
  }
}
