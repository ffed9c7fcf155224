package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.internal.catalog.ExportState;
import io.github.klaviyoexport.internal.catalog.ExportState.Open;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TimeSource;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.klaviyo.internal.HttpTransport;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The runs of saved exports: who runs what, until when, and what comes of it.
 *
 * <p>Whoever runs an export holds it: its {@link ExportState} names the holder and until when
 * nobody else may. The holder prolongs that while it lives; when it dies, the time runs out and
 * another takes the run over. Data is sent only while the hold stands, so an export never sends
 * from two places.
 */
final class Runs {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Duration LONGEST_STOP = Duration.ofMinutes(2);

  /** A little less than the time between two calls of a waiting export's listener. */
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(9);

  private static final Duration POLL = Duration.ofMillis(200);

  /** How runs are made. */
  record Settings(
      TimeSource time,
      Executor executor,
      @Nullable ExportJournal journal,
      Duration hold,
      int attempts,
      Duration retryDelay,
      double rejectionAlert,
      double slowAlert) {}

  private final Documents<SavedExport> exports;
  private final Documents<Connection> connections;
  private final RunHistory history;
  private final Documents<ExportState> states;
  private final ProfileSource source;
  private final Accounts accounts;
  private final Watchers watchers;
  private final Settings settings;
  private final TimeSource time;
  private final String self = UUID.randomUUID().toString();
  private final Map<String, Live> live = new ConcurrentHashMap<>();
  private volatile boolean closed;

  Runs(
      Documents<SavedExport> exports,
      Documents<Connection> connections,
      RunHistory history,
      Documents<ExportState> states,
      ProfileSource source,
      Accounts accounts,
      Watchers watchers,
      Settings settings) {
    this.exports = exports;
    this.connections = connections;
    this.history = history;
    this.states = states;
    this.source = source;
    this.accounts = accounts;
    this.watchers = watchers;
    this.settings = settings;
    this.time = settings.time();
  }

  /** A run that this catalog holds. */
  private static final class Live {
    final String runId;
    final String exportId;
    final CompletableFuture<RunRecord> ended = new CompletableFuture<>();
    final AtomicReference<@Nullable String> stop = new AtomicReference<>();
    volatile Instant heldUntil;
    volatile @Nullable ExportRun run;
    volatile boolean lost;

    Live(Open open, String exportId) {
      this.runId = open.runId();
      this.exportId = exportId;
      this.heldUntil = open.heldUntil();
    }

    void stop(String why) {
      ExportRun started = stop.compareAndSet(null, why) ? run : null;
      if (started != null) {
        started.cancel();
      }
    }
  }

  /** How an attempt ended. */
  private record Ending(
      RunStatus status,
      @Nullable String message,
      @Nullable String details,
      @Nullable ExportReport report) {
    Ending(RunStatus status, @Nullable String message, @Nullable ExportReport report) {
      this(status, message, null, report);
    }

    static Ending failed(
        String message, @Nullable String details, boolean again, @Nullable ExportReport report) {
      return new Ending(
          again ? RunStatus.FAILED : RunStatus.FAILED_PERMANENTLY, message, details, report);
    }
  }

  /**
   * Queues a run of an attached export, unless one is going on; then it is recorded as skipped.
   *
   * @param due the moment of its schedule; {@code null} for one that was asked for
   * @return nothing when somebody else has seen to that moment
   */
  Optional<RunRecord> queue(
      SavedExport export, Trigger trigger, String startedBy, @Nullable Instant due) {
    checkOpen();
    while (true) {
      Instant now = time.now();
      ExportState state = state(export.id());
      Instant seenTo = state.scheduledUpTo();
      if (due != null && seenTo != null && !seenTo.isBefore(due)) {
        return Optional.empty();
      }
      ExportState next = due == null ? state : state.scheduledUpTo(due);
      Instant at = due == null ? now : due;
      RunRecord record = RunRecord.queued(runId(export, now, due), export, trigger, startedBy, at);
      Open other = state.open();
      if (other != null && isBusy(other, now)) {
        if (due == null || states.put(next).isPresent()) {
          return Optional.of(skipped(record, other));
        }
        continue;
      }
      Open mine =
          new Open(
              record.id(),
              trigger,
              startedBy,
              at,
              0,
              Objects.requireNonNull(export.definition().connection()),
              self,
              now.plus(settings.hold()),
              null,
              null,
              null);
      if (states.put(next.open(mine)).isPresent()) {
        if (other != null) {
          history.end(
              recordOf(export, other),
              RunStatus.FAILED_PERMANENTLY,
              "It was not tried again: run " + record.id() + " took its place.");
        }
        return Optional.of(start(mine, record));
      }
    }
  }

