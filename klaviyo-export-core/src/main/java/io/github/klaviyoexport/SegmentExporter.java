package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.export.ExportTask;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Exports segments of customer profiles to Klaviyo lists.
 *
 * <pre>{@code
 * try (SegmentExporter exporter = SegmentExporter.builder()
 *     .source(segments)
 *     .klaviyo(KlaviyoConnection.of(ApiKey.fromEnvironment("KLAVIYO_API_KEY")))
 *     .mapping(FieldMapping.email("EMailAddress").firstName("FirstName"))
 *     .build()) {
 *
 *   ExportReport report = exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
 * }
 * }</pre>
 *
 * <p>An export adds the segment's profiles to the list, and updates those that Klaviyo knows
 * already (by email address; fields that are not mapped stay as they are). Being on a list
 * subscribes nobody: consent is left as it is. Nobody is removed, unless the {@linkplain
 * Builder#mode(SyncMode) mode} is to mirror. Before anything is sent, the mapping is checked
 * against the source, the segment's size against the limit, and the key and the list at Klaviyo.
 *
 * <p><b>Lifecycle.</b> Build one, keep it, close it. Building opens no connection. Closing cancels
 * the exports that still run, waits until they have ended, and releases the connections; {@link
 * #closeWhenDone} lets them come to their end first.
 *
 * <p><b>Shutdown.</b> No shutdown hook is installed. A JVM that ends in the midst of an export, by
 * SIGTERM, {@code System.exit} or a kill, leaves a run that can be {@linkplain #resume resumed}
 * where there is a {@linkplain Builder#journal journal}. A host that calls {@link #close} when it
 * shuts down leaves no batch in doubt that Klaviyo answers in time, and the journal free for others
 * at once. It is then not to call {@code System.exit} from a listener or source: the JVM would wait
 * for the export to end, and the export for the JVM.
 *
 * <p><b>Threads.</b> Immutable and safe for use by many threads; exports may run side by side and
 * share the account's quota, with every other exporter in this JVM that uses the same credentials.
 * {@link #export} works on the calling thread.
 *
 * <p><b>Memory.</b> At most {@linkplain Builder#batchesInFlight(int) a few batches} of 4.5 MB, and
 * 10 to 14 bytes for each profile to find duplicates by; in {@linkplain Builder#mode(SyncMode) a
 * mirror} for each identifier of each profile.
 */
public final class SegmentExporter implements AutoCloseable {
  private static final Duration FOREVER = Duration.ofDays(36_500);

  private final ProfileSource source;
  private final FieldMapping mapping;
  private final KlaviyoAccess klaviyo;
  private final Executor executor;
  private final int batchSize;
  private final int batchesInFlight;
  private final @Nullable ExportJournal journal;
  private final SegmentExport.Options options;
  private final Set<ExportTask> running = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean released = new AtomicBoolean();

  private SegmentExporter(
      Builder builder, ProfileSource source, KlaviyoConnection connection, FieldMapping mapping) {
    this.source = source;
    this.mapping = mapping;
    this.klaviyo = new KlaviyoAccess(connection, builder.time);
    this.executor = builder.executor;
    this.batchSize = builder.batchSize;
    this.batchesInFlight = builder.batchesInFlight;
    this.journal = builder.journal;
    this.options =
        new SegmentExport.Options(
            builder.mode,
            builder.maxLeavers,
            builder.limit,
            builder.deadline,
            false,
            List.copyOf(builder.listeners));
  }

  /** Starts building an exporter. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Exports a segment to a list, and returns when Klaviyo has confirmed every profile.
   *
   * @throws ExportException if the export stopped; it carries the report so far
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportReport export(Segment segment, ListId list) {
    return prepare(segment, list).run();
  }

  /** Prepares an export, to set options of its own or to run it in the background. */
  public SegmentExport prepare(Segment segment, ListId list) {
    Objects.requireNonNull(segment, "segment");
    Objects.requireNonNull(list, "list");
    return new SegmentExport(this, segment, list, options);
  }

  /**
   * Goes on with a run that was cut off, by a crash for example.
   *
   * <p>Jobs that Klaviyo already has are picked up. The source is read again, from where it can be
   * {@linkplain io.github.klaviyoexport.source.PositionedSource positioned} or else from its start;
   * what was taken over before is not sent again. Batches of which it is unknown whether they
   * arrived are sent again. The report covers the whole export.
   *
   * @param run the id of the run, from a report or {@link #unfinishedRun}
   *     <p>The run goes on in this exporter's {@linkplain Builder#mode mode}. One that was prepared
   *     with another goes on with {@link SegmentExport#continueUnfinished}.
   * @throws ExportException of reason {@link ExportException.Reason#NOT_RESUMABLE} if the run was
   *     set up otherwise, and as {@link #export}
   * @throws IllegalArgumentException if there is no such unfinished run
   * @throws IllegalStateException if the exporter is closed or has no journal, or if somebody else
   *     runs the export; the message says who
   * @throws UncheckedIOException if the journal cannot be read
   */
  public ExportReport resume(String run) {
    return run(toResume(Objects.requireNonNull(run, "run"), requireJournal()));
  }

  private ExportTask toResume(String run, ExportJournal journal) {
    RunSession place;
    try {
      place = RunSession.of(run, journal);
    } catch (LogHeldException held) {
      throw new IllegalStateException(held.getMessage(), held);
    } catch (IOException failure) {
      throw new UncheckedIOException("The journal cannot be read.", failure);
    }
    try {
      String unfinished = place.unfinishedRun();
      if (!run.equals(unfinished)) {
        throw new IllegalArgumentException(
            "The journal has no unfinished run "
                + run
                + (unfinished == null
                    ? ": it has ended, or was never begun."
                    : "; unfinished is a later one, " + unfinished + "."));
      }
      Segment segment = Segment.named(place.segment());
      ListId list = ListId.of(place.list());
      return started(new ExportTask(plan(segment, list, options.continuingUnfinished()), place));
    } catch (RuntimeException failure) {
      place.close();
      throw failure;
    }
  }

  /**
   * The id of the run of an export that was cut off and has been neither resumed nor started over.
   *
   * @throws IllegalStateException if the exporter has no journal, or the export is being run
   * @throws UncheckedIOException if the journal cannot be read
   */
  public Optional<String> unfinishedRun(Segment segment, ListId list) {
    requireJournal();
    try (RunSession place = RunSession.of(plan(segment, list, options))) {
      return Optional.ofNullable(place.unfinishedRun());
    } catch (LogHeldException held) {
      throw new IllegalStateException(held.getMessage(), held);
    } catch (IOException failure) {
      throw new UncheckedIOException("The journal cannot be read.", failure);
    }
  }

  private ExportJournal requireJournal() {
    if (journal == null) {
      throw new IllegalStateException(
          "This exporter has no journal, so it remembers no run: call journal(...) when building"
              + " it.");
    }
    return journal;
  }

  ExportTask task(Segment segment, ListId list, SegmentExport.Options options) {
    return started(new ExportTask(plan(segment, list, options)));
  }

  private ExportPlan plan(Segment segment, ListId list, SegmentExport.Options options) {
    return new ExportPlan(
        segment,
        list,
        source,
        mapping,
        klaviyo,
        options.mode(),
        options.maxLeavers(),
        options.limit(),
        options.deadline(),
        batchSize,
        batchesInFlight,
        journal,
        options.continuesUnfinished(),
        options.listeners());
  }

  private ExportTask started(ExportTask task) {
    running.add(task);
    if (closed.get()) {
      forget(task);
      throw new IllegalStateException(
          "This exporter is closed: build another, or close it after the last export.");
    }
    return task;
  }

  ExportReport run(ExportTask task) {
    try {
      return task.run();
    } finally {
      forget(task);
    }
  }

  void forget(ExportTask task) {
    lock.lock();
    try {
      running.remove(task);
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Executor executor() {
    return executor;
  }

  /**
   * Cancels the exports that still run, waits for them to end, and releases the connections.
   *
   * <p>Each of them hands over nothing more, waits up to 30 seconds for Klaviyo to confirm what it
   * has, and ends with an {@link ExportException} of reason {@link
   * ExportException.Reason#CANCELLED}. If the closing thread is interrupted, it does not wait.
   *
   * @throws IllegalStateException if a listener or source calls it from within an export, which
   *     would wait for itself
   */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /**
   * Takes no more exports, lets those that run come to their end, and closes.
   *
   * @param atMost how long that may take; the exports that still run then are cancelled, as by
   *     {@link #close()}. An interrupt of the closing thread cancels them at once.
   * @throws IllegalStateException as {@link #close()}
   */
  public void closeWhenDone(Duration atMost) {
    close(atMost);
  }

  private void close(Duration patience) {
    if (running.stream().anyMatch(task -> task.isRunBy(Thread.currentThread()))) {
      throw new IllegalStateException(
          "An export cannot close its exporter, since closing waits for the export to end: cancel"
              + " the export, and close the exporter from another thread.");
    }
    closed.set(true);
    try {
      if (!haveEnded(patience)) {
        cancelAll();
        haveEnded(FOREVER);
      }
    } catch (InterruptedException interrupt) {
      cancelAll();
      Thread.currentThread().interrupt();
    }
    if (released.compareAndSet(false, true)) {
      klaviyo.close();
    }
  }

  private void cancelAll() {
    running.forEach(
        task -> task.cancel("its exporter was closed; run it again to export the rest"));
  }

  /** Waits for all exports to end; says whether they have. */
  private boolean haveEnded(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = atMost.compareTo(FOREVER) < 0 ? atMost.toNanos() : Long.MAX_VALUE;
      while (!running.isEmpty() && left > 0) {
        left = ended.awaitNanos(left);
      }
      return running.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Builds a {@link SegmentExporter}: source, connection and mapping are required.
   *
   * <p>Not safe for use by several threads.
   */
  public static final class Builder {
    private static final AtomicLong THREADS = new AtomicLong();

    private @Nullable ProfileSource source;
    private @Nullable KlaviyoConnection connection;
    private @Nullable FieldMapping mapping;
    private final List<ExportListener> listeners = new ArrayList<>();
    private SyncMode mode = SyncMode.UPSERT;
    private double maxLeavers = 0.2;
    private long limit = 100_000;
    private Duration deadline = Duration.ofHours(6);
    private int batchSize = Batch.MAX_PROFILES;
    private int batchesInFlight = 4;
    private @Nullable ExportJournal journal;
    private TimeSource time = TimeSource.system();
    private Executor executor =
        task -> {
          Thread thread = new Thread(task, "klaviyo-export-" + THREADS.incrementAndGet());
          thread.setDaemon(true);
          thread.start();
        };

    private Builder() {}

    /** Where profiles come from. Required. */
    public Builder source(ProfileSource source) {
      this.source = Objects.requireNonNull(source, "source");
      return this;
    }

    /** The Klaviyo account. Required. */
    public Builder klaviyo(KlaviyoConnection connection) {
      this.connection = Objects.requireNonNull(connection, "connection");
      return this;
    }

    /** Which fields become which. Required, the email's at least. */
    public Builder mapping(FieldMapping mapping) {
      this.mapping = Objects.requireNonNull(mapping, "mapping");
      return this;
    }

    /** Adds someone who hears of every export. */
    public Builder listener(ExportListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * What exports do with the members that their list has already; {@link SyncMode#UPSERT} unless
     * said otherwise.
     *
     * <p>A {@link SyncMode#MIRROR} reads the segment twice: to its end before anything is sent, to
     * hold the list's members against it, and again to send it. Reading a list takes a call for
     * each 100 members. Nobody is removed unless all of the segment was read and Klaviyo has
     * confirmed every profile.
     *
     * <p>A member is a leaver when none of its email address, phone number and external id, as far
     * as they are mapped, is a customer's of the segment; customers whose profiles are rejected are
     * in the segment too. Klaviyo may show a customer under another email address, after two
     * profiles were merged: map your own id with {@code externalId(...)}, and they are recognised
     * by that.
     */
    public Builder mode(SyncMode mode) {
      this.mode = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /**
     * The largest share of a list's members that a {@link SyncMode#MIRROR} removes as leavers; 0.2,
     * a fifth, unless said otherwise. An export that finds more has most likely the wrong list, or
     * half a segment: it stops before anything is sent or anybody removed. So does one whose
     * segment is empty, whatever is set here.
     *
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder maxLeavers(double share) {
      this.maxLeavers = SegmentExport.Options.checkedMaxLeavers(share);
      return this;
    }

    /**
     * The most profiles an export may read; 100,000 unless said otherwise, because Klaviyo bills
     * active profiles. A segment known to be larger is refused before anything is sent; of one that
     * turns out to be larger, that many are exported before the export stops.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder limit(long profiles) {
      this.limit = SegmentExport.Options.checkedLimit(profiles);
      return this;
    }

    /**
     * How long an export may take until its last profile is confirmed; 6 hours unless said
     * otherwise, since Klaviyo may take hours over large imports. It stops before that when Klaviyo
     * has neither taken over nor refused a batch 30 minutes after first being sent it.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder deadline(Duration deadline) {
      this.deadline = SegmentExport.Options.checkedDeadline(deadline);
      return this;
    }

    /**
     * The most profiles of a batch; 10,000 unless said otherwise, which is the most that Klaviyo
     * takes. Smaller batches make smaller requests and more of them, which the quota counts.
     *
     * @throws IllegalArgumentException if it is not from 1 to 10,000
     */
    public Builder batchSize(int profiles) {
      if (profiles < 1 || profiles > Batch.MAX_PROFILES) {
        throw new IllegalArgumentException(
            "The batch size must be from 1 to 10,000 profiles; it is " + profiles + ".");
      }
      this.batchSize = profiles;
      return this;
    }

    /**
     * How many batches of up to 4.5 MB an export may hold: being filled, waiting for the quota, or
     * under way; 4 unless said otherwise. More only helps where requests take longer than a second.
     *
     * @throws IllegalArgumentException if it is not from 1 to 64
     */
    public Builder batchesInFlight(int batches) {
      if (batches < 1 || batches > 64) {
        throw new IllegalArgumentException(
            "The number of batches in flight must be from 1 to 64; it is " + batches + ".");
      }
      this.batchesInFlight = batches;
      return this;
    }

    /**
     * Where runs are remembered, so that one which is cut off can be {@linkplain
     * SegmentExporter#resume resumed}; nowhere unless said otherwise.
     *
     * <p>With a journal, an export of the same segment to the same list runs only once at a time,
     * in all processes that share the journal. An export that finds an unfinished run starts over,
     * once the jobs which that run has left with Klaviyo have ended, so that nothing older is
     * written over newer data; or it goes on with that run, if {@link
     * SegmentExport#continueUnfinished} says so.
     */
    public Builder journal(ExportJournal journal) {
      this.journal = Objects.requireNonNull(journal, "journal");
      return this;
    }

    /** The clock; the system's unless said otherwise. Tests pass their own. */
    public Builder time(TimeSource time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * What runs the exports that are {@linkplain SegmentExport#start() started} in the background;
     * a new daemon thread for each unless said otherwise. An export blocks its thread now and then
     * and pins no virtual one.
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Builds the exporter.
     *
     * @throws IllegalStateException if source, connection or mapping is missing; the message says
     *     which and how to set it
     */
    public SegmentExporter build() {
      if (source == null) {
        throw new IllegalStateException(
            "The exporter has no source: call source(...) with the place profiles come from.");
      }
      if (connection == null) {
        throw new IllegalStateException(
            "The exporter has no Klaviyo connection: call klaviyo(KlaviyoConnection.of(...)).");
      }
      if (mapping == null) {
        throw new IllegalStateException(
            "The exporter has no mapping, and the field that holds the email address is required:"
                + " call mapping(FieldMapping.email(...)).");
      }
      return new SegmentExporter(this, source, connection, mapping);
    }
  }
}
