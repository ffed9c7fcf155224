package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.klaviyo.internal.Calls;
import io.github.klaviyoexport.klaviyo.internal.EventLoop;
import io.github.klaviyoexport.klaviyo.internal.Identifier;
import io.github.klaviyoexport.klaviyo.internal.ImportJob;
import io.github.klaviyoexport.klaviyo.internal.Klaviyo;
import io.github.klaviyoexport.klaviyo.internal.ListInfo;
import io.github.klaviyoexport.klaviyo.internal.Reply.Done;
import io.github.klaviyoexport.klaviyo.internal.Reply.Refused;
import io.github.klaviyoexport.klaviyo.internal.Reply.Unanswered;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping.MappedField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One export: reads the segment, fills batches, and stays until Klaviyo has confirmed them.
 *
 * <p>The thread that calls {@link #run()} reads, decides and waits; nothing is shared with another
 * but {@link #cancel} and {@link #progress}. While batches are under way it reads on, as long as
 * fewer than the plan's number of them are filled: so memory is bounded, and a slow Klaviyo slows
 * the source down.
 */
public final class ExportTask {
  /** How long a stopped export still waits for what it has handed over. */
  static final Duration GRACE = Duration.ofSeconds(30);

  /** Listeners hear of progress at least this often, so that one may keep something alive by it. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private static final int PROFILES_BETWEEN_EVENTS = 256;
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final ExportPlan plan;
  private final EventLoop loop;
  private final Klaviyo klaviyo;
  private final Listeners listeners;
  private final Instant startedAt;
  private final long startedNanos;
  private final Tally tally = new Tally();
  private final Fingerprint fingerprint;
  private final Batcher batcher;
  private final Set<Delivery> deliveries = new LinkedHashSet<>();
  private final JobWatcher watcher = new JobWatcher(this);
  private final KeyStore keyStore = new KeyStore();
  private final AtomicReference<@Nullable Stop> cancelled = new AtomicReference<>();

  private OptionalLong size = OptionalLong.empty();
  private boolean reading = true;
  private boolean handingOver = true;
  private boolean listFound;
  private boolean interrupted;
  private boolean over;
  private @Nullable Stop stop;
  private volatile ExportProgress progress;

  /** An export that has yet to run. */
  public ExportTask(ExportPlan plan) {
    this.plan = plan;
    this.loop = new EventLoop(plan.klaviyo().time());
    this.listeners = new Listeners(plan.listeners());
    this.klaviyo = plan.klaviyo().on(loop, waits());
    this.startedAt = loop.time().now();
    this.startedNanos = loop.time().nanoTime();
    SecureRandom random = new SecureRandom();
    this.fingerprint = new Fingerprint(random.nextLong(), random.nextLong());
    this.batcher =
        new Batcher(
            plan.list(),
            plan.mapping(),
            fingerprint,
            this::rejected,
            tally::duplicate,
            filled -> {
              Delivery delivery = new Delivery(this, filled.batch(), filled.keys());
              deliveries.add(delivery);
              delivery.proceed();
            });
    this.progress = snapshot();
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
    };
  }

  /** Asks the export to stop, from any thread; does nothing when it has ended. */
  public void cancel(String advice) {
    cancelled.compareAndSet(null, new Stop(Reason.CANCELLED, advice, null));
    loop.wake();
  }

  /** How far it has got; from any thread. */
  public ExportProgress progress() {
    return progress;
  }

  /**
   * Runs the export to its end.
   *
   * @throws ExportException if it stopped before
   */
  public ExportReport run() {
    try (keyStore) {
      openAndExport();
    } catch (RuntimeException | Error fault) {
      end(
          new Stop(
              Reason.FAULT, "the exporter failed where it should not: report the cause", fault));
    } finally {
      klaviyo.calls().abandon();
    }
    ExportReport report = report();
    progress = snapshot();
    listeners.tell(listener -> listener.finished(report));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (stop != null) {
      throw new ExportException(stop.reason(), message(stop, report), report, stop.cause());
    }
    return report;
  }

  private void openAndExport() {
    try (ProfileReader reader = plan.source().open(plan.segment())) {
      CustomerProfile first = checkSource(reader);
      if (first != null) {
        export(reader, first);
      }
    } catch (IOException failure) {
      if (stop == null && reading) {
        end(sourceFailed(failure));
      } else {
        LOG.log(
            System.Logger.Level.WARNING,
            "The reader of segment {0} did not close ({1}); the export is not affected.",
            plan.segment(),
            failure.getClass().getName());
      }
    }
  }

  /** Checks what can be checked without Klaviyo; returns the first profile if there is one. */
  private @Nullable CustomerProfile checkSource(ProfileReader reader) throws IOException {
    CustomerProfile first = null;
    try {
      size = reader.size();
      reader.fields().ifPresent(plan.mapping()::checkAgainst);
      if (size.isPresent() && size.getAsLong() > plan.limit()) {
        end(limitExceeded("it has " + size.getAsLong()));
      } else if (size.isEmpty() || size.getAsLong() > 0) {
        first = reader.next();
      }
    } catch (IllegalArgumentException unfit) {
      end(new Stop(Reason.MAPPING_UNFIT, withoutFullStop(unfit), unfit));
    } catch (RuntimeException failure) {
      end(sourceFailed(failure));
    }
    reading &= first != null;
    return first;
  }

  private void export(ProfileReader reader, CustomerProfile first) {
    listeners.tell(listener -> listener.started(plan.segment(), plan.list()));
    loop.after(plan.deadline(), () -> end(deadlinePassed()));
    beat();
    checkList(
        () -> {
          listFound = true;
          take(first);
        });
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
        interrupted = true;
        stop(
            new Stop(
                Reason.INTERRUPTED,
                "its thread was interrupted; run it again to export the rest",
                null));
      }
      progress = snapshot();
      listeners.tell(listener -> listener.progressed(progress));
    }
  }

  private void beat() {
    loop.after(HEARTBEAT, this::beat);
  }

  private void heedOthers() throws InterruptedException {
    Stop asked = cancelled.getAndSet(null);
    if (asked != null) {
      stop(asked);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private boolean mayRead() {
    return listFound && reading && deliveries.size() < plan.batchesInFlight();
  }

  private boolean isOver() {
    if (over) {
      return true;
    }
    boolean delivered =
        mayHandOver()
            ? !reading && deliveries.isEmpty()
            : deliveries.stream().noneMatch(Delivery::isUnderWay);
    return delivered && watcher.isIdle();
  }

  /** Asks Klaviyo whether key and list are good; stops the export when they are not. */
  void checkList(Runnable whenGood) {
    klaviyo.findList(
        plan.list(),
        reply -> {
          if (reply instanceof Done<ListInfo>) {
            whenGood.run();
          } else if (reply instanceof Refused<ListInfo> refused) {
            stop(Stop.refused(refused, plan.list()));
          } else if (reply instanceof Unanswered<ListInfo> unanswered) {
            stop(Stop.unanswered(unanswered.failure()));
          }
        });
  }

  private void read(ProfileReader reader) {
    for (int i = 0; i < PROFILES_BETWEEN_EVENTS && mayRead(); i++) {
      CustomerProfile profile;
      try {
        profile = reader.next();
      } catch (IOException | RuntimeException failure) {
        batcher.flush();
        stop(sourceFailed(failure));
        return;
      }
      if (profile == null) {
        reading = false;
        batcher.flush();
      } else if (tally.profilesRead() == plan.limit()) {
        batcher.flush();
        stop(limitExceeded("it has more"));
      } else {
        take(profile);
      }
    }
  }

  private void take(CustomerProfile profile) {
    tally.read();
    batcher.take(profile);
  }

  /** Stops the export; the first reason stands, but any of them may end the handing over. */
  void stop(Stop why) {
    reading = false;
    if (stop == null) {
      stop = why;
    }
    if (handingOver && !why.drains()) {
      handingOver = false;
      klaviyo.calls().endPosts();
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

  void handedOver(ImportJob job, int profiles, long bytes, byte[] packedKeys) {
    tally.jobStarted(job.id(), profiles);
    watcher.watch(job, profiles, keyStore.keep(packedKeys));
    listeners.tell(listener -> listener.batchSent(job.id(), profiles, bytes));
  }

  void delivered(Delivery delivery) {
    deliveries.remove(delivery);
  }

  void jobEnded(String id, JobStatus status, int accepted, int rejected) {
    ExportReport.Job job = tally.jobEnded(id, status, accepted, rejected);
    listeners.tell(listener -> listener.jobFinished(job));
  }

  void rejected(Rejection rejection) {
    tally.rejected(rejection);
    listeners.tell(listener -> listener.rejected(rejection));
  }

  long fingerprint(Identifier identifier) {
    fingerprint.compute(identifier.kind(), identifier.value());
    return fingerprint.lane0();
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
        tally.profilesRead(),
        tally.profilesSent(),
        tally.profilesAccepted(),
        tally.profilesRejected(),
        tally.profilesDuplicate(),
        elapsed());
  }

  private Duration elapsed() {
    return Duration.ofNanos(loop.time().nanoTime() - startedNanos);
  }

  private ExportReport report() {
    long unsent = batcher.rows() + deliveries.stream().mapToLong(Delivery::unsentRows).sum();
    long unknown = deliveries.stream().mapToLong(Delivery::unknownRows).sum();
    Calls calls = klaviyo.calls();
    return new ExportReport(
        plan.segment(),
        plan.list(),
        startedAt,
        elapsed(),
        tally.profilesRead(),
        tally.profilesAccepted(),
        tally.profilesRejected(),
        tally.profilesDuplicate(),
        tally.profilesInUnconfirmedJobs() + unknown + unsent,
        unsent,
        tally.fieldsRejected(),
        tally.reasons(),
        tally.rejections(),
        tally.jobs(),
        new ExportReport.Traffic(
            calls.exchanges(), calls.bytesSent(), calls.rateLimited(), calls.paced()));
  }

  private Stop sourceFailed(Exception failure) {
    return new Stop(
        Reason.SOURCE_FAILED,
        "its source failed after "
            + tally.profilesRead()
            + " profiles ("
            + (failure instanceof IOException
                ? withoutFullStop(failure)
                : failure.getClass().getName())
            + "); mend the source and run the export again",
        failure);
  }

  private static String withoutFullStop(Exception failure) {
    String message = failure.getMessage();
    if (message == null) {
      return failure.getClass().getName();
    }
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
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

  private String message(Stop why, ExportReport report) {
    return "The export of segment "
        + plan.segment()
        + " to list "
        + plan.list()
        + " stopped: "
        + why.advice()
        + ". So far "
        + ReportText.counts(report)
        + ".";
  }
}
