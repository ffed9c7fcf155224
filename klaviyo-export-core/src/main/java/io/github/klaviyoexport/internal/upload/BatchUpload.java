package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.export.SegmentRun;
import io.github.klaviyoexport.internal.mirror.Leavers;
import io.github.klaviyoexport.internal.record.JournalEntry;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.record.RunJournal;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The handing over of a segment: read, filled into batches, and delivered, a few batches at a time.
 *
 * <p>It reads on as long as fewer than the plan's number of batches are under way: so memory is
 * bounded, and a slow Klaviyo slows the source down.
 */
public final class BatchUpload {
  private static final int PROFILES_AT_ONCE = 256;

  private final SegmentRun run;
  private final SegmentReading reading;
  private final Batcher batcher;
  private final RunCounts tally;
  private final RunJournal log;
  private final Set<Delivery> deliveries = new LinkedHashSet<>();
  private int batches;
  private boolean begun;
  private boolean unread = true;
  private @Nullable Leavers leavers;

  /**
   * A handing over that has yet to begin.
   *
   * @param batches how many batches an earlier run has numbered
   */
  public BatchUpload(
      SegmentRun run,
      SegmentReading reading,
      Batcher batcher,
      RunCounts tally,
      RunJournal log,
      int batches) {
    this.run = run;
    this.reading = reading;
    this.batcher = batcher;
    this.tally = tally;
    this.log = log;
    this.batches = batches;
  }

  /**
   * Begins.
   *
   * @param first the first profile, already read
   * @param leavers who is to hear of every customer, if anybody
   */
  public void begin(@Nullable CustomerProfile first, @Nullable Leavers leavers) {
    begun = true;
    this.leavers = leavers;
    if (first != null) {
      take(first);
    }
  }

  public boolean hasBegun() {
    return begun;
  }

  /** Reads no further; what is under way goes on. */
  public void end() {
    unread = false;
  }

  /** Whether there is something to read, and room for it. */
  public boolean mayRead() {
    return begun && unread && deliveries.size() < run.plan().batchesInFlight();
  }

  /** Whether all has been read and delivered. */
  public boolean isDone() {
    return begun && !unread && deliveries.isEmpty();
  }

  /** Whether the answer to a batch is awaited. */
  public boolean isUnderWay() {
    return deliveries.stream().anyMatch(Delivery::isUnderWay);
  }

  /** The batches that are not delivered; a live view. */
  public Collection<Delivery> deliveries() {
    return deliveries;
  }

  /** Reads on for a while. */
  public void read() {
    for (int i = 0; i < PROFILES_AT_ONCE && mayRead(); i++) {
      CustomerProfile profile;
      try {
        profile = reading.next();
      } catch (IOException | RuntimeException failure) {
        StopCause why = run.sourceFailed(failure, tally.profilesRead());
        if (why.drains()) {
          batcher.flush();
        }
        run.stop(why);
        return;
      }
      if (profile == null) {
        unread = false;
        batcher.flush();
      } else if (tally.profilesRead() == run.plan().limit()) {
        batcher.flush();
        run.stop(StopCause.limitExceeded(run.plan().limit(), "it has more"));
      } else {
        take(profile);
      }
    }
  }

  private void take(CustomerProfile profile) {
    if (leavers != null) {
      leavers.meet(profile);
    }
    batcher.take(profile, log.isKept() ? reading.position() : null);
  }

  /** Takes a batch that is full. */
  public void deliver(Batcher.Filled filled) {
    int number = batches++;
    Delivery delivery = new Delivery(run, number, filled.batch(), filled.keys());
    deliveries.add(delivery);
    if (log.isKept()) {
      run.ledger()
          .write(
              new JournalEntry.Filled(
                  number, run.loop().time().now(), filled.keys().pack(), filled.checkpoint()));
    }
    delivery.proceed();
  }

  /** The batch needs no more care. */
  public void delivered(Delivery delivery) {
    deliveries.remove(delivery);
  }
}
