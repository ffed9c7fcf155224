package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.ExportReport;
import java.util.List;
import java.util.function.Consumer;

/** The catalog's listeners, kept from disturbing it. */
final class Watchers {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final List<CatalogListener> listeners;
  private final double rejectionAlert;

  /**
   * Those who listen.
   *
   * @param rejectionAlert the share of rejected profiles above which they hear of it
   */
  Watchers(List<CatalogListener> listeners, double rejectionAlert) {
    this.listeners = List.copyOf(listeners);
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

  void tell(Consumer<CatalogListener> event) {
    for (CatalogListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException failure) {
        LOG.log(
            System.Logger.Level.WARNING,
            "The listener {0} threw {1}; the catalog goes on without its help.",
            listener.getClass().getName(),
            failure.getClass().getName());
      }
    }
  }
}
