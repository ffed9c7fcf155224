package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.listen.GuardedListeners;
import java.util.List;
import java.util.function.Consumer;

/** The catalog's listeners, kept from disturbing it. */
public final class CatalogListeners {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final GuardedListeners<CatalogListener> listeners;
  private final double rejectionAlert;

  /**
   * Creates the guard of some listeners.
   *
   * @param rejectionAlert the share of rejected profiles above which they hear of it
   */
  public CatalogListeners(List<CatalogListener> listeners, double rejectionAlert) {
    this.listeners = GuardedListeners.complainingAlways(listeners, LOG, "the catalog");
    this.rejectionAlert = rejectionAlert;
  }

  /** Tells of a run's end, and of what is worrying about it. */
  void ended(RunRecord run) {
    tell(listener -> listener.ended(run));
    if (run.status() == RunStatus.FAILED_PERMANENTLY) {
      tell(listener -> listener.failedPermanently(run));
    }
    ExportReport report = run.report();
    if (run.status().isEnded() && report != null && report.profiles().read() > 0) {
      double share = (double) report.profiles().rejected() / report.profiles().read();
      if (share > rejectionAlert) {
        tell(listener -> listener.manyRejected(run, share));
      }
    }
  }

  /** Tells of something. */
  public void tell(Consumer<CatalogListener> event) {
    listeners.tell(event);
  }
}
