package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.keys.IdentifierHolders;
import io.github.klaviyoexport.internal.keys.SegmentSketch;
import io.github.klaviyoexport.internal.record.PendingWork;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.run.CustomerCheck;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RejectionGuard;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.SourceFailure;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.upload.DuplicateFinder.Verdict;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rehearsal of an upload: the segment is read to its end, checked, and filled into batches as
 * an upload does it, and nothing is sent.
 *
 * <p>What would stop an upload for what it rejects does not stop this; it is told at the end.
 */
public final class Rehearsal implements Phase {
  private static final int PROFILES_AT_ONCE = 256;

  private final RunContext run;
  private final SegmentReading reading;
  private final RunCounts counts;
  private final SegmentSketch sketch;
  private final CustomerCheck check;
  private final Batcher batcher;
  private final RejectionGuard guard;
  private final CustomerProfile first;
  private Consumer<CustomerProfile> met = customer -> {};
  private @Nullable FieldNames last;
  private @Nullable StopCause wouldStop;
  private boolean isNew;
  private Set<ProfileField> leftOut = Set.of();
  private boolean unread;
  private boolean emailMet;
  private int batches;
  private long rows;
  private long bytes;

  /**
   * Creates a rehearsal.
   *
   * @param reading the segment, opened
   * @param first its first profile
   * @param counts takes what is found; none of it is counted yet
   * @param sketch takes each row that would be sent
   * @param memory what is known of the customers; {@link RunMemory#none()} to have all of them sent
   * @param check takes each customer that would be sent
   */
  public Rehearsal(
      RunContext run,
      SegmentReading reading,
      CustomerProfile first,
      RunCounts counts,
      SegmentSketch sketch,
      RunMemory memory,
      CustomerCheck check) {
    this.run = run;
    this.reading = reading;
    this.first = first;
    this.counts = counts;
    this.sketch = sketch;
    this.check = check;
    this.guard = new RejectionGuard(run.settings(), counts);
    this.batcher =
        new Batcher(
            run.list(),
            run.settings().batchSize(),
            run.settings().mapping(),
            sketch.fingerprint(),
            counts,
            PendingWork.everything(new IdentifierHolders(run.spill())),
            memory,
            rejection -> {},
            run.recorder().outcomes(),
            this::filled,
            this::decided);
    batcher.keepOut(run.settings().erased());
    batcher.eachNewRow(
        (identifier, row, length, shared) -> {
          isNew = true;
          leftOut = shared;
          sketch.add(identifier, row, length);
        });
  }

  /** Has every customer passed on that is read, whether it would be sent or not. */
  public Rehearsal eachMet(Consumer<CustomerProfile> customer) {
    met = customer;
    return this;
  }

  @Override
  public void begin() {
    unread = true;
    counts.bySegment().begin(reading.parts());
    if (reading.hasDuplicatesSideBySide()) {
      batcher.sorted();
    }
    reading.size().ifPresent(batcher::expect);
    take(first);
  }

  @Override
  public boolean isOver() {
    return run.hasStopped() || !unread && check.isDone();
  }

  @Override
  public boolean work() {
    boolean reads = false;
    try {
      for (int i = 0; i < PROFILES_AT_ONCE && mayRead(); i++) {
        read();
        reads = true;
      }
    } catch (SourceFailure failure) {
      run.end(run.sourceFailed(failure, counts.profilesRead()));
    }
    return reads;
  }

  private boolean mayRead() {
    return unread
        && !run.hasStopped()
        && check.hasRoom()
        && reading.isReady(run.settings().limit() - counts.profilesRead() + 1);
  }

  private void read() throws SourceFailure {
    CustomerProfile customer = reading.next();
    if (customer == null) {
      unread = false;
      reading.close();
      batcher.flush();
      emailMissing();
      wouldStop(guard.atEnd());
      check.end();
    } else if (counts.profilesRead() == run.settings().limit()) {
      run.end(StopCause.limitExceeded(run.settings().limit(), "it has more"));
    } else {
      take(customer);
    }
  }

  private void take(CustomerProfile customer) {
    met.accept(customer);
    last = customer.fields();
    long duplicates = counts.profilesDuplicate();
    long rejected = counts.profilesRejectedByUs();
    long unchanged = counts.profilesUnchanged();
    isNew = false;
    batcher.take(customer, run.settings().journal() == null ? null : reading.position(), 0);
    if (isNew && counts.profilesUnchanged() == unchanged) {
      check.take(customer, leftOut);
    }
    if (counts.bySegment().isCounting()) {
      counts
          .bySegment()
          .add(
              reading.part(),
              counts.profilesDuplicate() > duplicates,
              counts.profilesRejectedByUs() > rejected);
    }
    if (!guard.holdsBack()) {
      emailMet = true;
    } else if (counts.profilesRead() >= ExportRules.ENOUGH_PROFILES) {
      emailMissing();
    }
    wouldStop(guard.atBeginning(false));
  }

  private boolean decided(Candidate customer, Verdict verdict) {
    if (verdict == Verdict.OUT_OF_ORDER) {
      run.end(batcher.whyNotTaken(customer));
    }
    return true;
  }

  private void filled(Batcher.Filled filled) {
    batches++;
    rows += filled.batch().rows();
    bytes += filled.batch().bodyBytes();
    wouldStop(guard.atBeginning(true));
    if (batches == run.settings().batchesInFlight()) {
      emailMissing();
    }
  }

  /** Notes that an upload would stop if no profile has had the field of the identifier. */
  private void emailMissing() {
    if (!emailMet && guard.holdsBack()) {
      wouldStop(guard.identifierMissing(last == null ? List.of() : last.names()));
    }
  }

  private void wouldStop(@Nullable StopCause cause) {
    if (wouldStop == null) {
      wouldStop = cause;
    }
  }

  /** Returns why an upload would have stopped, as far as is known; {@code null} if it would not. */
  public @Nullable StopCause wouldStop() {
    return wouldStop;
  }

  /** Returns how many batches there are. */
  public int batches() {
    return batches;
  }

  /** Returns how many profiles would be sent. */
  public long rows() {
    return rows;
  }

  /** Returns how many bytes the bodies of all batches have. */
  public long bytes() {
    return bytes;
  }

  /** Returns what the segment looked like. */
  public SegmentSketch sketch() {
    return sketch;
  }
}
