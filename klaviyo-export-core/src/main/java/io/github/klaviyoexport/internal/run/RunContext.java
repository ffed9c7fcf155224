package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.internal.call.CallTraffic;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.RunRecorder;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.record.RunStart;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.ListId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ground that the phases of one run stand on: its plan, its event loop, its way to Klaviyo, its
 * recorder, and whether it goes on.
 *
 * <p>Phases know this and not each other, nor the run. It belongs to the thread of the run.
 */
public final class RunContext {
  /** How long a stopped run still waits for what it has handed over. */
  public static final Duration GRACE = Duration.ofSeconds(30);

  /** How long Klaviyo may be silent before that is told as a wait. */
  private static final Duration WORTH_A_WORD = Duration.ofSeconds(10);

  /** How long Klaviyo must have been silent at a deadline, at most, to be the reason for it. */
  private static final Duration SILENT_AT_DEADLINE = Duration.ofMinutes(1);

  private final ExportPlan plan;
  private final EventLoop loop;
  private final Klaviyo klaviyo;
  private final RunRecorder recorder;
  private final RunMemory memory;
  private final RowKeySpill spill;
  private final Fingerprint fingerprint;
  private final List<Runnable> whenSendingEnds = new ArrayList<>();
  private final List<Supplier<@Nullable String>> mayWaitFor = new ArrayList<>();

  private @Nullable String waitingFor;
  private @Nullable StopCause stop;
  private boolean sending = true;
  private boolean interrupted;
  private boolean ended;

  /**
   * Creates the ground of a run that sets out from a start.
   *
   * @param remembered what it remembers of its list; {@code null} without a memory
   */
  public RunContext(
      ExportPlan plan,
      RunSession session,
      @Nullable Remembered remembered,
      RunStart start,
      Klaviyo klaviyo,
      EventLoop loop,
      Listeners listeners) {
    this.plan = plan;
    this.loop = loop;
    this.klaviyo = klaviyo;
    this.recorder =
        new RunRecorder(
            start.counts(),
            session.journal(),
            session.spill(),
            listeners,
            plan.list(),
            loop.time()::now,
            // An export does not go on without its journal.
            failure -> stop(StopCause.journalFailed(failure)));
    this.memory =
        new RunMemory(remembered, plan.settings(), start.began().run(), cause -> stop(cause));
    this.spill = session.spill();
    this.fingerprint = new Fingerprint(start.began().key0(), start.began().key1());
  }

  /** Returns what the run is to do. */
  public ExportPlan plan() {
    return plan;
  }

  /** Returns how it is to be done. */
  public ExportSettings settings() {
    return plan.settings();
  }

  /** Returns the list that the run exports to. */
  public ListId list() {
    return plan.list();
  }

  /** Returns the loop on which everything comes back that the run waits for. */
  public EventLoop loop() {
    return loop;
  }

  /** Returns the run's way to Klaviyo. */
  public Klaviyo klaviyo() {
    return klaviyo;
  }

  /** Returns what takes down what happens to the profiles. */
  public RunRecorder recorder() {
    return recorder;
  }

  /** Returns what the run does with its memory, if it has one. */
  public RunMemory memory() {
    return memory;
  }

  /** Returns where the keys of rows wait. */
  public RowKeySpill spill() {
    return spill;
  }

  /** Returns the run's fingerprints; they are keyed for this run. */
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /** Notes what the run waits for that others are to do, in a clause; {@code null} for nothing. */
  public void waitFor(@Nullable String what) {
    waitingFor = what;
  }

  /** Has the run ask something what it waits for, in a clause; {@code null} for nothing. */
  public void mayWaitFor(Supplier<@Nullable String> what) {
    mayWaitFor.add(what);
  }

  /** Returns what the run waits for that others are to do, in a clause; {@code null} if nothing. */
  public @Nullable String waitingFor() {
    CallTraffic.Trouble trouble = klaviyo.calls().traffic().trouble(WORTH_A_WORD);
    return trouble == null
        ? waitingForOthers()
        : "Klaviyo, which has given no usable answer since " + InWords.moment(trouble.since());
  }