  private static String runId(SavedExport export, Instant now, @Nullable Instant due) {
    return due != null
        ? export.id() + "." + STAMP.format(due)
        : export.id()
            + "."
            + STAMP.format(now)
            + "-"
            + UUID.randomUUID().toString().substring(0, 6);
  }

  private RunRecord skipped(RunRecord record, Open other) {
    RunRecord skipped =
        history.end(
            record,
            RunStatus.SKIPPED,
            "Run "
                + other.runId()
                + " of this export, of "
                + other.queuedAt()
                + ", has not ended.");
    watchers.tell(listener -> listener.ended(skipped));
    return skipped;
  }

  private RunRecord start(Open open, RunRecord record) {
    RunRecord queued = history.put(record).orElse(record);
    Live mine = new Live(open, queued.exportId());
    live.put(mine.runId, mine);
    if (closed) {
      mine.stop("the catalog was closed");
    }
    try {
      settings.executor().execute(() -> perform(mine, queued, open.attempt() + 1));
    } catch (RejectedExecutionException refused) {
      finish(
          mine,
          queued,
          Ending.failed("The catalog's executor took no more runs.", null, true, null));
    }
    return queued;
  }

  /** Takes over what is due: failed runs to be tried again, and runs whose holder has died. */
  Optional<RunRecord> resume(SavedExport export) {
    checkOpen();
    Instant now = time.now();
    ExportState state = state(export.id());
    Open open = state.open();
    if (open == null || isBusy(open, now)) {
      return Optional.empty();
    }
    Instant retryAt = open.retryAt();
    if (retryAt != null && now.isBefore(retryAt)) {
      return Optional.empty();
    }
    RunRecord record = recordOf(export, open);
    if (record.status().isEnded()) {
      // The holder died between writing the record and letting go.
      states.put(state.open(null));
      return Optional.empty();
    }
    if (retryAt == null && open.attempt() >= settings.attempts()) {
      if (states.put(state.open(null)).isPresent()) {
        RunRecord given =
            history.end(
                record,
                RunStatus.FAILED_PERMANENTLY,
                "The process that ran it has ended without a word, in attempt "
                    + open.attempt()
                    + " of "
                    + settings.attempts()
                    + ": look there before you run it again.");
        tellEnded(given);
      }
      return Optional.empty();
    }
    Open mine = open.heldBy(self, now.plus(settings.hold()), open.attempt());
    if (states.put(state.open(mine)).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(start(mine, record.queuedAgain()));
  }

  /** When something will have to be resumed that nobody is at now. */
  Optional<Instant> resumeAt(String exportId) {
    Open open = state(exportId).open();
    if (open == null || live.containsKey(open.runId())) {
      return Optional.empty();
    }
    Instant retryAt = open.retryAt();
    return Optional.of(retryAt == null ? open.heldUntil() : retryAt);
  }

  /** The last moment of its schedule that was seen to. */
  Optional<Instant> scheduledUpTo(String exportId) {
    return Optional.ofNullable(state(exportId).scheduledUpTo());
  }

  private ExportState state(String exportId) {
    return states.findReadable(exportId).orElseGet(() -> ExportState.none(exportId));
  }

  private boolean isBusy(Open open, Instant now) {
    return open.isHeld(now) || live.containsKey(open.runId());
  }

  /** The record of an open run; written anew if its holder died before it was. */
  private RunRecord recordOf(SavedExport export, Open open) {
    return history
        .findReadable(open.runId())
        .orElseGet(
            () ->
                RunRecord.queued(
                    open.runId(), export, open.trigger(), open.startedBy(), open.queuedAt()));
  }

  private void perform(Live mine, RunRecord queued, int attempt) {
    RunRecord record = queued;
    Ending ending;
    try {
      record = history.keep(queued.running(time.now(), attempt));
      ending = attempt(mine, record);
    } catch (CatalogException failure) {
      ending =
          Ending.failed(
              String.valueOf(failure.getMessage()), failure.details(), mayPass(failure), null);
    } catch (RuntimeException | Error fault) {
      LOG.log(
          System.Logger.Level.ERROR, "Run " + mine.runId + " failed where it should not.", fault);
      ending =
          Ending.failed(
              "The run failed where it should not ("
                  + fault.getClass().getName()
                  + "): see the log.",
              null,
              false,
              null);
    }
    finish(mine, record, ending);
  }

  private static boolean mayPass(CatalogException failure) {
    return switch (failure.reason()) {
      case CREDENTIALS_UNREADABLE, KLAVIYO_UNAVAILABLE, STORE_FAILED -> true;
      default -> false;
    };
  }

  private static boolean mayPass(ExportException failure) {
    return switch (failure.reason()) {
      case SOURCE_FAILED,
          EDGE_CHALLENGE,
          UNAVAILABLE,
          ALREADY_RUNNING,
          JOURNAL_FAILED,
          NOT_RESUMABLE,
          DEADLINE,
          INTERRUPTED ->
          true;
      default -> false;
    };
  }

  private Ending attempt(Live mine, RunRecord record) {
    if (mine.stop.get() != null) {
      return stopped(mine, null);
    }
    Optional<SavedExport> saved = exports.find(mine.exportId);
    if (saved.isEmpty()) {
      return new Ending(RunStatus.CANCELLED, "The export was removed.", null);
    }
    ExportDefinition definition = saved.get().definition();
    String connectionId = definition.connection();
    FieldMapping mapping = definition.mapping();
    if (connectionId == null || mapping == null) {
      return new Ending(RunStatus.SKIPPED, "The export has no connection: attach one.", null);
    }
    if (!hold(mine, connectionId, record.attempt())) {
      return stopped(mine, null);
    }
    watchers.tell(listener -> listener.started(record));
    // Read after the hold says which connection is used: who removes it waits for the hold.
    Connection connection = Connections.usable(connections, connectionId);
    KlaviyoConnection klaviyo = accounts.open(connection);
    KlaviyoTransport given = klaviyo.transport();
    try (HttpTransport own = given == null ? new HttpTransport(klaviyo.httpClient()) : null) {
      KlaviyoTransport transport = Objects.requireNonNull(given == null ? own : given);
      return export(
          mine,
          record,
          saved.get(),
          mapping,
          klaviyo.transport(request -> send(mine, transport, request)),
          settings.journal() != null && record.attempt() > 1);
    } catch (ExportException stop) {
      return ended(mine, connection, stop);
    }
  }

  /** Lets a request through as long as the hold stands; reading what became of the data always. */
  private CompletableFuture<KlaviyoResponse> send(
      Live mine, KlaviyoTransport transport, KlaviyoRequest request) {
    if (request.bodyBytes() == 0 || maySend(mine)) {
      return transport.send(request);
    }
    return CompletableFuture.failedFuture(
        new TransportException(Fate.UNUSABLE, "the run was stopped before it was sent", null));
  }

  private boolean maySend(Live mine) {
    if (mine.stop.get() != null) {
      return false;
    }
    // A quarter of the time is left for clocks that differ, and for the request to leave.
    Instant safe = mine.heldUntil.minus(settings.hold().dividedBy(4));
    return time.now().isBefore(safe) || prolong(mine);
  }

  private Ending export(
      Live mine,
      RunRecord record,
      SavedExport saved,
      FieldMapping mapping,
      KlaviyoConnection klaviyo,
      boolean goOn) {
    List<Segment> segments = saved.definition().segments();
    JoinedSegments joined = new JoinedSegments(source, segments);
    boolean one = segments.size() == 1;
    AtomicReference<@Nullable Runnable> work = new AtomicReference<>();
    SegmentExporter.Builder builder =
        SegmentExporter.builder()
            .source(one ? source : joined)
            .klaviyo(klaviyo)
            .mapping(mapping)
            .mode(saved.definition().mode())
            .maxLeavers(saved.definition().maxLeavers())
            .limit(saved.definition().limit())
            .listener(watch(mine, record))
            .time(time)
            .executor(work::set);
    if (settings.journal() != null) {
      builder.journal(settings.journal());
    }
    try (SegmentExporter exporter = builder.build()) {
      SegmentExport export =
          exporter.prepare(one ? segments.get(0) : joined.joined(), saved.list());
      if (goOn) {
        export = export.continueUnfinished();
      }
      // Started, so that it can be cancelled; and run here.
      ExportRun run = export.start();
      mine.run = run;
      if (mine.stop.get() != null) {
        run.cancel();
      }
      Objects.requireNonNull(work.get()).run();
      return ended(run.report().toCompletableFuture().join());
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof ExportException stop) {
        if (goOn && stop.reason() == ExportException.Reason.NOT_RESUMABLE) {
          // The export was edited between the attempts.
          return export(mine, record, saved, mapping, klaviyo, false);
        }
        throw stop;
      }
      throw failure;
    } finally {
      mine.run = null;
    }
  }

