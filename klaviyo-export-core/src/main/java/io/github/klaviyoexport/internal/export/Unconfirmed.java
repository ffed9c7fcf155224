package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.upload.Batcher;
import io.github.klaviyoexport.internal.upload.Delivery;
import io.github.klaviyoexport.internal.upload.JobWatcher;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The profiles of which it is not known what became of them when a run ends: who, and how many. */
final class Unconfirmed {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final Batcher batcher;
  private final Collection<Delivery> deliveries;
  private final JobWatcher watcher;
  private final List<String> customers = new ArrayList<>();

  Unconfirmed(Batcher batcher, Collection<Delivery> deliveries, JobWatcher watcher) {
    this.batcher = batcher;
    this.deliveries = deliveries;
    this.watcher = watcher;
  }

  /** How many were read and never handed over. */
  long unsent() {
    return batcher.rows() + deliveries.stream().mapToLong(Delivery::unsentRows).sum();
  }

  /** How many were sent without an answer. */
  long unanswered() {
    return deliveries.stream().mapToLong(Delivery::unknownRows).sum();
  }

  /** The first of them by name, once all have been told. */
  List<String> customers() {
    return customers;
  }

  /**
   * Names them all.
   *
   * @param notTakenUp what an earlier run has left and this one has not come to, if so
   */
  void tell(Listeners listeners, @Nullable PreviousRun notTakenUp) {
    Consumer<String> each =
        customer -> {
          if (customers.size() < ExportReport.MAX_REJECTIONS) {
            customers.add(customer);
          }
          listeners.tell(listener -> listener.unconfirmed(customer));
        };
    try {
      watcher.unconfirmed().forEach(keys -> RowKeys.unpack(keys.read()).eachCustomer(each));
      if (notTakenUp != null) {
        notTakenUp.unconfirmed().forEach(keys -> RowKeys.unpack(keys.read()).eachCustomer(each));
      }
    } catch (UncheckedIOException unreadable) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Some of the customers whose profiles are unconfirmed cannot be named, because {0}",
          unreadable.getMessage());
    }
    deliveries.forEach(delivery -> delivery.eachUnsettled(each));
    batcher.eachCustomer(each);
  }
}
