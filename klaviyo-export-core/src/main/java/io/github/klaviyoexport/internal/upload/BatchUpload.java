package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.record.RunStart;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RejectionGuard;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.SourceFailure;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.upload.DuplicateFinder.Verdict;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The upload of a segment: it is read, filled into batches and delivered, a few batches at a time,
 * while the jobs that Klaviyo makes of them are watched.
 *
 * <p>It reads on as long as fewer than the plan's number of batches are under way: so memory is
 * bounded, and a slow Klaviyo slows the source down. It is over when every profile that was read is
 * confirmed or given up.
 */
public final class BatchUpload implements Phase {
  private static final int READS_AT_ONCE = 8;

  private static final String EMAIL_IDS =
      "Customers of the segment have ids that are email addresses. Logs and messages do not show"
          + " them, but rejections and journals hold them: give customers ids that say nothing of"
          + " the person, such as a number of your own.";

  private final RunContext run;
  private final SegmentReading reading;
  private final RunCounts counts;
  private final JobWatcher watcher;
  private final Batcher batcher;
  private final Delivery.Shared shared;
  private final RejectionGuard guard;
  private final List<Runnable> held = new ArrayList<>();
  private final Set<Delivery> deliveries = new LinkedHashSet<>();
  private @Nullable Delivery givenUp;
  private @Nullable StopCause whyGivenUp;
  private int batches;
  private boolean begun;
  private boolean unread;
  private boolean emailMet;
  private @Nullable CustomerProfile first;
  private @Nullable FieldNames last;
  private Consumer<CustomerProfile> met = customer -> {};

  /** Creates the upload of a segment; {@link #prepare} says where to begin. */
  public BatchUpload(RunContext run, SegmentReading reading, RunStart start, JobWatcher watcher) {
    this.run = run;
    this.reading = reading;
    this.counts = start.counts();
    this.watcher = watcher;
    this.batches = start.batches();
    this.guard = new RejectionGuard(run.settings(), counts);
    this.batcher =
        new Batcher(
            run.list(),
            run.settings().batchSize(),
            run.settings().mapping(),
            run.fingerprint(),
            counts,
            start.pending(),
            run.memory(),
            run.recorder()::setAside,
            run.recorder().outcomes(),
            this::deliver,
            this::decided);
    batcher.keepOut(run.settings().erased());
    this.shared =
        new Delivery.Shared(
            watcher,
            new RefusedValues(run.fingerprint()),
            new ImportHealth(run, () -> deliveries.stream().anyMatch(Delivery::mayTell)),
            this::delivered,
            this::givenUp);
  }

  /**
   * Prepares the upload.
   *
   * @param first the first profile, which is read already; {@code null} if there is none
   * @param met hears of every customer that is read
   */
  public void prepare(@Nullable CustomerProfile first, Consumer<CustomerProfile> met) {
    this.first = first;
    this.met = met;
    counts.bySegment().begin(reading.parts());
    if (reading.hasDuplicatesSideBySide()) {
      batcher.sorted();
    }
    reading.size().ifPresent(batcher::expect);
  }

  @Override
  public void begin() {
    begun = true;
    unread = first != null;
    if (first != null) {
      batcher.take(first, position(), reading.part());
      first = null;
    }
  }

  /** Returns whether it was begun. */
  public boolean hasBegun() {
    return begun;
  }

  @Override
  public boolean isOver() {
    boolean delivered =
        run.maySend()
            ? givenUp == null && isDelivered()
            : deliveries.stream().noneMatch(Delivery::isUnderWay);
    return delivered && watcher.isIdle();
  }

  /** Returns whether all is handed over but for what was given up. */
  private boolean isDelivered() {
    return openDeliveries() == held.size() && (run.hasStopped() || begun && !unread);
  }

  private int openDeliveries() {
    return deliveries.size() - (givenUp == null ? 0 : 1);
  }

  private void delivered(Delivery delivery) {
    if (deliveries.remove(delivery)) {
      run.recorder().batchEnded(delivery.number());
    }
  }

  /** Goes on with the other batches, unless it is the second that is given up. */
  private void givenUp(Delivery delivery, StopCause why) {
    if (givenUp == null) {
      givenUp = delivery;
      whyGivenUp = why;
    } else {
      run.stop(why);
    }
  }

  /** Reads on for a while, if there is something to read and room for it. */
  @Override
  public boolean work() {
    if (whyGivenUp != null && run.maySend() && isDelivered() && watcher.isIdle()) {
      run.stop(whyGivenUp);
    }
    boolean reads = false;
    for (int i = 0; i < READS_AT_ONCE && mayRead() && reading.isReady(wanted()); i++) {
      read();
      reads = true;
    }
    return reads;
  }

