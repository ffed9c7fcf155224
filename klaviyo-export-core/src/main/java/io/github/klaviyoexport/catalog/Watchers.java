package io.github.klaviyoexport.catalog;

import java.util.List;
import java.util.function.Consumer;

/** The catalog's listeners, kept from disturbing it. */
final class Watchers {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final List<CatalogListener> listeners;

  Watchers(List<CatalogListener> listeners) {
    this.listeners = List.copyOf(listeners);
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
