package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The exports that run, and those that ended last. */
final class LatestRuns implements ExportListener {
  private static final int MOST_ENDED = 20;

  /** By the thread of an export, on which it tells all it tells. */
  private final Map<Thread, Going> running = new ConcurrentHashMap<>();

  private final Deque<ExportReport> ended = new ArrayDeque<>();
  private final TimeSource time;

  /** An export that runs, and how far it has got. */
  private record Going(
      Segment segment, ListId list, Instant startedAt, @Nullable ExportProgress progress) {
    Going with(ExportProgress latest) {
      return new Going(segment, list, startedAt, latest);
    }

    Map<String, Object> shown() {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("segment", segment.name());
      shown.put("list", list.value());
      shown.put("startedAt", startedAt.toString());
      if (progress != null) {
        progress.size().ifPresent(size -> shown.put("size", size));
        shown.put("read", progress.read());
        shown.put("sent", progress.sent());
        shown.put("accepted", progress.accepted());
        shown.put("rejected", progress.rejected());
        progress.waitingFor().ifPresent(what -> shown.put("waitingFor", what));
      }
      return shown;
    }
  }

  LatestRuns(TimeSource time) {
    this.time = time;
  }

  @Override
  public void started(Segment segment, ListId list) {
    running.put(Thread.currentThread(), new Going(segment, list, time.now(), null));
  }

  @Override
  public void progressed(ExportProgress progress) {
    running.computeIfPresent(Thread.currentThread(), (thread, going) -> going.with(progress));
  }

  @Override
  public void finished(ExportReport report) {
    running.remove(Thread.currentThread());
    synchronized (ended) {
      ended.addFirst(report);
      if (ended.size() > MOST_ENDED) {
        ended.removeLast();
      }
    }
  }

  /** Returns the exports that run, in values that every writer of JSON knows. */
  List<Map<String, Object>> running() {
    return running.values().stream().map(Going::shown).toList();
  }

  /** Returns the exports that ended last, the latest first. */
  List<Map<String, Object>> ended() {
    synchronized (ended) {
      return ended.stream().map(LatestRuns::shown).toList();
    }
  }

  private static Map<String, Object> shown(ExportReport report) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("run", report.run());
    shown.put("segment", report.segment().name());
    ListId list = report.list();
    if (list != null) {
      shown.put("list", list.value());
    }
    shown.put("mode", report.mode().name());
    shown.put("startedAt", report.startedAt().toString());
    shown.put("took", report.took().toString());
    shown.put("status", LastWord.status(report));
    shown.put("confirmed", report.isConfirmed());
    shown.put("clean", report.isClean());
    ExportReport.Profiles profiles = report.profiles();
    shown.put("read", profiles.read());
    shown.put("accepted", profiles.accepted());
    shown.put("unchanged", profiles.unchanged());
    shown.put("rejected", profiles.rejected());
    shown.put("duplicates", profiles.duplicates());
    shown.put("unconfirmed", profiles.unconfirmed());
    return shown;
  }
}
