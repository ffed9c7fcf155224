package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormats;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** The records of runs, those that go on and those that have ended, until they are too old. */
public final class RunHistory {
  private static final int RUNS_FOR_USUAL = 3;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Repository<RunData> runs;
  private final TimeSource time;
  private final int size;
  private final Duration age;

  /**
   * Creates the history that is kept.
   *
   * @param size how many runs of an export are kept
   * @param age how long they are kept
   */
  public RunHistory(Repository<RunData> runs, TimeSource time, int size, Duration age) {
    this.runs = runs;
    this.time = time;
    this.size = size;
    this.age = age;
  }

  /** Returns an id that no run of an export has, for one that is queued at that moment. */
  String newId(String exportId, Instant at) {
    String id;
    do {
      id = idOf(exportId, at) + "-" + UUID.randomUUID().toString().substring(0, 6);
    } while (runs.findReadable(id).isPresent());
    return id;
  }

  /**
   * Returns the id of the run of a moment of an export's schedule: another than usual where that
   * moment has run before its time, by a clock that was wrong.
   */
  String idOnSchedule(String exportId, Instant due) {
    String id = idOf(exportId, due);
    return runs.findReadable(id).isPresent() ? newId(exportId, due) : id;
  }

  /** Returns whether the run of a moment of an export's schedule has ended. */
  boolean hasEnded(String exportId, Instant due) {
    return runs.findReadable(idOf(exportId, due)).filter(run -> run.status().isEnded()).isPresent();
  }

  private static String idOf(String exportId, Instant at) {
    return exportId + "." + STAMP.format(at);
  }

  /**
   * Returns the run of that id.
   *
   * @throws CatalogException if there is none
   */
  public RunData find(String runId) {
    return runs.find(runId)
        .orElseThrow(
            () ->
                new CatalogException(
                    Reason.UNKNOWN_ID,
                    "There is no run "
                        + runId
                        + ": it may have been too old to be kept. The history shows those that"
                        + " are."));
  }

  /** Returns the run of that id; one that cannot be read counts as absent. */
  Optional<RunData> findReadable(String runId) {
    return runs.findReadable(runId);
  }

  /** Returns the runs of an export, the latest first. */
  public List<RunData> of(String exportId) {
    List<RunData> history = new ArrayList<>(runs.list(exportId + "."));
    history.sort(Comparator.comparing(RunData::queuedAt).thenComparing(RunData::id).reversed());
    return history;
  }

  /** Returns how long a run of an export usually takes; empty until a few have succeeded. */
  Optional<Duration> usual(String exportId) {
    List<Duration> took =
        runs.list(exportId + ".").stream()
            .filter(run -> run.trigger() != Trigger.PREVIEW)
            .filter(
                run ->
                    run.status() == RunStatus.SUCCESSFUL
                        || run.status() == RunStatus.PARTLY_SUCCESSFUL)
            .flatMap(run -> run.took().stream())
            .sorted()
            .toList();
    return took.size() < RUNS_FOR_USUAL ? Optional.empty() : Optional.of(took.get(took.size() / 2));
  }

  /** Keeps a record unless it was changed meanwhile. */
  Optional<RunData> put(RunData record) {
    return runs.put(record);
  }

  /**
   * Keeps a record that only the owner of the lease changes.
   *
   * @throws CatalogException if another has changed it
   */
  RunData keep(RunData record) {
    return runs.put(record)
        .orElseThrow(
            () ->
                new CatalogException(
                    Reason.CHANGED_MEANWHILE,
                    "Run " + record.id() + " was taken over by another process."));
  }

  /** Ends a run that is not worked on. */
  RunData end(RunData record, RunStatus status, String message) {
    if (record.status().isEnded() || record.unread() != null) {
      // A record that another version wrote is left to it.
      return record;
    }
    RunData ended = record.ended(status, time.now(), null, message, null, record.report());
    return runs.put(ended).orElse(ended);
  }

  /** Forgets the runs of an export that are too old or too many. */
  void prune(String exportId) {
    // They are read only if the ids tell that there may be some to forget.
    List<String> ids = runs.ids(exportId + ".");
    Instant oldest = time.now().minus(age);
    if (ids.size() <= size
        && ids.stream().noneMatch(id -> CatalogFormats.queuedAt(id).isBefore(oldest))) {
      return;
    }
    int ofUse = 0;
    int others = 0;
    for (RunData run : of(exportId)) {
      // What was only looked at, or skipped, pushes nothing out that went to Klaviyo.
      boolean other = run.trigger() == Trigger.PREVIEW || run.status() == RunStatus.SKIPPED;
      boolean tooMany = (other ? others++ : ofUse++) >= size;
      if (run.status().isEnded()
          && run.unread() == null
          && (tooMany || run.queuedAt().isBefore(oldest))) {
        runs.remove(run);
      }
    }
  }

  /** Returns the ids of the exports that have runs, also of those that were removed. */
  Set<String> exports() {
    return runs.ids("").stream()
        .map(CatalogFormats::exportOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the ids of the runs of an export that were queued at that moment or later. */
  List<String> since(String exportId, Instant moment) {
    return runs.ids(exportId + ".").stream()
        .filter(id -> !CatalogFormats.queuedAt(id).isBefore(moment))
        .toList();
  }
}
