package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.internal.call.Calls;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** An export's listeners, kept from disturbing it. */
public final class Listeners {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final List<ExportListener> listeners;
  private final Set<ExportListener> complainedOf =
      Collections.newSetFromMap(new IdentityHashMap<>());

  public Listeners(List<ExportListener> listeners) {
    this.listeners = listeners;
  }

  public void tell(Consumer<ExportListener> event) {
    for (ExportListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException | Error failure) {
        if (complainedOf.add(listener)) {
          // Not by its message: listeners handle rejections, and may quote what they look up.
          LOG.log(
              System.Logger.Level.WARNING,
              "The listener {0} threw {1}; the export goes on, and is silent about it from now on.",
              listener.getClass().getName(),
              failure.getClass().getName());
        }
      }
    }
  }

  /** Returns an observer of calls that tells the listeners of waits. */
  public Calls.Observer waits() {
    return new Calls.Observer() {
      @Override
      public void paced(Duration wait) {
        tell(listener -> listener.paced(wait));
      }

      @Override
      public void rateLimited(Duration retryAfter) {
        tell(listener -> listener.rateLimited(retryAfter));
      }

      @Override
      public void retried(String what, Duration wait) {
        tell(listener -> listener.retried(what, wait));
      }
    };
  }
}