  private static Ending ended(ExportReport report) {
    Kept kept = report.leavers().kept();
    if (report.rejected() == 0 && report.unconfirmed() == 0 && kept == null) {
      return new Ending(RunStatus.SUCCESSFUL, null, report);
    }
    String message =
        report.rejected()
            + " profiles were rejected and "
            + report.unconfirmed()
            + " remain unconfirmed: the report says which and why."
            + (kept == null ? "" : " No leaver left the list, because " + kept.advice() + ".");
    return new Ending(RunStatus.PARTLY_SUCCESSFUL, message, report);
  }

  private Ending ended(Live mine, Connection connection, ExportException stop) {
    if (mine.stop.get() != null) {
      return stopped(mine, stop.report());
    }
    if (stop.reason() == ExportException.Reason.INTERRUPTED) {
      // The flag belongs to the executor's thread and must not end the writing of the record.
      Thread.interrupted();
    }
    String details =
        switch (stop.reason()) {
          case UNAUTHORIZED, FORBIDDEN -> Accounts.keptIn(connection) + ".";
          default -> null;
        };
    return Ending.failed(String.valueOf(stop.getMessage()), details, mayPass(stop), stop.report());
  }

  private Ending stopped(Live mine, @Nullable ExportReport report) {
    if (closed) {
      return new Ending(
          RunStatus.FAILED,
          "Its catalog was closed while it ran: it is taken up again by the next that looks for"
              + " what is due.",
          report);
    }
    return new Ending(RunStatus.CANCELLED, "It was stopped: " + mine.stop.get() + ".", report);
  }

