package io.github.klaviyoexport.internal.listen;

import io.github.klaviyoexport.internal.text.UnquotedFailure;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Listeners of which none can disturb the caller or another listener, whatever it throws: also
 * errors, and checked exceptions that are not declared.
 *
 * <p>What a listener throws is logged by its type and not by its message, because listeners handle
 * what is personal and may quote it. Instances are safe for use by many threads.
 *
 * @param <L> the type of the listeners
 */
public final class GuardedListeners<L> {
  private final List<L> listeners;
  private final System.Logger log;
  private final String goesOn;
  private final boolean onceOnly;
  private final Set<L> complainedOf;

  private GuardedListeners(
      List<? extends L> listeners, System.Logger log, String goesOn, boolean onceOnly) {
    this(
        List.copyOf(listeners),
        log,
        goesOn,
        onceOnly,
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>())));
  }

  private GuardedListeners(
      List<L> listeners, System.Logger log, String goesOn, boolean onceOnly, Set<L> complainedOf) {
    this.listeners = listeners;
    this.log = log;
    this.goesOn = goesOn;
    this.onceOnly = onceOnly;
    this.complainedOf = complainedOf;
  }

  /**
   * Creates the guard of listeners that are called often: of each, the first complaint is logged.
   *
   * @param caller what goes on all the same, for the log: "the export"
   */
  public static <L> GuardedListeners<L> complainingOnce(
      List<? extends L> listeners, System.Logger log, String caller) {
    return new GuardedListeners<>(
        listeners, log, caller + " goes on, and is silent about it from now on", true);
  }

  /**
   * Creates the guard of listeners that are called seldom: each complaint is logged.
   *
   * @param caller what goes on all the same, for the log: "the catalog"
   */
  public static <L> GuardedListeners<L> complainingAlways(
      List<? extends L> listeners, System.Logger log, String caller) {
    return new GuardedListeners<>(listeners, log, caller + " goes on without its help", false);
  }

  /** Returns those of the listeners that fit; of each, both together complain once. */
  public GuardedListeners<L> only(Predicate<? super L> fits) {
    return new GuardedListeners<>(
        listeners.stream().filter(fits).toList(), log, goesOn, onceOnly, complainedOf);
  }

  /** Returns whether there is none. */
  public boolean isEmpty() {
    return listeners.isEmpty();
  }

  /** Calls each listener, on this thread. */
  public void tell(Consumer<? super L> event) {
    for (L listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable failure) {
        if (!onceOnly || complainedOf.add(listener)) {
          log.log(
              System.Logger.Level.WARNING,
              "The listener {0} threw {1}{2}; {3}.",
              listener.getClass().getName(),
              failure.getClass().getName(),
              UnquotedFailure.placeOf(failure),
              goesOn);
        }
      }
    }
  }
}
