package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.listen.GuardedListeners;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** An export's listeners, kept from disturbing it. */
public final class Listeners {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final GuardedListeners<ExportListener> listeners;

  /** Creates the guard of an export's listeners. */
  public Listeners(List<ExportListener> listeners) {
    this.listeners = GuardedListeners.complainingOnce(listeners, LOG, "the export");
  }

  /** Tells each listener of something. */
  public void tell(Consumer<ExportListener> event) {
    listeners.tell(event);
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