  private ExportListener watch(Live mine, RunRecord record) {
    Duration usual = history.usual(record.exportId()).orElse(null);
    Duration tooLong =
        usual == null
            ? null
            : Duration.ofMillis((long) (usual.toMillis() * settings.slowAlert()))
                .plus(Duration.ofMinutes(1));
    return new ExportListener() {
      private boolean told;

      @Override
      public void progressed(ExportProgress progress) {
        Instant soon = time.now().plus(settings.hold()).minus(SIGN_OF_LIFE);
        if (!mine.lost && mine.heldUntil.isBefore(soon)) {
          prolong(mine);
        }
        if (!told
            && usual != null
            && tooLong != null
            && progress.elapsed().compareTo(tooLong) > 0) {
          told = true;
          watchers.tell(listener -> listener.slow(record, usual));
        }
      }
    };
  }

  /** Holds on for longer; hears of it if somebody wants the run stopped or has taken it over. */
  private boolean prolong(Live mine) {
    try {
      return hold(mine, null, 0);
    } catch (CatalogException failure) {
      // The hold stands until its time is up; after that nothing is sent.
      LOG.log(
          System.Logger.Level.WARNING,
          "The hold of run {0} could not be prolonged ({1}).",
          mine.runId,
          failure.reason());
      return time.now().isBefore(mine.heldUntil);
    }
  }

