package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.internal.run.JournalEntry.Began;
import io.github.klaviyoexport.internal.run.JournalEntry.Ended;
import io.github.klaviyoexport.internal.run.JournalEntry.Finished;
import io.github.klaviyoexport.internal.run.JournalEntry.InDoubt;
import io.github.klaviyoexport.internal.run.JournalEntry.Refused;
import io.github.klaviyoexport.internal.run.JournalEntry.Resumed;
import io.github.klaviyoexport.internal.run.JournalEntry.Taken;
import io.github.klaviyoexport.klaviyo.internal.CallTraffic;
import io.github.klaviyoexport.klaviyo.internal.Calls;
import io.github.klaviyoexport.klaviyo.internal.EventLoop;
import io.github.klaviyoexport.klaviyo.internal.Identifier;
import io.github.klaviyoexport.klaviyo.internal.ImportJob;
import io.github.klaviyoexport.klaviyo.internal.Klaviyo;
import io.github.klaviyoexport.klaviyo.internal.ListInfo;
import io.github.klaviyoexport.klaviyo.internal.Reply;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping.MappedField;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of an export: reads the segment, fills batches, and stays until Klaviyo has confirmed
 * them.
 *
 * <p>The thread that calls {@link #run()} reads, decides and waits. While batches are under way it
 * reads on, as long as fewer than the plan's number of them are filled: so memory is bounded, and a
 * slow Klaviyo slows the source down.
 *
 * <p>Whatever happens, {@link #report()} adds up afterwards.
 */
final class SegmentRun {
  /** How long a stopped run still waits for what it has handed over. */
  static final Duration GRACE = Duration.ofSeconds(30);

  /** Listeners hear of progress at least this often, so that one may keep something alive by it. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private static final int PROFILES_BETWEEN_EVENTS = 256;
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final ExportPlan plan;
  private final OpenRun place;
  private final EventLoop loop;
  private final Klaviyo klaviyo;
  private final Listeners listeners;
  private final Supplier<@Nullable Stop> asked;
  private final Consumer<ExportProgress> progressed;
  private final @Nullable Earlier continued;
  private final Began began;
  private final long startedNanos;
  private final Fingerprint fingerprint;
  private final Tally tally;
  private final Remaining remaining;
  private final Batcher batcher;
  private final Set<Delivery> deliveries = new LinkedHashSet<>();
  private final JobWatcher watcher = new JobWatcher(this);
  private final List<String> unconfirmed = new ArrayList<>();

  private OptionalLong size = OptionalLong.empty();
  private int batches;
  private boolean reading = true;
  private boolean handingOver = true;
  private boolean mayStart;
  private boolean interrupted;
  private boolean over;
  private @Nullable Earlier notTakenUp;
  private @Nullable Stop stop;

  /**
   * A run that has yet to begin or to go on.
   *
   * @param asked says whether somebody has asked to stop, and why
   * @param progressed hears how far it has got
   */
  SegmentRun(
      ExportPlan plan,
      OpenRun place,
      EventLoop loop,
      Listeners listeners,
      Supplier<@Nullable Stop> asked,
      Consumer<ExportProgress> progressed) {
    this.plan = plan;
    this.place = place;
    this.loop = loop;
    this.listeners = listeners;
    this.asked = asked;
    this.progressed = progressed;
    this.klaviyo = plan.klaviyo().on(loop, waits());
    this.startedNanos = loop.time().nanoTime();
    this.continued = plan.continuesUnfinished() ? place.unfinished() : null;
    this.notTakenUp = continued;
    if (continued != null) {
      began = continued.began();
      tally = place.tally();
      remaining = continued.remaining(plan.source() instanceof PositionedSource);
      batches = continued.batches();
    } else {
      SecureRandom random = new SecureRandom();
      began =
          new Began(
              place.newId(), plan.setup(), loop.time().now(), random.nextLong(), random.nextLong());
      tally = new Tally();
      remaining = Remaining.everything();
    }
    this.fingerprint = new Fingerprint(began.key0(), began.key1());
    this.batcher =
        new Batcher(
            plan.list(),
            plan.batchSize(),
            plan.mapping(),
            fingerprint,
            tally,
            remaining,
            rejection -> listeners.tell(listener -> listener.rejected(rejection)),
            this::deliver);
  }

  private Calls.Observer waits() {
    return new Calls.Observer() {
      @Override
      public void paced(Duration wait) {
        listeners.tell(listener -> listener.paced(wait));
      }

      @Override
      public void rateLimited(Duration retryAfter) {
        listeners.tell(listener -> listener.rateLimited(retryAfter));
      }

      @Override
      public void retried(String what, Duration wait) {
        listeners.tell(listener -> listener.retried(what, wait));
      }
    };
  }

  /**
   * Runs to the end.
   *
   * @return why it stopped before that; {@code null} if it did not
   */
  @Nullable Stop run() {
    try {
      openAndExport();
      if (stop == null && mayStart) {
        write(new Finished());
      }
    } catch (RuntimeException | Error fault) {
      end(
          new Stop(
              Reason.FAULT, "the exporter failed where it should not: report the cause", fault));
    } finally {
      klaviyo.calls().abandon();
    }
    tellUnconfirmed();
    progressed.accept(snapshot());
    return stop;
  }

  /**
   * Whether the thread was interrupted; its flag is not set, so that all can be closed in peace.
   */
  boolean wasInterrupted() {
    return interrupted;
  }

  private void openAndExport() {
    ProfileReader reader;
    try {
      reader = Objects.requireNonNull(open(), "reader");
    } catch (IOException | RuntimeException failure) {
      end(sourceFailed(failure));
      return;
    }
    try {
      CustomerProfile first = checkSource(reader);
      if (first != null || continued != null && stop == null) {
        export(reader, first);
      }
    } finally {
      close(reader);
    }
  }

  private void close(ProfileReader reader) {
    try {
      reader.close();
    } catch (IOException | RuntimeException failure) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The reader of segment {0} did not close ({1}); the export is not affected.",
          plan.segment(),
          failure.getClass().getName());
    }
  }

  private ProfileReader open() throws IOException {
    String position = remaining.position();
    return position != null && plan.source() instanceof PositionedSource positioned
        ? positioned.openAt(plan.segment(), position)
        : plan.source().open(plan.segment());
  }

  /** Checks what can be checked without Klaviyo; returns the first profile if there is one. */
  private @Nullable CustomerProfile checkSource(ProfileReader reader) {
    CustomerProfile first = null;
    try {
      size = reader.size().stream().filter(known -> known >= 0).findFirst();
      reader.fields().ifPresent(this::checkMapping);
      if (size.isPresent() && size.getAsLong() > plan.limit()) {
        end(limitExceeded("it has " + size.getAsLong()));
      } else if (stop == null) {
        first = reader.next();
      }
    } catch (IOException | RuntimeException failure) {
      end(sourceFailed(failure));
    }
    reading &= first != null;
    return first;
  }

  private void checkMapping(FieldNames known) {
    try {
      plan.mapping().checkAgainst(known);
    } catch (IllegalArgumentException unfit) {
      end(new Stop(Reason.MAPPING_UNFIT, Stop.clause(unfit), unfit));
    }
  }

  private void export(ProfileReader reader, @Nullable CustomerProfile first) {
    listeners.tell(listener -> listener.started(plan.segment(), plan.list()));
    loop.after(plan.deadline(), () -> end(deadlinePassed()));
    beat();
    checkList(() -> drain(() -> begin(reader, first)));
    while (!isOver()) {
      try {
        heedOthers();
        if (mayRead()) {
          read(reader);
          loop.runReady();
        } else if (!isOver()) {
          loop.run();
        }
      } catch (InterruptedException interrupt) {
        over |= interrupted;
        stop(interrupted());
      }
      progressed.accept(snapshot());
    }
  }

  private void beat() {
    loop.after(HEARTBEAT, this::beat);
    try {
      place.log().keepAlive();
    } catch (IOException failure) {
      stop(Stop.journalFailed(failure));
    }
  }

  /** Writes down what has happened; an export does not go on without its journal. */
  private void write(JournalEntry entry) {
    try {
      place.log().write(entry);
    } catch (IOException failure) {
      stop(Stop.journalFailed(failure));
    }
  }

  private void heedOthers() throws InterruptedException {
    Stop wish = asked.get();
    if (wish != null) {
      stop(wish);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private boolean mayRead() {
    return mayStart && reading && deliveries.size() < plan.batchesInFlight();
  }

  private boolean isOver() {
    if (over) {
      return true;
    }
    boolean delivered =
        handingOver
            ? !reading && mayStart && deliveries.isEmpty()
            : deliveries.stream().noneMatch(Delivery::isUnderWay);
    return delivered && watcher.isIdle();
  }

  /** Asks Klaviyo whether key and list are good; stops the run when they are not. */
  void checkList(Runnable whenGood) {
    klaviyo.findList(
        plan.list(),
        reply -> {
          if (reply instanceof Reply.Done<ListInfo>) {
            whenGood.run();
          } else {
            stop(Stop.of(reply, plan.list()));
          }
        });
  }

  /** Waits for what an earlier run has left with Klaviyo and this one will not watch itself. */
  private void drain(Runnable whenDrained) {
    Earlier earlier = place.earlier();
    if (earlier == null) {
      whenDrained.run();
    } else {
      new Drain(this, earlier, continued != null, whenDrained).begin();
    }
  }

  private void begin(ProfileReader reader, @Nullable CustomerProfile first) {
    if (stop != null) {
      return;
    }
    if (continued != null) {
      write(new Resumed(loop.time().now()));
      watcher.takeUp(continued);
      notTakenUp = null;
    } else {
      write(began);
    }
    mayStart = stop == null;
    if (first != null && mayStart) {
      take(first, reader);
    }
  }

  private void read(ProfileReader reader) {
    for (int i = 0; i < PROFILES_BETWEEN_EVENTS && mayRead(); i++) {
      CustomerProfile profile;
      try {
        profile = reader.next();
      } catch (IOException | RuntimeException failure) {
        Stop why = sourceFailed(failure);
        if (why.drains()) {
          batcher.flush();
        }
        stop(why);
        return;
      }
      if (profile == null) {
        reading = false;
        batcher.flush();
      } else if (tally.profilesRead() == plan.limit()) {
        batcher.flush();
        stop(limitExceeded("it has more"));
      } else {
        take(profile, reader);
      }
    }
  }

  private void take(CustomerProfile profile, ProfileReader reader) {
    batcher.take(profile, place.log().isKept() ? reader.position().orElse(null) : null);
  }

  private void deliver(Batcher.Filled filled) {
    int number = batches++;
    Delivery delivery = new Delivery(this, number, filled.batch(), filled.keys());
    deliveries.add(delivery);
    if (place.log().isKept()) {
      write(
          new JournalEntry.Filled(
              number, loop.time().now(), filled.keys().pack(), filled.checkpoint()));
    }
    delivery.proceed();
  }

  /** Stops the run; the first reason stands, but any of them may end the handing over. */
  void stop(Stop why) {
    reading = false;
    if (stop == null) {
      stop = why;
    }
    if (handingOver && !why.drains()) {
      handingOver = false;
      klaviyo.calls().endPosts();
      watcher.hurry();
      loop.after(GRACE, () -> over = true);
    }
  }

  private void end(Stop why) {
    stop(why);
    over = true;
  }

  ExportPlan plan() {
    return plan;
  }

  EventLoop loop() {
    return loop;
  }

  Klaviyo klaviyo() {
    return klaviyo;
  }

  /** Whether batches may still be handed over. */
  boolean mayHandOver() {
    return handingOver;
  }

  void handedOver(int batch, int[] rows, RowKeys keys, ImportJob job, long bytes) {
    tally.jobStarted(job.id(), rows.length);
    watcher.watch(
        new Earlier.OpenJob(
            job.id(), rows.length, job.createdAt(), place.keyStore().keep(keys.pack(rows))));
    listeners.tell(listener -> listener.batchSent(job.id(), rows.length, bytes));
    write(new Taken(batch, rows, job.id(), job.createdAt()));
  }

  /** Klaviyo may have, or come to have, a job of so many profiles that no answer tells of. */
  void inDoubt(int profiles) {
    write(new InDoubt(profiles));
  }

  void delivered(Delivery delivery) {
    deliveries.remove(delivery);
  }

  void refused(int batch, int row, Rejection rejection) {
    tally.rejectedByKlaviyo(rejection);
    listeners.tell(listener -> listener.rejected(rejection));
    write(new Refused(batch, row, rejection));
  }

  void jobEnded(String id, JobStatus status, int accepted, List<Rejection> rejections) {
    ExportReport.Job job = tally.jobEnded(id, status, accepted, rejections.size());
    rejections.forEach(tally::rejectedByKlaviyo);
    for (Rejection rejection : rejections) {
      listeners.tell(listener -> listener.rejected(rejection));
    }
    listeners.tell(listener -> listener.jobFinished(job));
    write(new Ended(id, status, accepted, rejections.size(), rejections));
  }

  /** The part of a customer's fingerprint by which Klaviyo's errors are matched. */
  long fingerprint(Identifier identifier) {
    fingerprint.compute(identifier.kind(), identifier.value());
    return fingerprint.lane1();
  }

  /** The source's name for a Klaviyo attribute such as {@code location/city}, if one is mapped. */
  @Nullable String sourceField(@Nullable String attribute) {
    if (attribute != null) {
      String path = attribute.replaceFirst("/", ".").replace("~1", "/").replace("~0", "~");
      for (MappedField field : plan.mapping().fields()) {
        if (field.path().equals(path)) {
          return field.source();
        }
      }
    }
    return null;
  }

  private ExportProgress snapshot() {
    return new ExportProgress(
        size,
        profilesRead(),
        tally.profilesSent(),
        tally.profilesAccepted(),
        tally.profilesRejected(),
        tally.profilesDuplicate(),
        elapsed());
  }

  /** What this run has read and, of what an earlier one has settled, what it has not met again. */
  private long profilesRead() {
    return tally.profilesRead() + remaining.notMet();
  }

  private Duration elapsed() {
    return Duration.ofNanos(loop.time().nanoTime() - startedNanos);
  }

  /** Says of whom it is not known what became of them. */
  private void tellUnconfirmed() {
    Consumer<String> each =
        customer -> {
          if (unconfirmed.size() < ExportReport.MAX_REJECTIONS) {
            unconfirmed.add(customer);
          }
          listeners.tell(listener -> listener.unconfirmed(customer));
        };
    try {
      watcher.unconfirmed().forEach(keys -> RowKeys.unpack(keys.read()).eachCustomer(each));
      if (notTakenUp != null) {
        notTakenUp.unconfirmed().forEach(keys -> RowKeys.unpack(keys.read()).eachCustomer(each));
      }
    } catch (UncheckedIOException unreadable) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Some of the customers whose profiles are unconfirmed cannot be named, because {0}",
          unreadable.getMessage());
    }
    deliveries.forEach(delivery -> delivery.eachUnsettled(each));
    batcher.eachCustomer(each);
  }

  /** What has become of every profile by now. */
  ExportReport report() {
    long unsent = batcher.rows() + deliveries.stream().mapToLong(Delivery::unsentRows).sum();
    long unknown = deliveries.stream().mapToLong(Delivery::unknownRows).sum();
    long unsettled = tally.profilesInUnconfirmedJobs() + unknown + unsent;
    if (stop != null && stop.reason() == Reason.FAULT) {
      // It may have struck between two counts: what is not known to be settled is unconfirmed.
      unsettled =
          profilesRead()
              - tally.profilesAccepted()
              - tally.profilesRejected()
              - tally.profilesDuplicate();
      unsent = Math.min(unsent, unsettled);
    }
    CallTraffic traffic = klaviyo.calls().traffic();
    return new ExportReport(
        began.run(),
        plan.segment(),
        plan.list(),
        began.at(),
        took(),
        profilesRead(),
        tally.profilesAccepted(),
        tally.profilesRejected(),
        tally.profilesDuplicate(),
        unsettled,
        unsent,
        tally.fieldsRejected(),
        tally.reasons(),
        tally.rejections(),
        unconfirmed,
        tally.jobs(),
        new ExportReport.Traffic(
            traffic.exchanges(),
            traffic.bytesSent(),
            traffic.rateLimited(),
            traffic.paced(),
            traffic.longestRetryAfter()));
  }

  /** A resumed run took the time since it first began, unless the wall clock has been put back. */
  private Duration took() {
    Duration sinceResumed = elapsed();
    Duration sinceBegun = Duration.between(began.at(), loop.time().now());
    return continued == null || sinceBegun.compareTo(sinceResumed) < 0 ? sinceResumed : sinceBegun;
  }

  private Stop interrupted() {
    interrupted = true;
    return new Stop(
        Reason.INTERRUPTED, "its thread was interrupted; run it again to export the rest", null);
  }

  private Stop sourceFailed(Exception failure) {
    // Whoever interrupts an export mostly does so while its source waits for something.
    if (Thread.interrupted() || failure instanceof InterruptedIOException) {
      return interrupted();
    }
    return new Stop(
        Reason.SOURCE_FAILED,
        "its source failed after "
            + tally.profilesRead()
            + " profiles ("
            + (failure instanceof IOException ? Stop.clause(failure) : failure.getClass().getName())
            + "); mend the source and run the export again",
        failure);
  }

  private Stop limitExceeded(String found) {
    return new Stop(
        Reason.LIMIT_EXCEEDED,
        "the segment is larger than the limit of "
            + plan.limit()
            + " profiles: "
            + found
            + ". Klaviyo bills active profiles; if that many are meant, raise the limit with"
            + " limit(...)",
        null);
  }

  private Stop deadlinePassed() {
    return new Stop(
        Reason.DEADLINE,
        "its deadline of "
            + plan.deadline()
            + " has passed. Klaviyo goes on with the jobs it has; look them up by the ids in the"
            + " report, or raise the deadline",
        null);
  }
}
