package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs that nobody asks for: with a refresh, on schedule, tried again or taken over. */
final class DueRuns {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");
  private static final Duration BETWEEN_CLEANINGS = Duration.ofDays(1);

  private final Documents<SavedExport> exportDocuments;
  private final SavedExports exports;
  private final RunHistory history;
  private final Runs runs;
  private final TimeSource time;
  private volatile Instant cleanedAt = Instant.MIN;

  DueRuns(
      Documents<SavedExport> exportDocuments,
      SavedExports exports,
      RunHistory history,
      Runs runs,
      TimeSource time) {
    this.exportDocuments = exportDocuments;
    this.exports = exports;
    this.history = history;
    this.runs = runs;
    this.time = time;
  }

  /** Runs what is to run with every refresh. */
  List<RunRecord> refresh() {
    List<RunRecord> queued = new ArrayList<>();
    for (SavedExport export : exportDocuments.list("")) {
      if (export.isActive() && export.definition().schedule().isEveryRefresh()) {
        runs.queue(export, Trigger.REFRESH, exportUser(export), null).ifPresent(queued::add);
      }
    }
    return queued;
  }

  /** Starts what is due, and forgets old runs once a day. */
  List<RunRecord> run() {
    Instant now = time.now();
    List<RunRecord> queued = new ArrayList<>();
    for (SavedExport export : exportDocuments.list("")) {
      if (export.definition().connection() == null) {
        continue;
      }
      try {
        Optional<RunRecord> scheduled =
            due(export, now)
                .flatMap(due -> runs.queue(export, Trigger.SCHEDULE, exportUser(export), due));
        scheduled.ifPresent(queued::add);
        runs.resume(export).ifPresent(queued::add);
      } catch (CatalogException failure) {
        if (failure.reason() == Reason.CLOSED) {
          throw failure;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "Export {0} could not be looked at ({1}); it is looked at again later.",
            export.id(),
            failure.reason());
      }
    }
    if (cleanedAt.isBefore(now.minus(BETWEEN_CLEANINGS))) {
      cleanedAt = now;
      history.pruneAll();
    }
    return queued;
  }

  private Optional<Instant> due(SavedExport export, Instant now) {
    return export.definition().schedule().latest(seenTo(export), now);
  }

  private Instant seenTo(SavedExport export) {
    Instant since = export.scheduledSince();
    return runs.scheduledUpTo(export.id()).filter(since::isBefore).orElse(since);
  }

  /** When something will be due. */
  Optional<Instant> next() {
    Instant first = null;
    for (SavedExport export : exportDocuments.list("")) {
      if (export.definition().connection() != null) {
        first = earlier(first, export.definition().schedule().next(seenTo(export)).orElse(null));
        first = earlier(first, runs.resumeAt(export.id()).orElse(null));
      }
    }
    return Optional.ofNullable(first);
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  private String exportUser(SavedExport export) {
    Connection connection = exports.connectionOf(export.definition());
    String user = connection == null ? null : connection.definition().exportUser();
    return user == null ? export.changedBy() : user;
  }
}