  private boolean hold(Live mine, @Nullable String connection, int attempt) {
    while (true) {
      Optional<ExportState> state = states.findReadable(mine.exportId);
      Open open = state.map(ExportState::open).orElse(null);
      if (state.isEmpty()
          || open == null
          || !open.runId().equals(mine.runId)
          || !open.holder().equals(self)) {
        mine.lost = true;
        mine.stop("another process has taken it over");
        return false;
      }
      if (open.cancelReason() != null) {
        // It is held on to all the same: what Klaviyo has of it is still confirmed.
        mine.stop(open.cancelReason());
      }
      Instant until = time.now().plus(settings.hold());
      Open longer =
          connection == null
              ? open.heldUntil(until)
              : open.heldBy(self, until, attempt).connection(connection);
      if (states.put(state.get().open(longer)).isPresent()) {
        mine.heldUntil = until;
        return mine.stop.get() == null;
      }
    }
  }

  private void finish(Live mine, RunRecord record, Ending ending) {
    RunRecord ended = record;
    try {
      if (!mine.lost) {
        ended = write(mine, record, ending);
      }
    } catch (RuntimeException failure) {
      // Whoever looks for what is due finds the run without a holder and takes it up.
      LOG.log(
          System.Logger.Level.WARNING,
          "The end of run {0} ({1}) could not be written: {2}.",
          mine.runId,
          ending.status(),
          failure instanceof CatalogException known ? known.reason() : failure.getClass());
    } finally {
      if (!mine.lost) {
        tellEnded(ended);
      }
      live.remove(mine.runId);
      mine.ended.complete(ended);
    }
  }

  private RunRecord write(Live mine, RunRecord record, Ending ending) {
    Instant now = time.now();
    boolean failed = ending.status() == RunStatus.FAILED;
    Instant retryAt = null;
    if (failed && closed) {
      retryAt = now;
    } else if (failed && record.attempt() < settings.attempts()) {
      retryAt = now.plus(settings.retryDelay().multipliedBy(record.attempt()));
    }
    RunStatus status = failed && retryAt == null ? RunStatus.FAILED_PERMANENTLY : ending.status();
    RunRecord ended =
        history.keep(
            record.ended(
                status, now, retryAt, ending.message(), ending.details(), ending.report()));
    while (true) {
      ExportState state = state(mine.exportId);
      Open open = state.open();
      if (open == null || !open.runId().equals(mine.runId)) {
        break;
      }
      boolean unwanted = retryAt != null && open.cancelReason() != null;
      Open left = retryAt == null || unwanted ? null : open.retryAt(retryAt);
      if (states.put(state.open(left)).isPresent()) {
        if (unwanted) {
          ended =
              history.end(
                  ended, RunStatus.CANCELLED, "It was stopped: " + open.cancelReason() + ".");
        }
        break;
      }
    }
    history.prune(mine.exportId);
    return ended;
  }

  private void tellEnded(RunRecord run) {
    watchers.tell(listener -> listener.ended(run));
    if (run.status() == RunStatus.FAILED_PERMANENTLY) {
      watchers.tell(listener -> listener.failedPermanently(run));
    }
    ExportReport report = run.report();
    if (run.status().isEnded() && report != null && report.read() > 0) {
      double share = (double) report.rejected() / report.read();
      if (share > settings.rejectionAlert()) {
        watchers.tell(listener -> listener.manyRejected(run, share));
      }
    }
  }