  /** Returns how many profiles can be read before there is something to decide. */
  private long wanted() {
    long left = run.settings().limit() - counts.profilesRead() + 1;
    long undecided = ExportRules.ENOUGH_PROFILES - counts.profilesRead();
    long wanted = Math.min(batcher.wanted(), Math.min(left, leftBySize()));
    return emailMet || undecided <= 0 ? wanted : Math.min(wanted, undecided);
  }

  /** Returns how many more profiles the segment may have, and one that is too many. */
  private long leftBySize() {
    long most = run.memory().sizeGuard().most();
    return most == Long.MAX_VALUE ? most : most - counts.profilesRead() + 1;
  }

  private boolean mayRead() {
    return unread && !run.hasStopped() && openDeliveries() < run.settings().batchesInFlight();
  }

  private void read() {
    long limit = run.settings().limit() - counts.profilesRead();
    long most = run.memory().sizeGuard().most() - counts.profilesRead();
    try {
      if (reading.hasNext() && Math.min(limit, most) > 0) {
        batcher.take(reading, Math.min(limit, most), run.recorder().keepsJournal());
      } else if (reading.next() == null) {
        unread = false;
        holdBackNoLonger();
        batcher.flush();
      } else {
        holdBackNoLonger();
        batcher.flush();
        run.stop(
            limit <= 0
                ? StopCause.limitExceeded(run.settings().limit(), "it has more")
                : run.memory().sizeGuard().exceeded());
      }
    } catch (SourceFailure failure) {
      StopCause why = run.sourceFailed(failure, counts.profilesRead());
      if (why.drains()) {
        batcher.flush();
      }
      run.stop(why);
    }
  }

  private @Nullable String position() {
    return run.recorder().keepsJournal() ? reading.position() : null;
  }

  private boolean decided(Candidate customer, Verdict verdict) {
    if (verdict == Verdict.OUT_OF_ORDER) {
      holdBackNoLonger();
      batcher.flush();
      run.stop(batcher.whyNotTaken(customer));
      return false;
    }
    CustomerProfile profile = customer.customer();
    met.accept(profile);
    noticeId(profile.id());
    last = profile.fields();
    if (counts.bySegment().isCounting()) {
      counts
          .bySegment()
          .add(customer.part(), verdict == Verdict.DUPLICATE, verdict == Verdict.SET_ASIDE);
    }
    if (!emailMet && (!guard.holdsBack() || counts.profilesRead() >= ExportRules.ENOUGH_PROFILES)) {
      holdBackNoLonger();
    }
    stop(guard.atBeginning(false));
    return !run.hasStopped();
  }

  private void noticeId(String customerId) {
    // Cheap for almost all: only an id that holds an at sign is looked at closely, and only until
    // one was.
    if (EmailShape.mayFit(customerId) && !counts.hasEmailIds() && EmailShape.fits(customerId)) {
      counts.emailId();
      run.recorder().warned(EMAIL_IDS);
    }
  }

  /** Sends what was held back, or stops if there is still no profile with the email's field. */
  private void holdBackNoLonger() {
    if (!emailMet && counts.profilesRead() > 0) {
      if (guard.holdsBack()) {
        run.stop(guard.identifierMissing(last == null ? List.of() : last.names()));
        return;
      }
      emailMet = true;
      List<Runnable> sent = List.copyOf(held);
      held.clear();
      for (Runnable send : sent) {
        send.run();
      }
    }
  }

  private void stop(@Nullable StopCause cause) {
    if (cause != null) {
      run.stop(cause);
    }
  }

  private void deliver(Batcher.Filled filled) {
    stop(guard.atBeginning(true));
    int number = batches++;
    Delivery delivery = new Delivery(run, shared, number, filled);
    deliveries.add(delivery);
    run.recorder().filled(number, run.loop().time().now(), filled.keys(), filled.checkpoint());
    run.recorder().batchBegun(number, filled.batch().rows());
    Runnable send =
        () -> {
          run.memory().handOn(number, filled.handed());
          delivery.proceed();
        };
    if (emailMet || !guard.holdsBack()) {
      send.run();
    } else {
      held.add(send);
      if (held.size() == run.settings().batchesInFlight()) {
        holdBackNoLonger();
      }
    }
  }

  /** Returns how many profiles were read and never handed over. */
  public long unsent() {
    long unsent = batcher.rows();
    for (Delivery delivery : deliveries) {
      unsent += delivery.unsentRows();
    }
    return unsent;
  }

  /** Returns how many profiles were sent without an answer. */
  public long unanswered() {
    long unanswered = 0;
    for (Delivery delivery : deliveries) {
      unanswered += delivery.unknownRows();
    }
    return unanswered;
  }

  /** Passes on the customer of each of those, and which of the two it is. */
  public void eachUnsettled(BiConsumer<String, Why> customer) {
    for (Delivery delivery : deliveries) {
      delivery.eachUnsettled(customer);
    }
    batcher.eachCustomer(id -> customer.accept(id, Why.UNSENT));
  }
}
