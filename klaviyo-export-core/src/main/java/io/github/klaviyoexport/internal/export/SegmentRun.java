package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.call.Revision;
import io.github.klaviyoexport.internal.flight.Flight;
import io.github.klaviyoexport.internal.keys.SegmentSketch;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.memory.RunFacts;
import io.github.klaviyoexport.internal.mirror.ClosingCount;
import io.github.klaviyoexport.internal.mirror.LeaverRemoval;
import io.github.klaviyoexport.internal.mirror.LeaverSearch;
import io.github.klaviyoexport.internal.mirror.Leavers;
import io.github.klaviyoexport.internal.record.JournalEntry.Finished;
import io.github.klaviyoexport.internal.record.JournalEntry.Resumed;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.record.RunStart;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.internal.run.CustomerCheck;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.ListCheck;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RejectionGuard;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.run.UnsortedSource;
import io.github.klaviyoexport.internal.upload.BatchUpload;
import io.github.klaviyoexport.internal.upload.JobWatcher;
import io.github.klaviyoexport.internal.upload.PriorJobs;
import io.github.klaviyoexport.internal.upload.Rehearsal;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.PositionedSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of an export, from opening the segment until Klaviyo has confirmed it: the order of its
 * phases stands in {@link #exportSegment}.
 *
 * <p>The thread that calls {@link #run()} reads, decides and waits. Whatever happens, {@link
 * #report()} adds up afterwards.
 */
final class SegmentRun {
  /** Listeners hear of progress at least this often, so that one may keep something alive by it. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final RunContext run;
  private final RunSession session;
  private final MirrorGuard guard;
  private final @Nullable PreviewedSegment previewed;
  private final RunStart start;
  private final Listeners listeners;
  private final PhaseLoop phases;
  private final @Nullable Reconciliation reconciliation;
  private final Consumer<ExportProgress> progressed;
  private final Instant startedAt;
  private final SegmentReading reading;
  private final SegmentWarnings warnings;
  private final JobWatcher watcher;
  private final BatchUpload upload;
  private final Unconfirmed unconfirmed;
  private final RunReporter reporter;
  private final Duration timeLeft;

  /** Whether the listeners have been told that the export begins. */
  private boolean started;

  /** How many customers a mirror's segment had when leavers were looked for. */
  private long customersLookedFor;

  /** Who is in the list only, if that was looked for and could be told. */
  private @Nullable Leavers leavers;

  private Why whyKept = Why.STOPPED;
  private boolean openIsTold;

  /** Which of the remembered that are not in the segment stay in the list. */
  private LongPredicate staying = fingerprint -> false;

  private boolean awaits;

  /** How many members the list has at the end. */
  private long members = RunFacts.UNKNOWN;

  /** The run that is to be gone on with, until this one has taken its jobs up. */
  private @Nullable PreviousRun notTakenUp;

  /**
   * Creates a run that has yet to begin or to go on.
   *
   * @param remembered what is remembered of the list; {@code null} without a memory
   * @param previewed what a preview of it has shown, if it is to stop when that has changed
   * @param refusals whom Klaviyo rejects, if the list is to be read back at the end
   * @param asked returns why the run is asked to stop, if it is
   * @param progressed hears how far it has got
   */
  SegmentRun(
      Outset outset,
      RunSession session,
      MirrorGuard guard,
      @Nullable Remembered remembered,
      @Nullable PreviewedSegment previewed,
      Reconciliation.@Nullable Refusals refusals,
      EventLoop loop,
      Listeners listeners,
      Supplier<@Nullable Cancellation> asked,
      Consumer<ExportProgress> progressed) {
    ExportPlan plan = outset.plan();
    this.session = session;
    this.guard = guard;
    this.timeLeft = outset.timeLeft();
    this.previewed = previewed;
    this.listeners = listeners;
    this.progressed = progressed;
    this.startedAt = loop.time().now();
    this.start =
        plan.settings().continuesUnfinished() && session.unfinished() != null
            ? session.goOn(plan.settings().source() instanceof PositionedSource)
            : session.startOver(plan.setup(), startedAt);
    this.notTakenUp = start.resumed();
    this.run = new RunContext(plan, session, remembered, start, outset.klaviyo(), loop, listeners);
    this.phases =
        new PhaseLoop(
            run,
            asked,
            () -> {
              if (started) {
                tellProgress();
              }
            });
    this.reconciliation =
        refusals == null
            ? null
            : new Reconciliation(run, refusals, start.counts().rejections(), startedAt);
    this.reading = new SegmentReading(plan, loop);
    this.warnings = new SegmentWarnings(run, reading, start.counts());
    run.mayWaitFor(reading::waitingFor);
    this.watcher = new JobWatcher(run);
    this.upload = new BatchUpload(run, reading, start, watcher);
    this.unconfirmed = new Unconfirmed(upload, watcher);
    this.reporter =
        new RunReporter(
            plan, start, outset.newList(), run.klaviyo().calls().traffic(), loop.time());
  }

  /** Runs to the end; returns why it stopped before that, {@code null} if it did not. */
  @Nullable StopCause run() {
    Flight.Span span = Flight.recorder().begin(Flight.Kind.RUN, target(), 0, 0);
    try {
      exportSegment();
      if (!run.hasStopped() && upload.hasBegun()) {
        // Before the journal says that there is nothing left to tell.
        tellWhatIsOpen();
        run.recorder().write(new Finished());
      }
      endMemory();
    } catch (Throwable fault) {
      run.end(StopCause.fault(fault));
    }
    endReading();
    run.klaviyo().calls().abandon();
    tellUnread();
    tellWhatIsOpen();
    tellProgress();
    StopCause stop = run.stopCause();
    span.end(stop == null ? "completed" : stop.reason().name());
    return stop;
  }

  private String target() {
    return run.plan().segment() + " to " + run.list();
  }

  /** Remembers that the run came to its end, if nothing was left open by it. */
  private void endMemory() {
    long open =
        start.counts().profilesInUnconfirmedJobs()
            + unconfirmed.unanswered()
            + unconfirmed.unsent();
    if (!run.hasStopped() && open == 0) {
      run.memory()
          .end(
              start.counts().profilesRead() + start.pending().notMet(),
              start.counts().profilesUnchanged(),
              members,
              run.loop().time().now());
    }
  }

  /** Tells of each profile and leaver that nothing more will happen to; once. */
  private void tellWhatIsOpen() {
    if (!openIsTold) {
      openIsTold = true;
      unconfirmed.tell(listeners, run.recorder().outcomes(), notTakenUp);
      if (leavers != null && run.recorder().outcomes().areAsked()) {
        leavers.tellKept(run.recorder().outcomes(), whyKept);
      }
      run.recorder().outcomes().told();
    }
  }

  private void endReading() {
    String left = reading.end();
    if (left != null && run.hasStopped()) {
      run.remark(left);
    } else if (left != null) {
      run.recorder().warned(left + ".");
    }
  }

  /** Returns whether this is the thread on which the source is read. */
  boolean isReadBy(Thread thread) {
    return reading.isReadBy(thread);
  }

  /** Returns whether the thread was interrupted; its flag is not set, so that all can be closed. */
  boolean wasInterrupted() {
    return run.wasInterrupted();
  }

  /** Returns what has become of every profile by now. */
  ExportReport report() {
    return reporter
        .report(run.stopCause(), unconfirmed)
        .verification(reconciliation == null ? null : reconciliation.verification());
  }

  /** Goes through the phases of an export, one after the other. */
  private void exportSegment() {
    boolean mirrors = run.settings().mode().removesLeavers();
    String position = start.pending().position();
    run.loop().after(timeLeft, this::endAtDeadline);
    run.loop().after(HEARTBEAT, this::beat);
    run.whenSendingEnds(reading::interrupt);

    // A mirror reads the whole segment to look for leavers, and again to send it.
    CustomerProfile first = open(mirrors ? null : position, !mirrors);
    if (start.pending().needsOrder() && !reading.hasDuplicatesSideBySide()) {
      run.end(UnsortedSource.noLongerSorted());
    }
    if (first == null && mirrors && !run.hasStopped()) {
      run.end(StopCause.emptySegment(0));
    }
    if (first == null && !run.hasStopped()) {
      warnings.ofEmptySegments();
      warnings.ofSize(0);
      stopIfEmptiedSincePreview();
    }
    if (run.hasStopped() || first == null && start.resumed() == null) {
      return;
    }
    begin();
    goThrough(new ListCheck(run));
    waitForPriorJobs();
    if (first != null && previewed != null) {
      first = compareWithPreview(first, previewed, mirrors ? null : position, !mirrors);
    }
    if (first != null && mirrors) {
      leavers = lookForLeavers(first);
      first = open(position, true);
      if (first == null && position == null && !run.hasStopped()) {
        run.end(StopCause.emptySegment(0));
      }
    }
    Leavers found = leavers;
    upload(first, found);
    if (found != null) {
      warnings.ofChange(customersLookedFor);
      remove(found);
    }
    if (reconciliation != null && !run.hasStopped()) {
      // A run that was resumed has not met whom the one before has sent.
      reconciliation.compare(
          reading,
          () -> open(null, false),
          phases::goThrough,
          start.resumed() == null,
          reporter::traffic);
    }
  }

  private void endAtDeadline() {
    tellUnread();
    run.endAtDeadline(start.counts().jobsUnderWay(), watcher.unread().size());
  }

  /** Has the report tell which jobs have ended with errors that a run which goes on still reads. */
  private void tellUnread() {
    watcher.unread().forEach(start.counts()::jobUnread);
  }

  /** Opens and checks the segment; returns its first profile if there is one. */
  private @Nullable CustomerProfile open(@Nullable String position, boolean toSend) {
    Opening opening = new Opening(run, reading, start.counts()::profilesRead);
    if (!run.hasStopped()) {
      reading.open(position, toSend && run.recorder().keepsJournal());
      goThrough(opening);
    }
    return opening.first();
  }

  private void begin() {
    ExportPlan plan = run.plan();
    listeners.tell(listener -> listener.started(plan.segment(), plan.list()));
    started = true;
    LocalDate supportEnds = Revision.supportEndsSoon(startedAt);
    if (supportEnds != null) {
      run.recorder().warned(ReportText.revisionEnds(supportEnds) + ".");
    }
    run.recorder().keepAlive();
    String damage = run.memory().damage();
    if (damage != null) {
      run.recorder().warned(damage);
    }
  }

  private void beat() {
    run.loop().after(HEARTBEAT, this::beat);
    run.recorder().keepAlive();
    run.memory().keepAlive();
    inJournal(guard::keepAlive);
    if (!started) {
      // The source may take long to open.
      tellProgress();
    }
  }

  private interface Entry {
    void write() throws IOException;
  }

  private void inJournal(Entry entry) {
    try {
      entry.write();
    } catch (IOException failure) {
      run.stop(StopCause.journalFailed(failure));
    }
  }

  private void waitForPriorJobs() {
    PreviousRun previous = session.previous();
    if (previous != null) {
      goThrough(new PriorJobs(run, previous, start.resumed() != null));
    }
  }

  private void stopIfEmptiedSincePreview() {
    if (previewed != null && previewed.sketch().rows() > 0 && previewed.maxDrift() < 1) {
      run.end(StopCause.segmentChanged(previewed.sketch().rows(), 0, 1, previewed.maxDrift()));
    }
  }

  /** Reads the segment to its end, and opens it again if it is as the preview has shown it. */
  private @Nullable CustomerProfile compareWithPreview(
      CustomerProfile first, PreviewedSegment shown, @Nullable String position, boolean toSend) {
    SegmentSketch now = shown.sketch().another();
    RunCounts apart = new RunCounts();
    goThrough(
        new Rehearsal(run, reading, first, apart, now, RunMemory.none(), CustomerCheck.NONE)
            .eachMet(customer -> run.recorder().searching(apart.profilesRead() + 1, 0, 0)));
    double drift = shown.sketch().difference(now);
    if (!run.hasStopped() && drift > shown.maxDrift()) {
      run.end(StopCause.segmentChanged(shown.sketch().rows(), now.rows(), drift, shown.maxDrift()));
    }
    return open(position, toSend);
  }

  /** Looks who is in the list only; returns {@code null} if that cannot be told. */
  private @Nullable Leavers lookForLeavers(CustomerProfile first) {
    LeaverSearch search = new LeaverSearch(run, reading, first, startedAt);
    goThrough(search);
    customersLookedFor = search.customers();
    staying = search.staying();
    awaits = search.awaits();
    StopCause changed = run.memory().sizeGuard().check(customersLookedFor);
    if (changed != null && !run.hasStopped()) {
      run.end(changed);
    }
    return search.found();
  }

  /** Uploads the segment, and watches its jobs to their end. */
  private void upload(@Nullable CustomerProfile first, @Nullable Leavers leavers) {
    if (run.hasStopped()) {
      return;
    }
    inJournal(() -> guard.mirrors(run.loop().time().now()));
    if (start.resumed() != null) {
      run.recorder().write(new Resumed(run.loop().time().now()));
      watcher.takeUp(start.resumed());
      notTakenUp = null;
    } else {
      run.recorder().write(start.began().withSorted(isReadOnBySorting()));
    }
    upload.prepare(first, met(leavers));
    goThrough(upload);
    StopCause tooMany = new RejectionGuard(run.settings(), start.counts()).atEnd();
    if (tooMany != null && !run.hasStopped()) {
      run.stop(tooMany);
    }
    warnings.ofFields();
    if (first != null && !run.hasStopped()) {
      warnings.ofEmptySegments();
      warnings.ofSize(start.counts().profilesRead());
    }
  }

  /**
   * Returns whether the order is all that a run needs which goes on with this one. Of a customer
   * who was not sent, since nothing has changed, it needs the fingerprint.
   */
  private boolean isReadOnBySorting() {
    return reading.hasDuplicatesSideBySide()
        && run.settings().source() instanceof PositionedSource
        && !run.memory().leavesOut();
  }

  private Consumer<CustomerProfile> met(@Nullable Leavers leavers) {
    Consumer<CustomerProfile> met = leavers == null ? customer -> {} : leavers::meet;
    return reconciliation == null ? met : met.andThen(reconciliation::meet);
  }

  private void remove(Leavers leavers) {
    long removedBefore = start.counts().leavers().leaversRemoved();
    removeLeavers(leavers);
    long removed = start.counts().leavers().leaversRemoved() - removedBefore;
    long expected = run.memory().membersExpected(removed);
    long added = run.memory().membersAdded();
    if (!run.hasStopped() && start.counts().leavers().counts().kept() == null) {
      run.memory().forgetLeavers(staying);
    }
    countMembers(expected, added);
  }

  /**
   * Counts the members, for the next run. If they are not as many as they must be, others have
   * changed the list while this run went on, and the next one reads it.
   */
  private void countMembers(long expected, long added) {
    Remembered memory = run.memory().remembered();
    if (memory == null || run.hasStopped()) {
      return;
    }
    ClosingCount count = new ClosingCount(run, startedAt, expected, added);
    goThrough(count);
    members = count.isAsExpected() && !awaits ? expected : RunFacts.UNKNOWN;
    if (run.settings().mode() == SyncMode.TRACKED && count.members() >= memory.members()) {
      run.recorder().notOurs(count.members() - memory.members());
    }
  }

  private void removeLeavers(Leavers leavers) {
    if (run.hasStopped()) {
      return;
    }
    if (start.counts().profilesInUnconfirmedJobs() > 0) {
      run.recorder().leaversKept(Kept.UNCONFIRMED);
      whyKept = Why.PROFILES_UNCONFIRMED;
    } else if (leavers.isDoubted()) {
      run.recorder().unreadable(leavers.unreadable());
      run.recorder().leaversKept(Kept.UNREADABLE);
      whyKept = Why.CUSTOMERS_UNREADABLE;
    } else if (leavers.found() > 0) {
      goThrough(new LeaverRemoval(run, leavers));
    }
  }

  /** Goes through a phase to its end, or to the end of the run. */
  private void goThrough(Phase phase) {
    phases.goThrough(phase);
  }

  private void tellProgress() {
    progressed.accept(reporter.progress(reading.size(), run.waitingFor()));
  }
}
