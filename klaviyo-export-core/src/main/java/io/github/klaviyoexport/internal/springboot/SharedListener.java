package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.Attempt;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;

/**
 * A listener bean as a catalog may have it, which closes at the end of a run what can be closed:
 * one that tells the bean everything, and cannot be closed.
 */
class SharedListener implements ExportListener {
  private final ExportListener bean;

  private SharedListener(ExportListener bean) {
    this.bean = bean;
  }

  /** Returns the bean in a form that is not closed with a run. */
  static ExportListener of(ExportListener bean) {
    if (!(bean instanceof AutoCloseable)) {
      return bean;
    }
    return Listeners.hearsOutcomes(bean) ? new OfOutcomes(bean) : new SharedListener(bean);
  }

  /** One of a bean that hears of each profile, which costs what others need not pay. */
  private static final class OfOutcomes extends SharedListener {
    private final ExportListener bean;

    OfOutcomes(ExportListener bean) {
      super(bean);
      this.bean = bean;
    }

    @Override
    public void outcome(Outcome outcome) {
      bean.outcome(outcome);
    }
  }

  @Override
  public void started(Segment segment, ListId list) {
    bean.started(segment, list);
  }

  @Override
  public void batchBegun(int batch, int profiles) {
    bean.batchBegun(batch, profiles);
  }

  @Override
  public void batchEnded(int batch) {
    bean.batchEnded(batch);
  }

  @Override
  public void batchSent(String jobId, int profiles, long bytes) {
    bean.batchSent(jobId, profiles, bytes);
  }

  @Override
  public void jobFinished(ExportReport.Job job) {
    bean.jobFinished(job);
  }

  @Override
  public void rejected(Rejection rejection) {
    bean.rejected(rejection);
  }

  @Override
  public void warned(String what) {
    bean.warned(what);
  }

  @Override
  public void listRead(long members, long leavers) {
    bean.listRead(members, leavers);
  }

  @Override
  public void leaversRemoved(long leavers) {
    bean.leaversRemoved(leavers);
  }

  @Override
  public void unconfirmed(String customerId) {
    bean.unconfirmed(customerId);
  }

  @Override
  public void outcomesTold() {
    bean.outcomesTold();
  }

  @Override
  public void attempted(Attempt attempt) {
    bean.attempted(attempt);
  }

  @Override
  public void paced(Duration wait) {
    bean.paced(wait);
  }

  @Override
  public void rateLimited(Duration retryAfter) {
    bean.rateLimited(retryAfter);
  }

  @Override
  public void retried(String what, Duration wait) {
    bean.retried(what, wait);
  }

  @Override
  public void progressed(ExportProgress progress) {
    bean.progressed(progress);
  }

  @Override
  public void finished(ExportReport report) {
    bean.finished(report);
  }
}
