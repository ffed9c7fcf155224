package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.ExportListeners;
import io.github.klaviyoexport.catalog.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The listeners that the host has made for one attempt of a run; closed with it. */
final class AttemptListeners implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final List<ExportListener> listeners = new ArrayList<>();
  private final String runId;

  private AttemptListeners(String runId) {
    this.runId = runId;
  }

  /** Has the listeners of an attempt made; those that cannot be are left out. */
  static AttemptListeners of(List<ExportListeners> makers, RunRecord record) {
    AttemptListeners made = new AttemptListeners(record.id());
    for (ExportListeners maker : makers) {
      try {
        made.listeners.add(Objects.requireNonNull(maker.of(record)));
      } catch (Throwable failure) {
        made.complain("could not be made", maker, failure);
      }
    }
    return made;
  }

  void addTo(SegmentExporter.Builder builder) {
    listeners.forEach(builder::listener);
  }

  @Override
  public void close() {
    for (ExportListener listener : listeners) {
      if (listener instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (Throwable failure) {
          complain("could not be closed", listener, failure);
        }
      }
    }
  }

  private void complain(String what, Object of, Throwable failure) {
    LOG.log(
        System.Logger.Level.WARNING,
        "A listener of run {0} {1} ({2} threw {3}); the run goes on without it.",
        runId,
        what,
        of.getClass().getName(),
        failure.getClass().getName());
  }
}