  private @Nullable String waitingForOthers() {
    String what = waitingFor;
    for (Supplier<@Nullable String> next : mayWaitFor) {
      what = what == null ? next.get() : what;
    }
    return what;
  }

  /** Asks Klaviyo whether key and list are good; stops the run when they are not. */
  public void checkList(Runnable whenGood) {
    klaviyo.findList(
        list(),
        reply -> {
          if (reply instanceof Reply.Done<ListInfo>) {
            whenGood.run();
          } else {
            stop(StopCause.of(reply, list()));
          }
        });
  }

  /**
   * Stops the run: the first cause stands. One that does not {@linkplain StopCause#drains() drain}
   * ends the sending as well, and the whole run {@link #GRACE} later, unless it {@linkplain
   * StopCause#awaitsConfirmation() awaits confirmation}.
   */
  public void stop(StopCause cause) {
    if (endSending(cause) && !cause.awaitsConfirmation()) {
      loop.after(GRACE, () -> ended = true);
    }
  }

  /**
   * Stops the run because it was asked to, also one that has stopped and still waits. The whole run
   * ends when the given time has passed, or before.
   */
  public void stop(StopCause wish, Duration grace) {
    endSending(wish);
    loop.after(grace, () -> ended = true);
  }

  /** Notes why the run stops; returns whether the sending has ended by that. */
  private boolean endSending(StopCause cause) {
    if (stop == null) {
      stop = cause;
    }
    if (!sending || cause.drains()) {
      return false;
    }
    sending = false;
    klaviyo.calls().endChanges();
    whenSendingEnds.forEach(Runnable::run);
    return true;
  }

  /**
   * Ends the run because its deadline has passed.
   *
   * @param jobs how many jobs Klaviyo has not ended
   * @param unread how many it has ended whose errors are not read
   */
  public void endAtDeadline(long jobs, long unread) {
    Duration deadline = settings().deadline();
    Duration half = deadline.dividedBy(2);
    CallTraffic.Trouble trouble =
        klaviyo
            .calls()
            .traffic()
            .trouble(half.compareTo(SILENT_AT_DEADLINE) < 0 ? half : SILENT_AT_DEADLINE);
    end(
        trouble == null
            ? StopCause.deadlinePassed(deadline, jobs, unread, waitingForOthers())
            : StopCause.deadlinePassed(deadline, jobs + unread, trouble));
  }

  /** Stops the run, and waits for nothing more. */
  public void end(StopCause cause) {
    stop(cause);
    ended = true;
  }

  /** Returns why the run has stopped; {@code null} if it has not. */
  public @Nullable StopCause stopCause() {
    return stop;
  }

  /** Returns whether the run has stopped: nothing more is read. */
  public boolean hasStopped() {
    return stop != null;
  }

  /** Returns whether anything may still be sent that changes something at Klaviyo. */
  public boolean maySend() {
    return sending;
  }

  /** Returns whether nothing more is waited for. */
  public boolean hasEnded() {
    return ended;
  }

  /** Has something done when the run stops sending before it is done. */
  public void whenSendingEnds(Runnable action) {
    whenSendingEnds.add(action);
  }

  /** Stops the run because its thread was interrupted, and ends it the second time. */
  public void interrupted() {
    ended |= interrupted;
    stop(interruption());
  }

  /** Returns whether the thread was interrupted; its flag is not set, so that all can be closed. */
  public boolean wasInterrupted() {
    return interrupted;
  }

  /** Returns why the source stops the run: it failed, or was interrupted while it waited. */
  public StopCause sourceFailed(SourceFailure failure, long profilesRead) {
    return failure.isInterruption()
        ? interruption()
        : StopCause.sourceFailed(failure, profilesRead);
  }

  /** Adds a sentence, without its full stop, to what is said of why the run stopped, if it did. */
  public void remark(String sentence) {
    if (stop != null) {
      stop = stop.with(sentence);
    }
  }

  private StopCause interruption() {
    interrupted = true;
    return StopCause.interrupted();
  }
}
