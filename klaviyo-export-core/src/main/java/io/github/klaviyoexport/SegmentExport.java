package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.export.ExportTask;
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
      SyncMode mode,
      double maxLeavers,
      long limit,
      Duration deadline,
      boolean continuesUnfinished,
      List<ExportListener> listeners) {

    Options mode(SyncMode mode) {
      return new Options(mode, maxLeavers, limit, deadline, continuesUnfinished, listeners);
    }

    Options maxLeavers(double share) {
      return new Options(mode, share, limit, deadline, continuesUnfinished, listeners);
    }

    Options limit(long profiles) {
      return new Options(mode, maxLeavers, profiles, deadline, continuesUnfinished, listeners);
    }

    Options deadline(Duration deadline) {
      return new Options(mode, maxLeavers, limit, deadline, continuesUnfinished, listeners);
    }

    Options continuingUnfinished() {
      return new Options(mode, maxLeavers, limit, deadline, true, listeners);
    }

    Options listener(ExportListener listener) {
      List<ExportListener> more = new ArrayList<>(listeners);
      more.add(listener);
      return new Options(mode, maxLeavers, limit, deadline, continuesUnfinished, List.copyOf(more));
    }

    static double checkedMaxLeavers(double share) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "The largest share of leavers must be from 0 to 1 (0.2 is a fifth of the list's"
                + " members); it is "
                + share
                + ".");
      }
      return share;
    }

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

  /** What this export does with the members that its list has already. */
  public SegmentExport mode(SyncMode mode) {
    return with(options.mode(Objects.requireNonNull(mode, "mode")));
  }

  /**
   * The largest share of the list's members that this export removes as leavers, if its mode is
   * {@link SyncMode#MIRROR}; with more it stops before anything is sent or anybody removed.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public SegmentExport maxLeavers(double share) {
    return with(options.maxLeavers(Options.checkedMaxLeavers(share)));
  }

  /**
   * The most profiles this export may read.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public SegmentExport limit(long profiles) {
    return with(options.limit(Options.checkedLimit(profiles)));
  }

  /**
   * How long this export may take until its last profile is confirmed.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public SegmentExport deadline(Duration deadline) {
    return with(options.deadline(Options.checkedDeadline(deadline)));
  }

  /** Goes on where an unfinished run has stopped, see {@link SegmentExporter.Builder#journal}. */
  public SegmentExport continueUnfinished() {
    return with(options.continuingUnfinished());
  }

  /** Adds someone who hears of this export. */
  public SegmentExport listener(ExportListener listener) {
    return with(options.listener(Objects.requireNonNull(listener, "listener")));
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
    return "SegmentExport["
        + segment
        + " to "
        + list
        + ", "
        + options.mode
        + ", limit "
        + options.limit
        + "]";
  }
}
