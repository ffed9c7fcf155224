package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.report.OutcomeData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import io.github.klaviyoexport.source.Segment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** What a listener hears of an export that was never run, in the order in which exports tell it. */
final class SampleTelling {
  private final SampleFigures figures;
  private final ExportReport report;
  private final ExportListener listener;

  private SampleTelling(SampleFigures figures, ExportReport report, ExportListener listener) {
    this.figures = figures;
    this.report = report;
    this.listener = listener;
  }

  static void of(
      Segment segment, SampleFigures figures, ExportReport report, ExportListener listener) {
    SampleTelling telling = new SampleTelling(figures, report, listener);
    ListId list = report.list();
    if (list != null) {
      listener.started(segment, list);
      telling.list();
      telling.batches();
      telling.profiles(list);
    }
    listener.progressed(figures.progress());
    listener.finished(report);
  }

  private void list() {
    if (!figures.paced.isZero()) {
      listener.paced(figures.paced);
    }
    for (long time = 0; time < figures.rateLimited; time++) {
      listener.rateLimited(figures.longestRetryAfter);
    }
    if (figures.mode != SyncMode.UPSERT) {
      listener.listRead(figures.leavers.members(), figures.leavers.found());
    }
  }

  private void batches() {
    for (Job job : report.jobs()) {
      int batch = report.jobs().indexOf(job);
      listener.batchBegun(batch, job.profiles());
      listener.batchSent(
          job.id(), job.profiles(), job.profiles() * SampleFigures.BYTES_OF_A_PROFILE);
      listener.batchEnded(batch);
    }
    figures.rejections.forEach(listener::rejected);
    report.jobs().stream()
        .filter(job -> job.status() != JobStatus.RUNNING)
        .forEach(listener::jobFinished);
    if (figures.leavers.removed() > 0) {
      listener.leaversRemoved(figures.leavers.removed());
    }
  }

  private void profiles(ListId list) {
    Consumer<Outcome> teller = outcome -> listener.outcome(((OutcomeData) outcome).in(list));
    figures.open.forEach(open -> listener.unconfirmed(open.id()));
    long accepted = 0;
    Deque<Rejection> failed = new ArrayDeque<>();
    for (Rejection rejection : figures.rejections) {
      if (rejection.scope() == Scope.PROFILE) {
        if (rejection.reason() == Reason.FAILED_IN_KLAVIYO) {
          failed.add(rejection);
        } else {
          teller.accept(SampleOutcome.rejected(rejection));
        }
      }
    }
    for (Job job : report.jobs()) {
      for (int i = 0; i < job.accepted(); i++) {
        teller.accept(SampleOutcome.accepted("accepted-" + ++accepted, job.id(), List.of()));
      }
      for (int i = 0; i < job.rejected(); i++) {
        teller.accept(SampleOutcome.rejected(failed.remove(), job.id()));
      }
    }
    tell(teller, "unchanged-", figures.unchanged, SampleOutcome::unchanged);
    tell(teller, "duplicate-", figures.duplicates, id -> SampleOutcome.duplicate(id, null));
    figures.open.forEach(teller);
    tell(teller, "leaver-", figures.leavers.removed(), SampleOutcome::left);
    listener.outcomesTold();
  }

  private interface Made {
    Outcome of(String id);
  }

  private static void tell(Consumer<Outcome> teller, String name, long many, Made outcome) {
    for (long number = 1; number <= many; number++) {
      teller.accept(outcome.of(name + number));
    }
  }
}
