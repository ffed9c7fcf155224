package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The records of runs, those that go on and those that have ended, until they are too old. */
final class RunHistory {
  private static final int RUNS_FOR_USUAL = 3;

  private final Documents<RunRecord> runs;
  private final TimeSource time;
  private final int size;
  private final Duration age;

  /**
   * A history.
   *
   * @param size how many runs of an export are kept
   * @param age how long they are kept
   */
  RunHistory(Documents<RunRecord> runs, TimeSource time, int size, Duration age) {
    this.runs = runs;
    this.time = time;
    this.size = size;
    this.age = age;
  }

  RunRecord find(String runId) {
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

  /** The run of that id; one that cannot be read counts as absent. */
  Optional<RunRecord> findReadable(String runId) {
    return runs.findReadable(runId);
  }

  /** The runs of an export, the latest first. */
  List<RunRecord> of(String exportId) {
    List<RunRecord> history = new ArrayList<>(runs.list(exportId + "."));
    history.sort(Comparator.comparing(RunRecord::queuedAt).thenComparing(RunRecord::id).reversed());
    return history;
  }

  /** How long a run of an export usually takes; empty until there were a few that succeeded. */
  Optional<Duration> usual(String exportId) {
    List<Duration> took =
        runs.list(exportId + ".").stream()
            .filter(
                run ->
                    run.status() == RunStatus.SUCCESSFUL
                        || run.status() == RunStatus.PARTLY_SUCCESSFUL)
            .flatMap(run -> run.took().stream())
            .sorted()
            .toList();
    return took.size() < RUNS_FOR_USUAL ? Optional.empty() : Optional.of(took.get(took.size() / 2));
  }

  /** Keeps a record, if nobody else has changed it meanwhile. */
  Optional<RunRecord> put(RunRecord record) {
    return runs.put(record);
  }

  /** Keeps a record that nobody but the holder changes. */
  RunRecord keep(RunRecord record) {
    return runs.put(record)
        .orElseThrow(
            () ->
                new CatalogException(
                    Reason.CHANGED_MEANWHILE,
                    "Run " + record.id() + " was taken over by another process."));
  }

  /** Ends a run that nobody is at. */
  RunRecord end(RunRecord record, RunStatus status, String message) {
    if (record.status().isEnded()) {
      return record;
    }
    RunRecord ended = record.ended(status, time.now(), null, message, null, record.report());
    return runs.put(ended).orElse(ended);
  }

  /** Forgets the runs of an export that are too old or too many. */
  void prune(String exportId) {
    Instant oldest = time.now().minus(age);
    List<RunRecord> history = of(exportId);
    for (int i = 0; i < history.size(); i++) {
      RunRecord run = history.get(i);
      if (run.status().isEnded() && (i >= size || run.queuedAt().isBefore(oldest))) {
        runs.remove(run);
      }
    }
  }

  /** Forgets old runs of all exports, also of those that are no more. */
  void pruneAll() {
    runs.list("").stream().map(RunRecord::exportId).distinct().forEach(this::prune);
  }
}
