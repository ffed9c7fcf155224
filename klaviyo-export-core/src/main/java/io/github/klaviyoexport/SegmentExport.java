package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.export.ExportTask;
import io.github.klaviyoexport.internal.export.PreviewLook;
import io.github.klaviyoexport.internal.export.RunningExports;
import io.github.klaviyoexport.internal.export.VerifyLook;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.internal.run.ExportSettings;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * An export that is prepared: run it here, or start it in the background.
 *
 * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="prepared"}
 *
 * <p>Immutable; every option returns a new one, and each can be run any number of times. What is
 * not set here is as the exporter was built.
 */
public final class SegmentExport {
  private final RunningExports exports;
  private final ExportPlan plan;

  SegmentExport(RunningExports exports, ExportPlan plan) {
    this.exports = exports;
    this.plan = plan;
  }

  /**
   * Sets what this export does with the members that its list has already.
   *
   * @throws IllegalStateException if it is {@link SyncMode#TRACKED} and the exporter has no memory
   */
  public SegmentExport mode(SyncMode mode) {
    return with(plan.settings().mode(Objects.requireNonNull(mode, "mode")).checked());
  }

  /**
   * Sets the largest share of the list's members that this export removes as leavers, of those that
   * it has added itself if its mode is {@link SyncMode#TRACKED}; with more it stops before anything
   * is sent or any member removed.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public SegmentExport maxLeavers(double share) {
    return with(plan.settings().maxLeavers(ExportRules.checkedMaxLeavers(share)));
  }

  /**
   * Sets the largest share of the segment's customers that cannot be read with which this export
   * still removes members that may be such customers, see {@link
   * SegmentExporter.Builder#maxUnreadable}.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public SegmentExport maxUnreadable(double share) {
    return with(plan.settings().maxUnreadable(ExportRules.checkedMaxUnreadable(share)));
  }

  /**
   * Sets the largest share of profiles that this export rejects, see {@link
   * SegmentExporter.Builder#maxRejected}.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public SegmentExport maxRejected(double share) {
    return with(plan.settings().maxRejected(ExportRules.checkedMaxRejected(share)));
  }

  /**
   * Sets the largest share of each field's values that this export leaves out, see {@link
   * SegmentExporter.Builder#maxRejectedFields}.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public SegmentExport maxRejectedFields(double share) {
    return with(plan.settings().maxRejectedFields(ExportRules.checkedMaxRejectedFields(share)));
  }

  /**
   * Sets the most profiles that this export may read.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public SegmentExport limit(long profiles) {
    return with(plan.settings().limit(ExportRules.checkedLimit(profiles)));
  }

  /**
   * Sets how many times larger or smaller than last time the segment of this export may be, see
   * {@link SegmentExporter.Builder#maxSizeChange}.
   *
   * @throws IllegalArgumentException if it is less than 1
   * @throws IllegalStateException if it is less than the default and the exporter has no memory
   */
  public SegmentExport maxSizeChange(double times) {
    return with(plan.settings().maxSizeChange(ExportRules.checkedMaxSizeChange(times)).checked());
  }

  /**
   * Sets which of the segment's profiles this export sends, see {@link
   * SegmentExporter.Builder#sending}.
   *
   * @throws IllegalStateException if that is {@link Sending#CHANGED_ONLY} and the exporter has no
   *     memory
   */
  public SegmentExport sending(Sending which) {
    Objects.requireNonNull(which, "which");
    return with(plan.settings().sending(which).checked());
  }

  /**
   * Sets the share of the unchanged profiles that this export sends all the same, see {@link
   * SegmentExporter.Builder#resendShare}.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public SegmentExport resendShare(double share) {
    return with(plan.settings().resendShare(ExportRules.checkedResendShare(share)));
  }

  /**
   * Sets how often this export sends everything, see {@link
   * SegmentExporter.Builder#resendAllEvery}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public SegmentExport resendAllEvery(int runs) {
    return with(plan.settings().resendAllEvery(ExportRules.checkedResendAllEvery(runs)));
  }

  /**
   * Sets how often this export reads its list whole, if it removes leavers and has a memory, see
   * {@link SegmentExporter.Builder#readListEvery}.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public SegmentExport readListEvery(int runs) {
    return with(plan.settings().readListEvery(ExportRules.checkedReadListEvery(runs)));
  }

  /**
   * Sets how long this export may take until its last profile is confirmed.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public SegmentExport deadline(Duration deadline) {
    return with(plan.settings().deadline(ExportRules.checkedDeadline(deadline)));
  }

  /**
   * Sets how long this export waits for jobs that an earlier run has left with Klaviyo, see {@link
   * SegmentExporter.Builder#maxWaitForPriorJobs}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public SegmentExport maxWaitForPriorJobs(Duration atMost) {
    return with(plan.settings().priorWait(ExportRules.checkedPriorWait(atMost)));
  }

  /**
   * Has this {@link SyncMode#MIRROR} take the place of one of another segment: a {@linkplain
   * SegmentExporter.Builder#journal journal} remembers of which segment a list is a mirror, and
   * refuses another with {@link ExportException.Reason#OTHER_MIRROR}.
   *
   * @param former the segment of which the list was a mirror until now; its own mirror is refused
   *     from then on
   */
  public SegmentExport replacing(Segment former) {
    return with(plan.settings().replacing(Objects.requireNonNull(former, "former").name()));
  }

