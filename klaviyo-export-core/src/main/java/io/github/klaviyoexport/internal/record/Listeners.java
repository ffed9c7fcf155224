package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.call.Endpoint;
import io.github.klaviyoexport.internal.flight.Flight;
import io.github.klaviyoexport.internal.flight.Flight.Kind;
import io.github.klaviyoexport.internal.listen.GuardedListeners;
import io.github.klaviyoexport.internal.report.AttemptData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
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

  /** Returns a teller of outcomes in a list to those listeners that have a method for them. */
  public Outcomes outcomes(ListId list) {
    return new Outcomes(listeners.only(Listeners::hearsOutcomes), list);
  }

  /** Returns whether a listener hears of what became of each profile, which costs more. */
  public static boolean hearsOutcomes(ExportListener listener) {
    try {
      return listener.getClass().getMethod("outcome", Outcome.class).getDeclaringClass()
          != ExportListener.class;
    } catch (NoSuchMethodException | LinkageError unknown) {
      // Where a program was compiled so that classes cannot be asked, it may well.
      return true;
    }
  }

  /** Returns an observer of calls that tells the listeners, and the flight recorder, of them. */
  public Calls.Observer calls(TimeSource time) {
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

      @Override
      public void troubled(String what) {
        LOG.log(System.Logger.Level.WARNING, what);
        tell(listener -> listener.warned(what));
      }

      @Override
      public Ending waitBegins(Endpoint endpoint) {
        Flight.Span span = Flight.recorder().begin(Kind.WAIT, endpoint.words(), 0, 0);
        return status -> span.end("");
      }

      @Override
      public Ending attemptBegins(Endpoint endpoint, int number, long bytes) {
        Flight.Span span = Flight.recorder().begin(Kind.ATTEMPT, endpoint.words(), number, bytes);
        long begunAt = time.nanoTime();
        return status -> {
          span.end(status == 0 ? "no answer" : Integer.toString(status));
          AttemptData attempt =
              new AttemptData(
                  endpoint.words(),
                  number,
                  status == 0 ? OptionalInt.empty() : OptionalInt.of(status),
                  Duration.ofNanos(time.nanoTime() - begunAt),
                  bytes);
          tell(listener -> listener.attempted(attempt));
        };
      }
    };
  }
}
