package io.github.klaviyoexport.micrometer;

import io.github.klaviyoexport.Attempt;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The metrics of exports and of a catalog's runs: a listener of both that counts and times in a
 * Micrometer registry, and observes runs, batches and jobs where it is told to.
 *
 * {@snippet class="io.github.klaviyoexport.micrometer.ExportMetricsTest" region="metrics"}
 *
 * <p>The names and tags of the meters are listed in the library's {@code docs/observing.md}. No
 * meter is tagged with a list, a segment or a customer, so their number does not grow with yours.
 *
 * <p>Make one for a registry, and give it to every exporter and catalog: the gauges of a second one
 * would not be registered. Safe for use by many threads.
 *
 * <p>On the module path your module requires {@code micrometer.core} itself: this library asks for
 * it only where it is there.
 */
public final class ExportMetrics implements ExportListener, CatalogListener {
  private final MeterRegistry meters;
  private final ObservationRegistry observations;
  private final AtomicInteger runs;
  private final AtomicInteger jobs;
  private final Map<Thread, ObservedRun> observed = new ConcurrentHashMap<>();
  private final CountedRuns counted;

  /** For how long the export of a thread has run; its report has the time since it first began. */
  private final Map<Thread, Duration> elapsed = new ConcurrentHashMap<>();

  private ExportMetrics(
      MeterRegistry meters,
      ObservationRegistry observations,
      AtomicInteger runs,
      AtomicInteger jobs,
      CountedRuns counted) {
    this.meters = meters;
    this.observations = observations;
    this.runs = runs;
    this.jobs = jobs;
    this.counted = counted;
  }

  /** Creates the metrics of a registry, which stays yours to close. */
  @SuppressWarnings("exports")
  public static ExportMetrics of(MeterRegistry meters) {
    Objects.requireNonNull(meters, "meters");
    AtomicInteger runs = new AtomicInteger();
    AtomicInteger jobs = new AtomicInteger();
    Gauge.builder("klaviyo.export.runs.active", runs, AtomicInteger::get)
        .description("Exports that are running")
        .register(meters);
    Gauge.builder("klaviyo.export.jobs.active", jobs, AtomicInteger::get)
        .description("Import jobs that Klaviyo has not ended")
        .register(meters);
    return new ExportMetrics(meters, ObservationRegistry.NOOP, runs, jobs, new CountedRuns());
  }

  /**
   * Returns the same metrics, which also observe each run, batch and import job, so that the host's
   * bridge makes traces of them. The observation of a run is current on the export's thread.
   */
  @SuppressWarnings("exports")
  public ExportMetrics observing(ObservationRegistry registry) {
    return new ExportMetrics(
        meters, Objects.requireNonNull(registry, "registry"), runs, jobs, counted);
  }

  private ObservedRun run() {
    return observed.computeIfAbsent(
        Thread.currentThread(), thread -> new ObservedRun(meters, observations));
  }

  @Override
  public void started(Segment segment, ListId list) {
    elapsed.put(Thread.currentThread(), Duration.ZERO);
    runs.incrementAndGet();
    run().begin();
  }

  @Override
  public void batchBegun(int batch, int profiles) {
    run().batchBegun(batch);
  }

  @Override
  public void batchEnded(int batch) {
    run().batchEnded(batch);
  }

  @Override
  public void batchSent(String jobId, int profiles, long bytes) {
    jobs.incrementAndGet();
    run().jobBegun(jobId);
  }

  @Override
  public void jobFinished(ExportReport.Job job) {
    if (run().jobEnded(job.id(), tag(job.status()))) {
      jobs.decrementAndGet();
    }
    profiles("accepted").increment(job.accepted());
  }

  @Override
  public void attempted(Attempt attempt) {
    String status = attempt.status().isPresent() ? "" + attempt.status().getAsInt() : "none";
    Timer.builder("klaviyo.export.calls")
        .description("Calls to Klaviyo, every attempt counted, until their answers")
        .tags(Tags.of("operation", attempt.operation(), "status", status))
        .register(meters)
        .record(attempt.took());
  }

  @Override
  public void paced(Duration wait) {
    Timer.builder("klaviyo.export.paced")
        .description("Waits of calls for the quota")
        .register(meters)
        .record(wait);
  }

  @Override
  public void rateLimited(Duration retryAfter) {
    Timer.builder("klaviyo.export.rate.limited")
        .description("429s, and the waits that Klaviyo asked for with them")
        .register(meters)
        .record(retryAfter);
  }

  @Override
  public void progressed(ExportProgress progress) {
    // A preview is told of as well, and has no end that would take it out.
    elapsed.replace(Thread.currentThread(), progress.elapsed());
  }

  @Override
  public void finished(ExportReport report) {
    String status = report.stopReason() == null ? "completed" : tag(report.stopReason());
    CountedRuns.Figures more = counted.more(report);
    profiles("rejected").increment((double) more.rejected());
    profiles("duplicate").increment((double) more.duplicates());
    profiles("unchanged").increment((double) more.unchanged());
    Counter.builder("klaviyo.export.unconfirmed")
        .description("Profiles of which it is not known what became of them")
        .baseUnit("profiles")
        .register(meters)
        .increment((double) more.unconfirmed());
    // One that never began may be told of on the thread of another, which cancels it.
    boolean begun = !report.run().isEmpty();
    Duration ran = begun ? elapsed.remove(Thread.currentThread()) : null;
    Timer.builder("klaviyo.export.run.duration")
        .description("Exports, from their beginning to their end")
        .tag("status", status)
        .register(meters)
        .record(ran == null ? report.took() : ran);
    ObservedRun ended = observed.get(Thread.currentThread());
    if (ended != null && (begun || !ended.hasBegun())) {
      observed.remove(Thread.currentThread());
      jobs.addAndGet(-ended.openJobs());
      runs.addAndGet(ended.hasBegun() ? -1 : 0);
      ended.end(status);
    }
  }

  @Override
  public void ended(RunRecord run) {
    Counter.builder("klaviyo.export.catalog.runs")
        .description("Attempts of a catalog's runs that have ended")
        .tag("status", tag(run.status()))
        .register(meters)
        .increment();
  }

  private Counter profiles(String result) {
    return Counter.builder("klaviyo.export.profiles")
        .description("Profiles, and what became of them")
        .baseUnit("profiles")
        .tag("result", result)
        .register(meters);
  }

  private static String tag(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