  /** Goes on where an unfinished run has stopped, see {@link SegmentExporter.Builder#journal}. */
  public SegmentExport continueUnfinished() {
    return with(plan.settings().continuingUnfinished());
  }

  /**
   * Has the list read back when all is sent, and compared with the segment: the {@linkplain
   * ExportReport#verification() report} holds the proof, and is {@linkplain ExportReport#isClean()
   * clean} only if no customer is missing, and in a {@link SyncMode#MIRROR} the list has no other
   * member.
   *
   * <p>That costs a call for 100 members, another reading of the segment, and the memory of a
   * mirror. Klaviyo may take a moment to show new members: it is asked again for those that are
   * missing, for a minute at most. If the list cannot be read, the export stops, although all is
   * sent.
   */
  public SegmentExport reconcile() {
    return with(plan.settings().reconciling());
  }

  /** Adds a listener to this export, beside those of the exporter. */
  public SegmentExport listener(ExportListener listener) {
    return with(plan.settings().listener(Objects.requireNonNull(listener, "listener")));
  }

  private SegmentExport with(ExportSettings settings) {
    return new SegmentExport(exports, new ExportPlan(plan.segment(), plan.listRef(), settings));
  }

  /**
   * Looks at what this export would do, on this thread, and changes nothing: the segment is read to
   * its end and checked as for a run, and of a {@link SyncMode#MIRROR} the list is read as well.
   *
   * @throws ExportException as {@link #run()}, if the look cannot come to its end: the source
   *     fails, the segment is larger than the limit, Klaviyo does not know the list, the deadline
   *     passes. A run that would stop for what it finds, too many leavers for example, is no such
   *     case: the {@linkplain ExportPreview#stopReason() preview tells} it.
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportPreview preview() {
    return preview(PreviewOptions.fewestCalls());
  }

  /**
   * Looks at what this export would do, as {@link #preview()} does, and at more than that.
   *
   * @throws ExportException as {@link #preview()}
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportPreview preview(PreviewOptions options) {
    return PreviewLook.preview(exports, plan, Objects.requireNonNull(options, "options"));
  }

  /**
   * Tells how this export's list differs from its segment, as {@link SegmentExporter#verify} does,
   * with what is set here: its limit and deadline, and several segments.
   *
   * @param listener hears of everybody who is missing, unexpected or undecided
   * @throws ExportException as {@link #preview()}
   * @throws IllegalStateException if the exporter is closed
   */
  public ListVerification verify(VerificationListener listener) {
    return VerifyLook.verify(exports, plan, Objects.requireNonNull(listener, "listener"));
  }

  /**
   * Runs the export on this thread, and returns when Klaviyo has confirmed every profile.
   *
   * @throws ExportException if the export stopped; it carries the report so far
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportReport run() {
    return run(run -> {});
  }

  /**
   * Runs the export on this thread, as {@link #run()} does, and hands out the run before it begins,
   * so that other threads can watch and cancel it.
   *
   * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="here"}
   *
   * @param handle is given the run, on this thread; if it throws, this throws the same, and the
   *     export is not run
   * @throws ExportException if the export stopped; it carries the report so far
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportReport run(Consumer<ExportRun> handle) {
    Objects.requireNonNull(handle, "handle");
    ExportTask task = exports.take(plan, null);
    ExportRun run = new ExportRun(task);
    return run.perform(() -> exports.run(task, () -> handle.accept(run)));
  }

  /**
   * Starts the export in the background.
   *
   * <p>If the executor never runs it, because it discards what it cannot take or was shut down, the
   * export ends as cancelled: at once if the executor has ended by then, else when the garbage
   * collector finds that nothing holds the export any more, and at the latest when the export is
   * cancelled or its exporter closed.
   *
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportRun start() {
    ExportTask task = exports.take(plan, null);
    ExportRun run = new ExportRun(task);
    exports.start(task, () -> run.complete(() -> exports.run(task, () -> {})), run::unrun);
    return run;
  }

  /** Returns what goes where. */
  @Override
  public String toString() {
    return "SegmentExport["
        + plan.segment()
        + " to "
        + plan.listRef()
        + ", "
        + plan.settings().mode()
        + ", limit "
        + plan.settings().limit()
        + "]";
  }
}
