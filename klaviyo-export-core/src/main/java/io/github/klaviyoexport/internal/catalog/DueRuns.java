package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.internal.catalog.store.FutureBound;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The runs that start by themselves: with a refresh, on schedule, tried again or taken over.
 *
 * <p>Exports that cannot be run here are left alone, so that each moment of their schedule is still
 * there for the process that can.
 */
public final class DueRuns {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");
  private static final Duration BETWEEN_CLEANINGS = Duration.ofDays(1);

  /** After how long an export is due that could not be looked at. */
  private static final Duration NEXT_LOOK = Duration.ofMinutes(1);

  private final Obstacles exports;
  private final UsableConnections connections;
  private final RunHistory history;
  private final Runs runs;
  private final SeenSchedules seen;
  private final TimeSource time;
  private volatile Instant cleanedAt = Instant.MIN;

  /** Creates what looks for due runs among the exports that are kept. */
  public DueRuns(
      Obstacles exports,
      UsableConnections connections,
      RunHistory history,
      Runs runs,
      SeenSchedules seen,
      TimeSource time) {
    this.exports = exports;
    this.connections = connections;
    this.history = history;
    this.runs = runs;
    this.seen = seen;
    this.time = time;
  }

  /**
   * Runs what is to run with every refresh.
   *
   * @throws CatalogException if some could not be queued; all others are
   */
  public List<RunRecord> refresh() {
    return runs.queueAll(
        exports.runnable().stream()
            .filter(export -> export.isActive())
            .filter(export -> export.definition().schedule().isEveryRefresh())
            .toList(),
        Trigger.REFRESH,
        this::exportUser);
  }

  /** Starts what is due, and forgets old runs once a day. */
  public List<RunRecord> run() {
    Instant now = time.now();
    List<RunRecord> queued = new ArrayList<>();
    for (SavedExportData export : exports.runnable()) {
      try {
        if (export.definition().connection() != null) {
          due(export, now)
              .flatMap(due -> runs.queue(export, Trigger.SCHEDULE, exportUser(export), due))
              .ifPresent(queued::add);
        }
        // Also without a connection: a run that could not be stopped with it ends so.
        runs.resume(export).ifPresent(queued::add);
      } catch (CatalogException failure) {
        if (failure.reason() == Reason.CLOSED) {
          throw failure;
        }
        notLookedAt(export.id(), failure);
      }
    }
    if (cleanedAt.isBefore(now.minus(BETWEEN_CLEANINGS)) || cleanedAt.isAfter(now)) {
      cleanedAt = now;
      for (String exportId : history.exports()) {
        try {
          runs.cancellation().endForgotten(exportId);
          history.prune(exportId);
        } catch (CatalogException failure) {
          notLookedAt(exportId, failure);
        }
      }
    }
    return queued;
  }

  private static void notLookedAt(String exportId, CatalogException failure) {
    LOG.log(
        System.Logger.Level.WARNING,
        "Export {0} could not be looked at ({1}); it is looked at again later.",
        exportId,
        failure.reason());
  }

  private Optional<Instant> due(SavedExportData export, Instant now) {
    boolean unknownSince = FutureBound.isBeyond(export.scheduledSince(), now);
    if (seen.goOnFromNow(export.id(), unknownSince)) {
      return Optional.empty();
    }
    return latest(export.definition().schedule(), seenTo(export, now), now);
  }

  /** Returns the last moment after one and not after the other at which it should have run. */
  static Optional<Instant> latest(Schedule schedule, Instant after, Instant until) {
    Optional<Instant> latest = Optional.empty();
    Optional<Instant> next = schedule.next(after);
    while (next.isPresent() && !next.get().isAfter(until)) {
      latest = next;
      next = schedule.next(next.get());
    }
    return latest;
  }

  /** Returns up to when the schedule is seen to, by what is believed; now if nothing is. */
  private Instant seenTo(SavedExportData export, Instant now) {
    Instant since = export.scheduledSince();
    Optional<Instant> upTo = seen.upTo(export.id());
    return FutureBound.isBeyond(since, now)
        ? upTo.orElse(now)
        : upTo.filter(since::isBefore).orElse(since);
  }

  /**
   * Returns when something will be due; empty when nothing is planned. An export that cannot be
   * looked at now is due in a minute.
   */
  public Optional<Instant> next() {
    Instant now = time.now();
    Instant first = null;
    for (SavedExportData export : exports.runnable()) {
      first = earlier(first, next(export, now));
    }
    return Optional.ofNullable(first);
  }

  private @Nullable Instant next(SavedExportData export, Instant now) {
    try {
      Instant again = runs.resumeAt(export.id()).orElse(null);
      return export.definition().connection() == null
          ? again
          : earlier(again, export.definition().schedule().next(seenTo(export, now)).orElse(null));
    } catch (CatalogException failure) {
      notLookedAt(export.id(), failure);
      return now.plus(NEXT_LOOK);
    }
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  private String exportUser(SavedExportData export) {
    Connection connection = connections.findOrNull(export.definition().connection());
    String user = connection == null ? null : connection.definition().exportUser();
    return user == null ? export.changedBy() : user;
  }
}
