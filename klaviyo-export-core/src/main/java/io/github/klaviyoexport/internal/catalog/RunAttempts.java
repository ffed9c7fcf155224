package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.call.HttpTransport;
import io.github.klaviyoexport.internal.catalog.host.AccessFailedException;
import io.github.klaviyoexport.internal.catalog.host.ConnectionAccess;
import io.github.klaviyoexport.internal.catalog.host.SourceAccess;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.record.StoreGuardedJournal;
import io.github.klaviyoexport.internal.run.ConcatenatedSegments;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.klaviyo.Credentials;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Readiness;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The work of a run that is leased: one attempt to export, on the thread that asks for it. */
final class RunAttempts {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final Repository<SavedExportData> exports;
  private final UsableConnections connections;
  private final RunHistory history;
  private final SourceAccess source;
  private final ConnectionAccess access;
  private final CatalogListeners listeners;
  private final RunSettings settings;
  private final BooleanSupplier closed;
  private final ListRivals rivals;

  RunAttempts(
      Repository<SavedExportData> exports,
      UsableConnections connections,
      RunHistory history,
      SourceAccess source,
      ConnectionAccess access,
      CatalogListeners listeners,
      RunSettings settings,
      BooleanSupplier closed) {
    this.exports = exports;
    this.connections = connections;
    this.history = history;
    this.source = source;
    this.access = access;
    this.listeners = listeners;
    this.settings = settings;
    this.closed = closed;
    this.rivals = new ListRivals(exports, connections);
  }

  /** Makes an attempt, and tells the listeners when it begins; one that has to wait is none. */
  RunOutcome perform(RunLease mine, RunRecord record) {
    AtomicBoolean told = new AtomicBoolean();
    Runnable begun =
        () -> {
          if (told.compareAndSet(false, true)) {
            listeners.tell(listener -> listener.started(record));
          }
        };
    LeasedJournal journal =
        settings.journal() == null
            ? null
            : new LeasedJournal(settings.journal(), settings.lease(), begun, mine::journaled);
    LeasedMemory memory =
        settings.memory() == null ? null : new LeasedMemory(settings.memory(), settings.lease());
    return perform(mine, record, journal, memory, begun);
  }

  private RunOutcome perform(
      RunLease mine,
      RunRecord record,
      @Nullable LeasedJournal journal,
      @Nullable LeasedMemory memory,
      Runnable begun) {
    if (mine.stopReason() != null) {
      return stopped(mine, null);
    }
    Optional<SavedExportData> saved = exports.find(mine.exportId);
    if (saved.isEmpty()) {
      return new RunOutcome(RunStatus.CANCELLED, "The export was removed.", null);
    }
    ExportDefinition definition = saved.get().definition();
    String connectionId = definition.connection();
    FieldMapping mapping = definition.mapping();
    if (connectionId == null || mapping == null) {
      return new RunOutcome(RunStatus.SKIPPED, "The export has no connection: attach one.", null);
    }
    String refusal = rivals.refusal(saved.get());
    if (refusal != null) {
      return RunOutcome.failed(refusal, null, false, null);
    }
    RunOutcome notReady = notReady(mine, definition);
    if (notReady != null) {
      return notReady;
    }
    if (!mine.begin(connectionId, record.attempt())) {
      return stopped(mine, null);
    }
    if (journal == null) {
      begun.run();
    }
    boolean waits = false;
    try {
      RunOutcome outcome =
          attempt(mine, record, saved.get(), mapping, connectionId, journal, memory);
      waits = outcome.again() != null;
      return outcome;
    } finally {
      if (!waits) {
        begun.run();
      }
    }
  }

  /** Returns what comes of a segment that is not to be read now, if there is one. */
  private @Nullable RunOutcome notReady(RunLease mine, ExportDefinition definition) {
    for (Segment segment : definition.segments()) {
      try {
        Readiness readiness = source.readiness(segment, mine::isWanted);
        if (readiness.state() != Readiness.State.READY) {
          return RunOutcome.notReady(segment, readiness);
        }
      } catch (CatalogException failure) {
        if (mine.stopReason() != null) {
          return stopped(mine, null);
        }
        return failure.reason() == CatalogException.Reason.CLOSED
            ? closed(null)
            : RunOutcome.failed(String.valueOf(failure.getMessage()), null, true, null);
      }
    }
    return null;
  }

  private RunOutcome attempt(
      RunLease mine,
      RunRecord record,
      SavedExportData saved,
      FieldMapping mapping,
      String connectionId,
      @Nullable LeasedJournal journal,
      @Nullable LeasedMemory memory) {
    // Read after the lease says which connection is used: its removal waits for the lease.
    ConnectionData connection = connections.usable(connectionId);
    KlaviyoConnection klaviyo;
    try {
      klaviyo = access.open(connection);
    } catch (AccessFailedException failure) {
      return RunOutcome.failed(failure, null);
    }
    KlaviyoTransport given = klaviyo.transport();
    try (HttpTransport own = given == null ? new HttpTransport(klaviyo.httpClient()) : null;
        AttemptListeners heard = AttemptListeners.of(settings.exportListeners(), record)) {
      KlaviyoTransport transport = Objects.requireNonNull(given == null ? own : given);
      return export(
          mine,
          record,
          saved,
          mapping,
          klaviyo.transport(request -> send(mine, transport, request)),
          heard,
          journal,
          memory,
          // What is in the journal may be of a run that was given up long ago.
          journal != null && mine.isJournaled());
    } catch (ExportException stop) {
      return ended(mine, connection, klaviyo.credentials(), stop, journal, memory)
          .and(SavedSettings.onceFound(saved.definition(), stop));
    }
  }

