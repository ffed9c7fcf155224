package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportListener;
import java.util.List;
import java.util.function.Consumer;

/** An export's listeners, kept from disturbing it. */
final class Listeners {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final List<ExportListener> listeners;

  Listeners(List<ExportListener> listeners) {
    this.listeners = listeners;
  }

  void tell(Consumer<ExportListener> event) {
    for (ExportListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException failure) {
        // Its message is not logged: listeners handle rejections, and may quote what they look up.
        LOG.log(
            System.Logger.Level.WARNING,
            "The listener {0} threw {1}; the export goes on without its help.",
            listener.getClass().getName(),
            failure.getClass().getName());
      }
    }
  }
}
