package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.Outcomes;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.record.UnconfirmedRows;
import io.github.klaviyoexport.internal.upload.BatchUpload;
import io.github.klaviyoexport.internal.upload.JobWatcher;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The profiles of which it is not known what became of them when a run ends. */
final class Unconfirmed {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final BatchUpload upload;
  private final JobWatcher watcher;
  private final List<String> customers = new ArrayList<>();
  private boolean told;

  /** Creates the unconfirmed profiles of an upload and of the jobs that are watched. */
  Unconfirmed(BatchUpload upload, JobWatcher watcher) {
    this.upload = upload;
    this.watcher = watcher;
  }

  /** Returns how many were read and never handed over. */
  long unsent() {
    return upload.unsent();
  }

  /** Returns how many were sent without an answer. */
  long unanswered() {
    return upload.unanswered();
  }

  /** Returns the first of their customers, once all have been told. */
  List<String> customers() {
    return customers;
  }

  /**
   * Tells the listeners of each; does nothing the second time.
   *
   * @param notTakenUp a previous run that was to be gone on with and was not come to, if any
   */
  void tell(Listeners listeners, Outcomes outcomes, @Nullable PreviousRun notTakenUp) {
    if (told) {
      return;
    }
    told = true;
    Each each =
        (customer, job, why) -> {
          if (customers.size() < ExportReport.MAX_REJECTIONS) {
            customers.add(customer);
          }
          listeners.tell(listener -> listener.unconfirmed(customer));
          if (outcomes.areAsked()) {
            outcomes.unconfirmed(customer, job, why);
          }
        };
    try {
      watcher.unconfirmed().forEach(rows -> tell(rows, each));
      if (notTakenUp != null) {
        notTakenUp.unconfirmed().forEach(rows -> tell(rows, each));
      }
    } catch (UncheckedIOException unreadable) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Some of the customers whose profiles are unconfirmed cannot be named, because {0}",
          unreadable.getMessage());
    }
    upload.eachUnsettled((customer, why) -> each.take(customer, null, why));
    outcomes.told();
  }

  private interface Each {
    void take(String customer, @Nullable String job, Why why);
  }

  private static void tell(UnconfirmedRows rows, Each each) {
    RowKeys.unpack(rows.keys().read())
        .eachCustomer(customer -> each.take(customer, rows.job(), rows.why()));
  }
}
