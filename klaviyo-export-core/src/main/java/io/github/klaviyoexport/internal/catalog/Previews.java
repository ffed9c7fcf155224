package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.PreviewOptions;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.catalog.host.AccessFailedException;
import io.github.klaviyoexport.internal.catalog.host.ConnectionAccess;
import io.github.klaviyoexport.internal.catalog.host.SourceAccess;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.preview.PreviewData;
import io.github.klaviyoexport.internal.run.ConcatenatedSegments;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Readiness;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The previews of saved exports: made on the thread that asks, without a lease, since they change
 * nothing, and kept in the history with who asked and when.
 */
public final class Previews {
  private final UsableConnections connections;
  private final RunHistory history;
  private final ProfileSource source;
  private final SourceAccess sourceAccess;
  private final ConnectionAccess access;
  private final @Nullable ExportMemory memory;
  private final TimeSource time;

  /** Creates the previews of the exports that are kept. */
  public Previews(
      UsableConnections connections,
      RunHistory history,
      ProfileSource source,
      SourceAccess sourceAccess,
      ConnectionAccess access,
      @Nullable ExportMemory memory,
      TimeSource time) {
    this.connections = connections;
    this.history = history;
    this.source = source;
    this.sourceAccess = sourceAccess;
    this.access = access;
    this.memory = memory;
    this.time = time;
  }

  /**
   * Looks at what an attached export would do, and keeps that in its history.
   *
   * @throws ExportException if the look stopped
   * @throws CatalogException if a segment is not to be read now
   */
  public ExportPreview preview(Actor actor, SavedExportData export, PreviewOptions options) {
    Instant now = time.now();
    RunData record =
        RunData.queued(history.newId(export.id(), now), export, Trigger.PREVIEW, actor.name(), now)
            .running(now, 1);
    String connectionId = Objects.requireNonNull(export.definition().connection());
    ConnectionData connection = connections.usable(connectionId);
    try {
      requireReady(export.definition().segments());
      ExportPreview preview = look(export, connection, options);
      keep(record, RunStatus.SUCCESSFUL, preview.toString());
      return preview;
    } catch (AccessFailedException failure) {
      keep(record, RunStatus.FAILED_PERMANENTLY, String.valueOf(failure.getMessage()));
      throw failure.toldTo(actor);
    } catch (ExportException stop) {
      String more = SavedSettings.onceFound(export.definition(), stop);
      String message = stop.getMessage() + (more == null ? "" : " " + more);
      keep(record, RunStatus.FAILED_PERMANENTLY, message);
      throw more == null
          ? stop
          : new ExportException(stop.reason(), message, stop.report(), stop.getCause());
    } catch (CatalogException stop) {
      keep(record, RunStatus.FAILED_PERMANENTLY, String.valueOf(stop.getMessage()));
      throw stop;
    }
  }

  /**
   * Fails if a run would wait for a segment, or be skipped: what it holds now may be half of it.
   */
  private void requireReady(List<Segment> segments) {
    for (Segment segment : segments) {
      Readiness readiness = sourceAccess.readiness(segment, () -> true);
      if (readiness.state() != Readiness.State.READY) {
        throw new CatalogException(
            CatalogException.Reason.SEGMENT_UNREADABLE,
            "There is nothing to preview yet"
                + RunOutcome.about(segment, readiness)
                + " A run would "
                + (readiness.state() == Readiness.State.REFRESHING
                    ? "wait for it: look again when that is done."
                    : "be skipped: see to the source, and look again then."));
      }
    }
  }

  private ExportPreview look(
      SavedExportData export, ConnectionData connection, PreviewOptions options)
      throws AccessFailedException {
    FieldMapping mapping = Objects.requireNonNull(export.definition().mapping());
    List<Segment> segments = export.definition().segments();
    ConcatenatedSegments concatenated = new ConcatenatedSegments(source, segments);
    boolean one = segments.size() == 1;
    try (SegmentExporter exporter =
        SavedSettings.of(
                export.definition(),
                mapping,
                one ? source : concatenated,
                access.open(connection),
                memory,
                time)
            .build()) {
      ExportPreview preview =
          exporter
              .prepare(one ? segments.get(0) : concatenated.together(), export.list())
              .preview(options);
      return ((PreviewData) preview)
          .following(
              maxDrift -> {
                throw new IllegalStateException(
                    "A saved export is run by its catalog: call run(actor, exportId) there.");
              });
    } catch (ExportException stop) {
      AccessFailedException unreadable = ConnectionAccess.unreadable(connection, stop);
      if (unreadable != null) {
        throw unreadable;
      }
      throw stop;
    }
  }

  private void keep(RunData record, RunStatus status, String message) {
    history.put(record.ended(status, time.now(), null, message, null, null));
    history.prune(record.exportId());
  }
}