  /** Lets a request through as long as the lease stands; reading what became of the data always. */
  private CompletableFuture<KlaviyoResponse> send(
      RunLease mine, KlaviyoTransport transport, KlaviyoRequest request) {
    if (request.bodyBytes() == 0 || mine.maySend()) {
      return transport.send(request);
    }
    return CompletableFuture.failedFuture(
        new TransportException(Fate.UNUSABLE, "the run was stopped before it was sent", null));
  }

  private RunOutcome export(
      RunLease mine,
      RunRecord record,
      SavedExportData saved,
      FieldMapping mapping,
      KlaviyoConnection klaviyo,
      AttemptListeners heard,
      @Nullable LeasedJournal journal,
      @Nullable LeasedMemory memory,
      boolean goOn) {
    List<Segment> segments = saved.definition().segments();
    ConcatenatedSegments concatenated = new ConcatenatedSegments(source.source(), segments);
    boolean one = segments.size() == 1;
    SegmentExporter.Builder builder =
        SavedSettings.of(
                saved.definition(),
                mapping,
                one ? source.source() : concatenated,
                klaviyo,
                memory,
                settings.time())
            .listener(watch(mine, record));
    heard.addTo(builder);
    if (journal != null) {
      builder.journal(new StoreGuardedJournal(journal));
    }
    try (SegmentExporter exporter = builder.build()) {
      SegmentExport export =
          exporter.prepare(one ? segments.get(0) : concatenated.together(), saved.list());
      return RunOutcome.of((goOn ? export.continueUnfinished() : export).run(mine::started))
          .and(warning(saved));
    } catch (ExportException stop) {
      if (goOn && stop.reason() == ExportException.Reason.NOT_RESUMABLE) {
        // The export was edited between the attempts.
        return export(mine, record, saved, mapping, klaviyo, heard, journal, memory, false);
      }
      throw stop;
    } finally {
      mine.done();
    }
  }

  /** Returns what is to be said of other exports into the list; nothing if it cannot be told. */
  private @Nullable String warning(SavedExportData saved) {
    try {
      return rivals.warning(saved);
    } catch (CatalogException failure) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Whether other exports go into the list of export {0} could not be looked up ({1}).",
          saved.id(),
          failure.reason());
      return null;
    }
  }

  private RunOutcome ended(
      RunLease mine,
      ConnectionData connection,
      Credentials used,
      ExportException stop,
      @Nullable LeasedJournal journal,
      @Nullable LeasedMemory memory) {
    if (mine.stopReason() != null) {
      return stopped(mine, stop.report());
    }
    LogHeldException held = journal == null ? null : journal.held();
    held = held == null && memory != null ? memory.held() : held;
    if (held != null && stop.reason() == ExportException.Reason.ALREADY_RUNNING) {
      return RunOutcome.waiting(held);
    }
    AccessFailedException unreadable = ConnectionAccess.unreadable(connection, stop);
    if (unreadable != null) {
      return RunOutcome.failed(unreadable, stop.report());
    }
    return switch (stop.reason()) {
      case UNAUTHORIZED, FORBIDDEN -> refused(mine, connection, used, stop);
      default -> RunOutcome.failed(stop, null);
    };
  }

  /**
   * Returns what comes of credentials that Klaviyo refuses: others may be in their place by now.
   */
  private RunOutcome refused(
      RunLease mine, ConnectionData connection, Credentials used, ExportException stop) {
    ConnectionData now = connection;
    String said = null;
    boolean again = true;
    try {
      now =
          connections.usable(
              exports
                  .find(mine.exportId)
                  .map(export -> export.definition().connection())
                  .orElse(connection.id()));
      again = !access.open(now).credentials().equals(used);
      said = again ? "The credentials have been replaced since." : null;
    } catch (AccessFailedException | CatalogException unknown) {
      // Another attempt finds out.
    }
    return RunOutcome.failed(stop, ConnectionAccess.keptIn(now) + ".", again).and(said);
  }

  /** Returns the outcome of a run that was stopped. */
  RunOutcome stopped(RunLease mine, @Nullable ExportReport report) {
    if (closed.getAsBoolean()) {
      return closed(report);
    }
    return new RunOutcome(
        RunStatus.CANCELLED, "It was stopped: " + mine.stopReason() + ".", report);
  }

  private static RunOutcome closed(@Nullable ExportReport report) {
    return new RunOutcome(
        RunStatus.FAILED,
        "Its catalog was closed while it ran: it is taken up again by the next that looks for what"
            + " is due.",
        report);
  }

  private ExportListener watch(RunLease mine, RunRecord record) {
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
        mine.heartbeat();
        if (!told
            && usual != null
            && tooLong != null
            && progress.elapsed().compareTo(tooLong) > 0) {
          told = true;
          listeners.tell(listener -> listener.slow(record, usual));
        }
      }
    };
  }
}
