package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.run.ExportTask;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * An export that is prepared: run it here, or start it in the background.
 *
 * <pre>{@code
 * ExportRun run = exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr"))
 *     .limit(1_000_000)
 *     .start();
 * }</pre>
 *
 * <p>Immutable; every option returns a new one, and each can be run any number of times. What is
 * not set here is as the exporter was built.
 */
public final class SegmentExport {
  private final SegmentExporter exporter;
  private final Segment segment;
  private final ListId list;
  private final Options options;

  record Options(
      long limit, Duration deadline, boolean continuesUnfinished, List<ExportListener> listeners) {
    static long checkedLimit(long profiles) {
      if (profiles < 1) {
        throw new IllegalArgumentException(
            "The limit must be 1 profile or more; it is " + profiles + ".");
      }
      return profiles;
    }

    static Duration checkedDeadline(Duration deadline) {
      if (deadline.isZero() || deadline.isNegative()) {
        throw new IllegalArgumentException(
            "The deadline must be longer than zero; it is " + deadline + ".");
      }
      return deadline;
    }
  }

  SegmentExport(SegmentExporter exporter, Segment segment, ListId list, Options options) {
    this.exporter = exporter;
    this.segment = segment;
    this.list = list;
    this.options = options;
  }

  /**
   * The most profiles this export may read.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public SegmentExport limit(long profiles) {
    return with(
        new Options(
            Options.checkedLimit(profiles),
            options.deadline,
            options.continuesUnfinished,
            options.listeners));
  }

  /**
   * How long this export may take until its last profile is confirmed.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public SegmentExport deadline(Duration deadline) {
    return with(
        new Options(
            options.limit,
            Options.checkedDeadline(deadline),
            options.continuesUnfinished,
            options.listeners));
  }

  /** Goes on where an unfinished run has stopped, see {@link SegmentExporter.Builder#journal}. */
  public SegmentExport continueUnfinished() {
    return with(new Options(options.limit, options.deadline, true, options.listeners));
  }

  /** Adds someone who hears of this export. */
  public SegmentExport listener(ExportListener listener) {
    List<ExportListener> more = new ArrayList<>(options.listeners);
    more.add(Objects.requireNonNull(listener, "listener"));
    return with(
        new Options(
            options.limit, options.deadline, options.continuesUnfinished, List.copyOf(more)));
  }

  private SegmentExport with(Options options) {
    return new SegmentExport(exporter, segment, list, options);
  }

  /**
   * Runs the export on this thread, and returns when Klaviyo has confirmed every profile.
   *
   * @throws ExportException if the export stopped; it carries the report so far
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportReport run() {
    return exporter.run(exporter.task(segment, list, options));
  }

  /**
   * Starts the export in the background.
   *
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportRun start() {
    ExportTask task = exporter.task(segment, list, options);
    ExportRun run = new ExportRun(task);
    try {
      exporter.executor().execute(() -> run.complete(() -> exporter.run(task)));
    } catch (RuntimeException | Error refused) {
      exporter.forget(task);
      throw refused;
    }
    return run;
  }

  /** What goes where. */
  @Override
  public String toString() {
    return "SegmentExport[" + segment + " to " + list + ", limit " + options.limit + "]";
  }
}