  /**
   * Asks the open run of an export to stop, wherever it runs.
   *
   * @param runId which; {@code null} for whichever is open
   * @return whether there was one
   */
  boolean stop(String exportId, @Nullable String runId, Actor actor, String why) {
    while (true) {
      Optional<ExportState> state = states.findReadable(exportId);
      Open open = state.map(ExportState::open).orElse(null);
      if (state.isEmpty() || open == null || (runId != null && !open.runId().equals(runId))) {
        return false;
      }
      boolean busy = isBusy(open, time.now());
      Open next = busy ? open.cancelled(actor.name(), why) : null;
      if (states.put(state.get().open(next)).isPresent()) {
        Live here = live.get(open.runId());
        if (here != null) {
          here.stop(why);
        } else if (!busy) {
          history
              .findReadable(open.runId())
              .ifPresent(
                  record ->
                      tellEnded(
                          history.end(
                              record, RunStatus.CANCELLED, "It was stopped: " + why + ".")));
        }
        return true;
      }
    }
  }

  /** Stops all runs through a connection. */
  void stopAll(String connectionId, Actor actor, String why) {
    for (ExportState state : states.list("")) {
      Open open = state.open();
      if (open != null && open.connection().equals(connectionId)) {
        stop(state.exportId(), open.runId(), actor, why);
      }
    }
  }

  /** Waits until no run goes through the connection any more. */
  void awaitNone(String connectionId) {
    for (ExportState state : states.list("")) {
      Open open = state.open();
      if (open != null && open.connection().equals(connectionId)) {
        awaitStop(state.exportId(), open.runId());
      }
    }
  }

  /** Waits until nobody is at the run any more. */
  void awaitStop(String exportId, @Nullable String runId) {
    long from = time.nanoTime();
    while (true) {
      Open open = state(exportId).open();
      if (open == null
          || (runId != null && !open.runId().equals(runId))
          || !isBusy(open, time.now())) {
        return;
      }
      Duration left = LONGEST_STOP.minusNanos(time.nanoTime() - from);
      if (left.isNegative() || !pause(open.runId(), LONGEST_STOP)) {
        throw stillRunning(open.runId());
      }
    }
  }

  /**
   * Waits a moment for a run in another process, and until the end for one that runs here.
   *
   * @return whether it is worth looking again
   */
  private boolean pause(String runId, Duration atMost) {
    try {
      Live here = live.get(runId);
      if (here == null) {
        time.await(new Semaphore(0), POLL, false);
      } else {
        here.ended.get(atMost.toSeconds(), TimeUnit.SECONDS);
      }
      return true;
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new CatalogException(
          Reason.INTERRUPTED, "The thread was interrupted while it waited for run " + runId + ".");
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static CatalogException stillRunning(String runId) {
    return new CatalogException(
        Reason.STILL_RUNNING,
        "Run "
            + runId
            + " was told to stop and sends nothing more, but has not ended within "
            + LONGEST_STOP.toMinutes()
            + " minutes: see what its source is waiting for, and try again.");
  }

  /** Waits until a run has ended, or failed for now. */
  RunRecord await(String runId) {
    while (true) {
      RunRecord record = history.find(runId);
      boolean going = record.status() == RunStatus.QUEUED || record.status() == RunStatus.RUNNING;
      if (!going && !live.containsKey(runId)) {
        return record;
      }
      pause(runId, Duration.ofDays(1));
    }
  }

  /** Forgets an export that was removed; its history stays until it is too old. */
  void forget(String exportId) {
    states.findReadable(exportId).ifPresent(states::remove);
  }

  private void checkOpen() {
    if (closed) {
      throw new CatalogException(
          Reason.CLOSED, "This catalog is closed: build another to run exports.");
    }
  }

  /** Stops what runs here, and waits for it; it is taken up again by whoever looks next. */
  void close() {
    closed = true;
    for (Live here : live.values()) {
      here.stop("the catalog was closed");
    }
    for (Live here : live.values()) {
      try {
        here.ended.get(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        return;
      } catch (TimeoutException | ExecutionException late) {
        LOG.log(System.Logger.Level.WARNING, "Run {0} does not end.", here.runId);
      }
    }
  }
}
