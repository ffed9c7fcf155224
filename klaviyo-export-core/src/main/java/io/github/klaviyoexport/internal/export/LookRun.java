package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.record.RunStart;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A run that looks at a segment and a list, and changes nothing. */
public final class LookRun {
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final RunContext run;
  private final RunStart start;
  private final SegmentReading reading;
  private final RunReporter reporter;
  private final PhaseLoop phases;
  private final Consumer<ExportProgress> progressed;
  private final Duration timeLeft;
  private final Instant startedAt;
  private final long startedNanos;

  LookRun(
      Outset outset,
      RunSession session,
      @Nullable Remembered remembered,
      EventLoop loop,
      Listeners listeners,
      Supplier<@Nullable Cancellation> asked,
      Consumer<ExportProgress> progressed) {
    ExportPlan plan = outset.plan();
    this.timeLeft = outset.timeLeft();
    this.startedAt = loop.time().now();
    this.startedNanos = loop.time().nanoTime();
    this.start = session.startOver(plan.setup(), startedAt);
    this.run = new RunContext(plan, session, remembered, start, outset.klaviyo(), loop, listeners);
    this.reading = new SegmentReading(plan, loop);
    run.mayWaitFor(reading::waitingFor);
    this.reporter =
        new RunReporter(plan, start, null, run.klaviyo().calls().traffic(), loop.time());
    this.progressed = progressed;
    this.phases = new PhaseLoop(run, asked, this::tellProgress);
  }

  /** Looks to the end; returns {@code null} if it stopped before, or else what was made of it. */
  <T> @Nullable T look(Look<T> look) {
    T made = null;
    try {
      run.loop().after(timeLeft, () -> run.endAtDeadline(0, 0));
      run.loop().after(HEARTBEAT, this::beat);
      run.whenSendingEnds(reading::interrupt);
      made = look.at(this);
    } catch (Throwable fault) {
      run.end(StopCause.fault(fault));
    }
    String left = reading.end();
    if (left != null && run.hasStopped()) {
      run.remark(left);
    }
    run.klaviyo().calls().abandon();
    tellProgress();
    return run.hasStopped() ? null : made;
  }

  private void beat() {
    run.loop().after(HEARTBEAT, this::beat);
    tellProgress();
  }

  private void tellProgress() {
    progressed.accept(reporter.progress(reading.size(), run.waitingFor()));
  }

  /** Goes through a phase to its end, or to the end of the run. */
  void goThrough(Phase phase) {
    phases.goThrough(phase);
  }

  /** Opens and checks the segment; returns its first profile if there is one. */
  @Nullable CustomerProfile open() {
    Opening opening = new Opening(run, reading, start.counts()::profilesRead);
    if (!run.hasStopped()) {
      reading.open(null, run.settings().journal() != null);
      goThrough(opening);
    }
    return opening.first();
  }

  /** Returns the ground that phases stand on. */
  RunContext context() {
    return run;
  }

  /** Returns the segment. */
  SegmentReading reading() {
    return reading;
  }

  /** Returns what is counted. */
  RunCounts counts() {
    return start.counts();
  }

  /** Returns when it began. */
  Instant startedAt() {
    return startedAt;
  }

  /** Returns how long it has taken by now. */
  Duration took() {
    return Duration.ofNanos(run.loop().time().nanoTime() - startedNanos);
  }

  /** Returns what it has taken of network and quota by now. */
  TrafficData traffic() {
    return reporter.traffic();
  }

  /** Returns why it stopped; {@code null} if it did not. */
  @Nullable StopCause stopCause() {
    return run.stopCause();
  }

  boolean wasInterrupted() {
    return run.wasInterrupted();
  }

  boolean isReadBy(Thread thread) {
    return reading.isReadBy(thread);
  }
}
