package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.mirror.LeaverRemoval;
import io.github.klaviyoexport.internal.mirror.LeaverSearch;
import io.github.klaviyoexport.internal.mirror.Leavers;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.JournalEntry.Finished;
import io.github.klaviyoexport.internal.record.JournalEntry.Resumed;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.PendingWork;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.record.RunRecorder;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.upload.BatchUpload;
import io.github.klaviyoexport.internal.upload.Batcher;
import io.github.klaviyoexport.internal.upload.Delivery;
import io.github.klaviyoexport.internal.upload.JobWatcher;
import io.github.klaviyoexport.internal.upload.PriorJobs;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.PositionedSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of an export, from opening the segment until Klaviyo has confirmed it.
 *
 * <p>It checks the list, waits for what an earlier run has left ({@link PriorJobs}), looks at
 * segment and list if it is a mirror ({@link LeaverSearch}), hands the segment over ({@link
 * BatchUpload}) while the jobs are watched ({@link JobWatcher}), and last removes the leavers
 * ({@link LeaverRemoval}).
 *
 * <p>The thread that calls {@link #run()} reads, decides and waits. Whatever happens, {@link
 * #report()} adds up afterwards.
 */
public final class SegmentRun {
  /** How long a stopped run still waits for what it has handed over. */
  static final Duration GRACE = Duration.ofSeconds(30);

  /** Listeners hear of progress at least this often, so that one may keep something alive by it. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final ExportPlan plan;
  private final RunSession place;
  private final EventLoop loop;
  private final Klaviyo klaviyo;
  private final Listeners listeners;
  private final Supplier<@Nullable StopCause> asked;
  private final Consumer<ExportProgress> progressed;
  private final Instant startedAt;
  private final @Nullable PreviousRun continued;
  private final Began began;
  private final Fingerprint fingerprint;
  private final RunCounts tally;
  private final PendingWork remaining;
  private final SegmentReading reading;
  private final BatchUpload handover;
  private final RunRecorder ledger;
  private final JobWatcher watcher = new JobWatcher(this);
  private final Unconfirmed unconfirmed;
  private final RunReporter account;

  private boolean handingOver = true;
  private boolean interrupted;
  private boolean over;
  private @Nullable LeaverSearch survey;
  private @Nullable Leavers leavers;
  private @Nullable PreviousRun notTakenUp;
  private @Nullable StopCause stop;

  /**
   * A run that has yet to begin or to go on.
   *
   * @param asked says whether somebody has asked to stop, and why
   * @param progressed hears how far it has got
   */
  SegmentRun(
      ExportPlan plan,
      RunSession place,
      EventLoop loop,
      Listeners listeners,
      Supplier<@Nullable StopCause> asked,
      Consumer<ExportProgress> progressed) {
    this.plan = plan;
    this.place = place;
    this.loop = loop;
    this.listeners = listeners;
    this.asked = asked;
    this.progressed = progressed;
    this.startedAt = loop.time().now();
    this.klaviyo = plan.klaviyo().on(loop, listeners.waits());
    this.continued = plan.continuesUnfinished() ? place.unfinished() : null;
    this.notTakenUp = continued;
    if (continued != null) {
      began = continued.began();
      tally = place.tally();
      remaining = continued.remaining(plan.source() instanceof PositionedSource);
    } else {
      SecureRandom random = new SecureRandom();
      began =
          new Began(place.newId(), plan.setup(), startedAt, random.nextLong(), random.nextLong());
      tally = new RunCounts();
      remaining = PendingWork.everything();
    }
    this.fingerprint = new Fingerprint(began.key0(), began.key1());
    this.account =
        new RunReporter(
            plan,
            began,
            continued != null,
            tally,
            remaining,
            klaviyo.calls().traffic(),
            loop.time());
    this.reading = new SegmentReading(plan);
    this.ledger = new RunRecorder(tally, place.log(), place.keyStore(), listeners, this::stop);
    Batcher batcher =
        new Batcher(
            plan.list(),
            plan.batchSize(),
            plan.mapping(),
            fingerprint,
            tally,
            remaining,
            rejection -> listeners.tell(listener -> listener.rejected(rejection)),
            this::deliver);
    this.handover =
        new BatchUpload(
            this,
            reading,
            batcher,
            tally,
            place.log(),
            continued == null ? 0 : continued.batches());
    this.unconfirmed = new Unconfirmed(batcher, handover.deliveries(), watcher);
  }

  private void deliver(Batcher.Filled filled) {
    handover.deliver(filled);
  }

  /**
   * Runs to the end.
   *
   * @return why it stopped before that; {@code null} if it did not
   */
  @Nullable StopCause run() {
    try {
      openAndExport();
      if (stop == null && handover.hasBegun()) {
        ledger.write(new Finished());
      }
    } catch (RuntimeException | Error fault) {
      end(
          new StopCause(
              Reason.FAULT, "the exporter failed where it should not: report the cause", fault));
    } finally {
      klaviyo.calls().abandon();
    }
    unconfirmed.tell(listeners, notTakenUp);
    progressed.accept(account.progress(reading.size()));
    return stop;
  }

  /**
   * Whether the thread was interrupted; its flag is not set, so that all can be closed in peace.
   */
  boolean wasInterrupted() {
    return interrupted;
  }

  private void openAndExport() {
    try {
      // A mirror looks at the whole segment first.
      reading.open(isMirror() ? null : remaining.position());
    } catch (IOException | RuntimeException failure) {
      end(sourceFailed(failure, tally.profilesRead()));
      return;
    }
    try {
      CustomerProfile first = checkSource();
      if (first == null && stop == null && isMirror()) {
        end(StopCause.emptySegment(0));
      } else if (first != null || continued != null && stop == null) {
        export(first);
      }
    } finally {
      reading.close();
    }
  }

  /** Checks what can be checked without Klaviyo; returns the first profile if there is one. */
  private @Nullable CustomerProfile checkSource() {
    CustomerProfile first = null;
    try {
      StopCause unfit = reading.check();
      if (unfit != null) {
        end(unfit);
      } else {
        first = reading.next();
      }
    } catch (IOException | RuntimeException failure) {
      end(sourceFailed(failure, tally.profilesRead()));
    }
    if (first == null) {
      handover.end();
    }
    return first;
  }

  private void export(@Nullable CustomerProfile first) {
    listeners.tell(listener -> listener.started(plan.segment(), plan.list()));
    loop.after(plan.deadline(), () -> end(StopCause.deadlinePassed(plan.deadline())));
    beat();
    checkList(() -> drain(() -> survey(first)));
    liveUntil(this::isHandedOver);
    if (stop == null && leavers != null) {
      removeLeavers(leavers);
    }
  }

  private void liveUntil(BooleanSupplier done) {
    while (!over && !done.getAsBoolean()) {
      try {
        heedOthers();
        if (isSurveying()) {
          Objects.requireNonNull(survey).read();
          loop.runReady();
        } else if (handover.mayRead()) {
          handover.read();
          loop.runReady();
        } else if (!over && !done.getAsBoolean()) {
          loop.run();
        }
      } catch (InterruptedException interrupt) {
        over |= interrupted;
        stop(interrupted());
      }
      progressed.accept(account.progress(reading.size()));
    }
  }

  private void beat() {
    loop.after(HEARTBEAT, this::beat);
    ledger.keepAlive();
  }

  private void heedOthers() throws InterruptedException {
    StopCause wish = asked.get();
    if (wish != null) {
      stop(wish);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private boolean isSurveying() {
    return survey != null && survey.isReading() && stop == null;
  }

  /** Whether all that was read is confirmed or given up, and nothing is under way. */
  private boolean isHandedOver() {
    boolean delivered = handingOver ? handover.isDone() : !handover.isUnderWay();
    return delivered && watcher.isIdle();
  }

  /** Asks Klaviyo whether key and list are good; stops the run when they are not. */
  public void checkList(Runnable whenGood) {
    klaviyo.findList(
        plan.list(),
        reply -> {
          if (reply instanceof Reply.Done<ListInfo>) {
            whenGood.run();
          } else {
            stop(StopCause.of(reply, plan.list()));
          }
        });
  }

  /** Waits for what an earlier run has left with Klaviyo and this one will not watch itself. */
  private void drain(Runnable whenDrained) {
    PreviousRun earlier = place.earlier();
    if (earlier == null) {
      whenDrained.run();
    } else {
      new PriorJobs(this, earlier, continued != null, whenDrained).begin();
    }
  }

  private boolean isMirror() {
    return plan.mode() == SyncMode.MIRROR;
  }

  private void survey(@Nullable CustomerProfile first) {
    if (isMirror() && first != null && stop == null) {
      survey = new LeaverSearch(this, reading, first, startedAt);
    } else {
      begin(first);
    }
  }

  /** Segment and list have been looked at; now the segment is read again, to be sent. */
  public void surveyed(@Nullable Leavers found) {
    survey = null;
    leavers = found;
    CustomerProfile first = null;
    try {
      reading.open(remaining.position());
      first = checkSource();
      if (first == null && stop == null && remaining.position() == null) {
        end(StopCause.emptySegment(0));
      }
    } catch (IOException | RuntimeException failure) {
      end(sourceFailed(failure, 0));
    }
    begin(first);
  }

  private void removeLeavers(Leavers found) {
    if (tally.profilesInUnconfirmedJobs() > 0) {
      ledger.leaversKept(Kept.UNCONFIRMED);
    } else if (found.isDoubted()) {
      ledger.leaversKept(Kept.UNREADABLE);
    } else if (found.found() > 0) {
      LeaverRemoval removal = new LeaverRemoval(this, found);
      removal.begin();
      liveUntil(removal::isOver);
    }
  }

  private void begin(@Nullable CustomerProfile first) {
    if (stop != null) {
      return;
    }
    if (continued != null) {
      ledger.write(new Resumed(loop.time().now()));
      watcher.takeUp(continued);
      notTakenUp = null;
    } else {
      ledger.write(began);
    }
    if (stop == null) {
      handover.begin(first, leavers);
    }
  }

  /** Stops the run; the first reason stands, but any of them may end the handing over. */
  public void stop(StopCause why) {
    handover.end();
    if (stop == null) {
      stop = why;
    }
    if (handingOver && !why.drains()) {
      handingOver = false;
      klaviyo.calls().endChanges();
      watcher.hurry();
      loop.after(GRACE, () -> over = true);
    }
  }

  /** Stops the run at once. */
  public void end(StopCause why) {
    stop(why);
    over = true;
  }

  public ExportPlan plan() {
    return plan;
  }

  public EventLoop loop() {
    return loop;
  }

  public Klaviyo klaviyo() {
    return klaviyo;
  }

  public RunRecorder ledger() {
    return ledger;
  }

  /** Whether batches may still be handed over. */
  public boolean mayHandOver() {
    return handingOver;
  }

  public void handedOver(int batch, int[] rows, RowKeys keys, ImportJob job, long bytes) {
    watcher.watch(ledger.started(job, rows, keys));
    ledger.taken(batch, rows, job, bytes);
  }

  public void delivered(Delivery delivery) {
    handover.delivered(delivery);
  }

  public RowKeySpill keyStore() {
    return place.keyStore();
  }

  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /** The part of a customer's fingerprint by which Klaviyo's errors are matched. */
  public long fingerprint(Identifier identifier) {
    fingerprint.compute(identifier.kind(), identifier.value());
    return fingerprint.lane1();
  }

  /** What has become of every profile by now. */
  ExportReport report() {
    return account.report(stop, unconfirmed);
  }

  private StopCause interrupted() {
    interrupted = true;
    return new StopCause(
        Reason.INTERRUPTED, "its thread was interrupted; run it again to export the rest", null);
  }

  /** Why the source stops the run: it failed, or the thread was interrupted while it waited. */
  public StopCause sourceFailed(Exception failure, long profilesRead) {
    // Whoever interrupts an export mostly does so while its source waits for something.
    if (Thread.interrupted() || failure instanceof InterruptedIOException) {
      return interrupted();
    }
    return StopCause.sourceFailed(failure, profilesRead);
  }
}
